//! Whole builds of the library with a site's overlay: what a program of that site then sees.
//!
//! Each builds the library anew, so these are run when asked for:
//! `cargo test --test overlay -- --ignored`.

mod hostile;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard};
use std::{env, fs};

use event_log_codes::EventCode;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

const OVERLAY: &str = "EVENT_LOG_CODES_OVERLAY";

/// What a site's program knows of every code, a line a code: one place for both programs.
macro_rules! tell {
    ($code:ident) => {
        format!(
            "{:?}",
            (
                ($code.as_str(), $code.family().as_str(), $code.number(), $code.is_documented()),
                ($code.section().as_str(), $code.status().as_str()),
                ($code.portal_text(), $code.explanation(), $code.corrective_action()),
            )
        )
    };
}

const PROGRAM: &str = r#"
use event_log_codes::{EVENT_CODES, EventCode, find_iter};

fn main() {
    for &code in EventCode::ALL {
        let text = code.as_str();
        // Found by all means there are.
        assert_eq!(EventCode::from_bytes(text.as_bytes()), Some(code));
        assert_eq!(EventCode::from_bytes_ignore_ascii_case(text.to_ascii_lowercase().as_bytes()), Some(code));
        assert_eq!(EVENT_CODES.get(text), Some(&code));
        assert_eq!(EventCode::from_index(code.index()), Some(code));
        assert_eq!(find_iter(format!("<{text}>").as_bytes()).next().unwrap().code(), Some(code));
        if let Some(text) = code.portal_text().filter(|text| text.chars().any(char::is_alphanumeric)) {
            assert!(EventCode::with_portal_text(text).contains(&code), "{text:?}");
        }
        // And nothing near it that is none.
        for at in 0..text.len() {
            let mut near = text.as_bytes().to_vec();
            near[at] ^= 1;
            assert_eq!(EventCode::from_bytes(&near), EVENT_CODES.get(str::from_utf8(&near).unwrap()).copied());
        }
        println!("{}", tell!(code));
    }
}
"#;

/// A program that depends on the library, as a site would write it, one build at a time.
struct Site {
    directory: PathBuf,
    _turn: MutexGuard<'static, ()>,
}

impl Site {
    fn new() -> Site {
        Site::using(Path::new(env!("CARGO_MANIFEST_DIR")))
    }

    /// A site that builds the library in that directory.
    fn using(library: &Path) -> Site {
        static TURN: Mutex<()> = Mutex::new(());
        let turn = TURN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("site");
        fs::create_dir_all(directory.join("src")).unwrap();
        let manifest = format!(
            "[package]\nname = \"site\"\nedition = \"2024\"\n\n\
             [dependencies]\nevent-log-codes = {{ path = {library:?} }}\n\n[workspace]\n"
        );
        fs::write(directory.join("Cargo.toml"), manifest).unwrap();
        fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.lock"), directory.join("Cargo.lock"))
            .unwrap();
        let tell = include_str!("overlay.rs").split("macro_rules! tell").nth(1).unwrap();
        let tell = &tell[..tell.find("\n}\n").unwrap()];
        fs::write(directory.join("src/main.rs"), format!("macro_rules! tell{tell}\n}}\n{PROGRAM}")).unwrap();
        Site { directory, _turn: turn }
    }

    fn cargo(&self, command: &[&str], overlay: Option<&Path>) -> Output {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap());
        cargo.args(command).arg("--target-dir").arg(self.directory.join("target"));
        cargo.current_dir(&self.directory).env_remove(OVERLAY);
        if let Some(overlay) = overlay {
            cargo.env(OVERLAY, overlay);
        }
        cargo.output().unwrap()
    }

    /// What the program says when it is built with the overlay.
    #[track_caller]
    fn told(&self, overlay: Option<&Path>) -> Vec<String> {
        let output = self.cargo(&["run", "--offline", "--quiet"], overlay);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect()
    }

    /// What cargo says when the overlay stops the build.
    #[track_caller]
    fn refusals(&self, overlay: &Path) -> Vec<String> {
        let output = self.cargo(&["build", "--offline", "--quiet"], Some(overlay));
        assert!(!output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        let told =
            stderr.lines().filter_map(|line| line.split_once("error: event-log-codes@")?.1.split_once(": "));
        told.map(|(_, told)| told.to_string()).collect()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

/// What this very build of the library knows.
fn usual() -> Vec<String> {
    assert!(env::var_os(OVERLAY).is_none(), "these tests set {OVERLAY} themselves");
    EventCode::ALL.iter().map(|code| tell!(code)).collect()
}

#[test]
#[ignore = "builds the library"]
fn an_overlay_shows_and_goes_again() {
    let site = Site::new();
    assert_eq!(site.told(None), usual());

    let rows = [
        "UPD4_FAIL_310,update-fetching,fail,document,Wrong region,For another market.,\"Ask \"\"sales\"\".\"",
        "UPD4_FAIL_599,update-writing,fail,service,Bootloader too old,,Call the depot.",
    ];
    let overlay = site.file("overlay.csv", &format!("{}{}\n", hostile::HEADER, rows.join("\n")));
    let told = site.told(Some(&overlay));
    let mut expected = usual();
    let replaced = expected.iter_mut().find(|line| line.contains("\"UPD4_FAIL_310\"")).unwrap();
    *replaced = r#"(("UPD4_FAIL_310", "UPD4", Some(310), true), ("update-fetching", "fail"), (Some("Wrong region"), Some("For another market."), Some("Ask \"sales\".")))"#.into();
    expected.push(r#"(("UPD4_FAIL_599", "UPD4", Some(599), false), ("update-writing", "fail"), (Some("Bootloader too old"), None, Some("Call the depot.")))"#.into());
    assert_eq!(told, expected);

    // The file alone changes: the next build takes it up.
    fs::write(&overlay, format!("{}{}\n", hostile::HEADER, rows[1].replace("too old", "lost"))).unwrap();
    let told = site.told(Some(&overlay));
    assert_eq!(told[..EventCode::COUNT], usual());
    assert!(told.last().unwrap().contains("Bootloader lost"));

    assert_eq!(site.told(None), usual());
}

#[test]
#[ignore = "builds the library"]
fn a_bad_overlay_stops_the_build_with_every_mistake() {
    let site = Site::new();
    let bad = site.file(
        "bad.csv",
        "code,section,status,source,portal_text,explanation,corrective_action\n\
         SYS_900,service-generated,info,service,\"two\nlines\",,\n\
         SYS_900,service-generated,info,service,,,\n\
         upd4_fail_1,update,fail,service,,,\n\
         SYS_111,service-generated,success,service,,,\n",
    );
    let name = bad.display();
    assert_eq!(
        site.refusals(&bad),
        [
            format!("{name}:4: column `code`: \"SYS_900\" stands on line 2 already; expected each code once"),
            format!(
                "{name}:5: column `code`: \"upd4_fail_1\" is not an event code; expected UPD[0-9]_[A-Z]+_[A-Z0-9]+ or SYS_[0-9]+, at most 64 bytes"
            ),
            format!(
                "{name}:6: column `status`: \"success\" for \"SYS_111\"; expected \"fail\", an overlay changes only texts"
            ),
        ]
    );

    let missing = site.directory.join("missing.csv");
    assert_eq!(
        site.refusals(&missing),
        [format!("{}: cannot be read: No such file or directory (os error 2)", missing.display())]
    );
    assert_eq!(
        site.refusals(Path::new("bad.csv")),
        ["bad.csv: EVENT_LOG_CODES_OVERLAY is a relative path; expected an absolute one"]
    );
}

/// A thousand rows that try what they can compile, document without a warning, and read back.
#[test]
#[ignore = "builds the library"]
fn a_hostile_overlay_reads_back_word_for_word() {
    let site = Site::new();
    let known: HashMap<&str, &EventCode> = EventCode::ALL.iter().map(|code| (code.as_str(), code)).collect();
    let mut rows = hostile::rows(1100..1101).new_tree(&mut TestRunner::deterministic()).unwrap().current();
    rows.retain(|row| !known.contains_key(&*row[0]));
    rows.truncate(1024 - EventCode::COUNT);
    for row in &mut rows {
        row[3] = "service".into();
    }
    assert!(rows.len() > 800, "{}", rows.len());
    let overlay = site.file("hostile.csv", &hostile::csv(&rows));

    let told = site.told(Some(&overlay));
    assert_eq!(told.len(), EventCode::COUNT + rows.len());
    assert_eq!(told[..EventCode::COUNT], usual());
    for (told, row) in told[EventCode::COUNT..].iter().zip(&rows) {
        let [code, section, status, _, texts @ ..] = row;
        let family = code.split('_').next().unwrap();
        let number: Option<i16> = code.rsplit('_').next().unwrap().replacen('M', "-", 1).parse().ok();
        let [portal_text, explanation, corrective_action] =
            texts.each_ref().map(|text| Some(text).filter(|text| !text.is_empty()));
        let expected = format!(
            "{:?}",
            ((code, family, number, false), (section, status), (portal_text, explanation, corrective_action),)
        );
        assert_eq!(*told, expected);
    }

    let documented = Command::new(env::var_os("CARGO").unwrap())
        .args(["doc", "--offline", "--no-deps", "-p", "event-log-codes", "--target-dir"])
        .arg(site.directory.join("target"))
        .current_dir(&site.directory)
        .env(OVERLAY, &overlay)
        .env("RUSTDOCFLAGS", "-D warnings")
        .output()
        .unwrap();
    assert!(documented.status.success(), "{}", String::from_utf8_lossy(&documented.stderr));
}

/// The build script writes the same bytes wherever, whenever and for whomever it runs.
#[test]
#[ignore = "builds the library"]
fn the_tables_are_the_same_in_every_environment() {
    let site = Site::new();
    site.told(None);
    let scripts = fs::read_dir(site.directory.join("target/debug/build")).unwrap();
    let script = scripts
        .map(|entry| entry.unwrap().path().join("build-script-build"))
        .filter(|path| path.exists() && path.parent().unwrap().to_string_lossy().contains("event-log-codes"))
        .max_by_key(|path| fs::metadata(path).unwrap().modified().unwrap())
        .expect("a build script");
    let library = Path::new(env!("CARGO_MANIFEST_DIR"));

    let tables = |here: &Path, variables: &[(&str, &str)]| {
        let out = tempfile::tempdir().unwrap();
        let mut run = Command::new(&script);
        run.env_clear().envs(variables.iter().copied()).env("OUT_DIR", out.path()).current_dir(here);
        let output = run.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(!told.contains("cargo::error"), "{told}");
        fs::read(out.path().join("tables.rs")).unwrap()
    };
    let expected = tables(library, &[]);
    let elsewhere = tempfile::tempdir().unwrap();
    fs::copy(library.join("codes.csv"), elsewhere.path().join("codes.csv")).unwrap();
    for here in [library, elsewhere.path()] {
        for variables in [
            &[("LC_ALL", "tr_TR.UTF-8"), ("LANG", "tr_TR.UTF-8"), ("TZ", "Pacific/Kiritimati")][..],
            &[("LC_ALL", "C"), ("TZ", "UTC"), ("SOURCE_DATE_EPOCH", "0"), ("HOME", "/nonexistent")],
            &[("HOSTNAME", "other"), ("USER", "other"), ("NUM_JOBS", "64"), ("PROFILE", "release")],
        ] {
            assert!(tables(here, variables) == expected, "{variables:?} in {here:?}");
        }
    }
    assert!(expected == include_bytes!(concat!(env!("OUT_DIR"), "/tables.rs")));
}

/// A catalogue of one code, for which the smallest table does, tells it from all that is near it:
/// also from a longer text that is the same where a lookup reads it.
#[test]
#[ignore = "builds the library"]
fn a_catalogue_of_one_code_is_exact() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let there = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library");
    for directory in ["src", "codegen"] {
        copy(&here.join(directory), &there.join(directory));
    }
    fs::copy(here.join("build.rs"), there.join("build.rs")).unwrap();
    let manifest = fs::read_to_string(here.join("Cargo.toml")).unwrap();
    let alone = manifest.lines().filter(|line| !line.contains("members"));
    fs::write(there.join("Cargo.toml"), alone.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    let row = "UPD4_A_A0123,update,fail,service,,,\n";
    fs::write(there.join("codes.csv"), format!("{}{row}", hostile::HEADER)).unwrap();

    let site = Site::using(&there);
    let program = r#"
use event_log_codes::{EVENT_CODES, EventCode};

fn main() {
    const CODE: &[u8] = b"UPD4_A_A0123";
    assert_eq!(EventCode::from_bytes(CODE).map(EventCode::as_str), Some("UPD4_A_A0123"));
    // Every text made of two parts of the code.
    for cut in 0..=CODE.len() {
        for resume in 0..=CODE.len() {
            let text = [&CODE[..cut], &CODE[resume..]].concat();
            let expected = EVENT_CODES.get(str::from_utf8(&text).unwrap()).copied();
            assert_eq!(EventCode::from_bytes(&text), expected, "{}", text.escape_ascii());
            assert_eq!(EventCode::from_bytes_ignore_ascii_case(&text), expected, "{}", text.escape_ascii());
        }
    }
}
"#;
    site.file("src/main.rs", program);
    assert_eq!(site.told(None), [""; 0]);
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let name = entry.unwrap().file_name();
            copy(&from.join(&name), &to.join(&name));
        }
    } else {
        fs::copy(from, to).unwrap();
    }
}
