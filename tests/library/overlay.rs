//! Whole builds of the library with a site's overlay, and what a program of that site then sees.
//!
//! Each test builds the library, so all are ignored by default:
//! `cargo test --test library overlay -- --ignored`.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard};
use std::{env, fs};

use event_log_codes::EventCode;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::hostile;

const OVERLAY: &str = "EVENT_LOG_CODES_OVERLAY";

/// Formats all that the library knows about a code: used here and pasted into the site's program.
macro_rules! describe {
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
        // Every lookup finds it.
        assert_eq!(EventCode::from_bytes(text.as_bytes()), Some(code));
        assert_eq!(EventCode::from_bytes_ignore_ascii_case(text.to_ascii_lowercase().as_bytes()), Some(code));
        assert_eq!(EVENT_CODES.get(text), Some(&code));
        assert_eq!(EventCode::from_index(code.index()), Some(code));
        assert_eq!(find_iter(format!("<{text}>").as_bytes()).next().unwrap().code(), Some(code));
        if let Some(text) = code.portal_text().filter(|text| text.chars().any(char::is_alphanumeric)) {
            assert!(EventCode::all_with_portal_text(text).contains(&code), "{text:?}");
        }
        // No lookup finds a neighbour that is not a code.
        for at in 0..text.len() {
            let mut near = text.as_bytes().to_vec();
            near[at] ^= 1;
            assert_eq!(EventCode::from_bytes(&near), EVENT_CODES.get(std::str::from_utf8(&near).unwrap()).copied());
            let mut other_case = text.as_bytes().to_vec();
            other_case[at] ^= 0x20;
            let expected = text.as_bytes()[at].is_ascii_alphabetic().then_some(code);
            assert_eq!(EventCode::from_bytes_ignore_ascii_case(&other_case), expected);
        }
        println!("{}", describe!(code));
    }
}
"#;

/// A program of a site, which depends on the library. One is built at a time.
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
        let describe = include_str!("overlay.rs").split("macro_rules! describe").nth(1).unwrap();
        let describe = &describe[..describe.find("\n}\n").unwrap()];
        fs::write(directory.join("src/main.rs"), format!("macro_rules! describe{describe}\n}}\n{PROGRAM}"))
            .unwrap();
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

    /// Builds the program with the overlay, runs it and returns the lines of its output.
    #[track_caller]
    fn run(&self, overlay: Option<&Path>) -> Vec<String> {
        let output = self.cargo(&["run", "--offline", "--quiet"], overlay);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_string).collect()
    }

    /// Returns the errors with which the overlay stops the build.
    #[track_caller]
    fn errors(&self, overlay: &Path) -> Vec<String> {
        let output = self.cargo(&["build", "--offline", "--quiet"], Some(overlay));
        assert!(!output.status.success());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("panicked"), "{stderr}");
        let errors =
            stderr.lines().filter_map(|line| line.split_once("error: event-log-codes@")?.1.split_once(": "));
        errors.map(|(_, message)| message.to_string()).collect()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.join(name);
        fs::write(&path, text).unwrap();
        path
    }
}

/// The lines of a program built without an overlay.
fn without_overlay() -> Vec<String> {
    assert!(env::var_os(OVERLAY).is_none(), "these tests set {OVERLAY} themselves");
    EventCode::ALL.iter().map(|code| describe!(code)).collect()
}

#[test]
#[ignore = "builds the library"]
fn an_overlay_takes_effect_and_can_be_removed() {
    let site = Site::new();
    assert_eq!(site.run(None), without_overlay());

    let rows = [
        "UPD4_FAIL_310,update-fetching,fail,document,Wrong region,For another market.,\"Ask \"\"sales\"\".\"",
        "UPD4_FAIL_599,update-writing,fail,service,Bootloader too old,,Call the depot.",
    ];
    let overlay = site.file("overlay.csv", &format!("{}{}\n", hostile::HEADER, rows.join("\n")));
    let lines = site.run(Some(&overlay));
    let mut expected = without_overlay();
    let replaced = expected.iter_mut().find(|line| line.contains("\"UPD4_FAIL_310\"")).unwrap();
    *replaced = r#"(("UPD4_FAIL_310", "UPD4", Some(310), true), ("update-fetching", "fail"), (Some("Wrong region"), Some("For another market."), Some("Ask \"sales\".")))"#.into();
    expected.push(r#"(("UPD4_FAIL_599", "UPD4", Some(599), false), ("update-writing", "fail"), (Some("Bootloader too old"), None, Some("Call the depot.")))"#.into());
    assert_eq!(lines, expected);

    // Only the file changes: the next build uses it.
    fs::write(&overlay, format!("{}{}\n", hostile::HEADER, rows[1].replace("too old", "lost"))).unwrap();
    let lines = site.run(Some(&overlay));
    assert_eq!(lines[..EventCode::COUNT], without_overlay());
    assert!(lines.last().unwrap().contains("Bootloader lost"));

    assert_eq!(site.run(None), without_overlay());
}

#[test]
#[ignore = "builds the library"]
fn a_bad_overlay_stops_the_build_with_every_error() {
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
        site.errors(&bad),
        [
            format!(
                "{name}:4: column `code`: duplicate code \"SYS_900\", first on line 2; expected each code once"
            ),
            format!(
                "{name}:5: column `code`: \"upd4_fail_1\" is not an event code; expected UPD[0-9]_[A-Z]+_[A-Z0-9]+ or SYS_[0-9]+, at most 64 bytes"
            ),
            format!(
                "{name}:6: column `status`: \"success\" for \"SYS_111\"; expected \"fail\", because an overlay changes only texts"
            ),
        ]
    );

    let missing = site.directory.join("missing.csv");
    assert_eq!(
        site.errors(&missing),
        [format!("{}: cannot be read: No such file or directory (os error 2)", missing.display())]
    );
    assert_eq!(
        site.errors(Path::new("bad.csv")),
        ["bad.csv: EVENT_LOG_CODES_OVERLAY is a relative path; expected an absolute one"]
    );
    // The second line must not reach cargo as a directive.
    assert_eq!(
        site.errors(Path::new("/etc/codes.csv\ncargo::rustc-cfg=injected")),
        [
            "/etc/codes.csv\\ncargo::rustc-cfg=injected: EVENT_LOG_CODES_OVERLAY is a path with a line break or invalid UTF-8; expected neither"
        ]
    );
}

/// Codes whose keys have a middle or are digests: alike but for one place, wherever it is.
#[test]
#[ignore = "builds the library"]
fn long_codes_that_hardly_differ_are_kept_apart() {
    let site = Site::new();
    let mut codes =
        vec!["UPD9_PUMPA_FAILUREINPUMPASENSOR".to_string(), "UPD9_PUMPB_FAILUREINPUMPBSENSOR".into()];
    for len in (17..=24).chain([31, 32, 33, 48, 63, 64]) {
        for place in "UPD9_FAIL_".len()..len {
            let mut code = format!("UPD9_FAIL_{}", "A".repeat(len - "UPD9_FAIL_".len()));
            code.replace_range(place..=place, "B");
            codes.push(code);
        }
    }
    let rows = codes.iter().map(|code| format!("{code},update,fail,service,,,\n"));
    let overlay = site.file("long.csv", &format!("{}{}", hostile::HEADER, rows.collect::<String>()));
    let lines = site.run(Some(&overlay));
    assert_eq!(lines.len(), EventCode::COUNT + codes.len());
    for (line, code) in lines[EventCode::COUNT..].iter().zip(&codes) {
        assert!(line.contains(&format!("{code:?}")), "{line}");
    }
}

#[test]
#[ignore = "builds the library"]
fn an_empty_variable_counts_as_unset() {
    assert_eq!(Site::new().run(Some(Path::new(""))), without_overlay());
}

/// `[env]` of `.cargo/config.toml`, as the README shows it.
#[test]
#[ignore = "builds the library"]
fn the_configuration_of_cargo_can_name_an_overlay() {
    let site = Site::new();
    let row = "SYS_900,service-generated,info,service,Of this site,,\n";
    site.file("site-codes.csv", &format!("{}{row}", hostile::HEADER));
    fs::create_dir_all(site.directory.join(".cargo")).unwrap();
    let configuration = site.file(
        ".cargo/config.toml",
        "[env]\nEVENT_LOG_CODES_OVERLAY = { value = \"site-codes.csv\", relative = true }\n",
    );
    let lines = site.run(None);
    fs::remove_file(configuration).unwrap();
    assert_eq!(lines.len(), EventCode::COUNT + 1);
    assert!(lines.last().unwrap().contains("Of this site"));
}

/// A thousand hostile rows compile, document without a warning, and come back verbatim.
#[test]
#[ignore = "builds the library"]
fn a_hostile_overlay_comes_back_verbatim() {
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

    let lines = site.run(Some(&overlay));
    assert_eq!(lines.len(), EventCode::COUNT + rows.len());
    assert_eq!(lines[..EventCode::COUNT], without_overlay());
    for (line, row) in lines[EventCode::COUNT..].iter().zip(&rows) {
        let [code, section, status, _, texts @ ..] = row;
        let family = code.split('_').next().unwrap();
        let number: Option<i16> = code.rsplit('_').next().unwrap().replacen('M', "-", 1).parse().ok();
        let [portal_text, explanation, corrective_action] =
            texts.each_ref().map(|text| Some(text).filter(|text| !text.is_empty()));
        let expected = format!(
            "{:?}",
            ((code, family, number, false), (section, status), (portal_text, explanation, corrective_action),)
        );
        assert_eq!(*line, expected);
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

/// The build script writes the same bytes in every environment.
#[test]
#[ignore = "builds the library"]
fn the_tables_are_the_same_in_every_environment() {
    let site = Site::new();
    site.run(None);
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
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert!(!stdout.contains("cargo::error"), "{stdout}");
        fs::read(out.path().join("tables.rs")).unwrap()
    };
    let expected = tables(library, &[]);
    let elsewhere = tempfile::tempdir().unwrap();
    for file in ["codes.csv", "reported-values.csv"] {
        fs::copy(library.join(file), elsewhere.path().join(file)).unwrap();
    }
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

/// A catalogue of one code, in the smallest table, is told apart from its neighbours, among them
/// longer texts with the same bytes wherever a lookup reads.
#[test]
#[ignore = "builds the library"]
fn a_catalogue_of_one_code_is_exact() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let there = Path::new(env!("CARGO_TARGET_TMPDIR")).join("library");
    for directory in ["src", "codegen"] {
        copy(&here.join(directory), &there.join(directory));
    }
    for file in ["build.rs", "reported-values.csv"] {
        fs::copy(here.join(file), there.join(file)).unwrap();
    }
    let manifest = fs::read_to_string(here.join("Cargo.toml")).unwrap();
    // Without what is not copied: the other members of the workspace, the tests and the examples.
    let is_copied = |table: &&str| !table.contains("[[test]]") && !table.contains("[[example]]");
    let tables = manifest.split("\n\n").filter(is_copied);
    let alone = tables.collect::<Vec<_>>().join("\n\n");
    let alone = alone.lines().filter(|line| !line.contains("members"));
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
            let expected = EVENT_CODES.get(std::str::from_utf8(&text).unwrap()).copied();
            assert_eq!(EventCode::from_bytes(&text), expected, "{}", text.escape_ascii());
            assert_eq!(EventCode::from_bytes_ignore_ascii_case(&text), expected, "{}", text.escape_ascii());
        }
    }
}
"#;
    site.file("src/main.rs", program);
    assert_eq!(site.run(None), [""; 0]);
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
