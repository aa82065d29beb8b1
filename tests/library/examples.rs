//! Every example is run, and its output is compared with answers found in other ways.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// Returns what the example writes to standard output.
fn run(example: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut command = match built(example) {
        Some(program) => Command::new(program),
        None => {
            let mut command = Command::new(env!("CARGO"));
            command.args(["run", "--quiet", "--example", example, "--"]);
            command
        }
    };
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{example}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
}

/// Returns the example as `cargo test` built it, before it ran this test. `cargo test --test library` does
/// not build it, and may find none or an old one.
fn built(example: &str) -> Option<PathBuf> {
    let test = env::current_exe().unwrap();
    let target = test.parent()?.parent()?;
    let program = target.join("examples").join(example).with_extension(env::consts::EXE_EXTENSION);
    let library = fs::read_dir(target.join("deps")).unwrap().filter_map(|entry| {
        let entry = entry.unwrap();
        let is_library = entry.file_name().to_str()?.starts_with("libevent_log_codes-");
        is_library.then(|| entry.metadata().unwrap().modified().unwrap())
    });
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example).with_extension("rs");
    let source = fs::metadata(source).unwrap().modified().unwrap();
    let newest = library.chain([source]).max()?;
    (fs::metadata(&program).ok()?.modified().unwrap() >= newest).then_some(program)
}

#[test]
fn there_is_a_test_for_each() {
    let mut examples: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    examples.sort();
    assert_eq!(examples, ["count.rs", "enrich.rs", "ingest.rs"]);
}

#[test]
fn enrich() {
    let input = br#"{"device_id":"1","event_type":"UPD4_FAIL_503"}
{"device_id":"2","event_type":"UPD2_STATE_1" }
{"device_id":"3","event_type":"UPD9_FAIL_1"}
not JSON: SYS_111
{"device_id":"4"}"#;
    let output = run("enrich", &[], input);
    let lines: Vec<_> = output.lines().collect();
    let enriched: Vec<serde_json::Value> =
        lines[..2].iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        enriched,
        [
            serde_json::json!({
                "device_id": "1",
                "event_type": "UPD4_FAIL_503",
                "event_status": "fail",
                "event_meaning": "Payload writing error, write error",
                "event_action":
                    "Check for storage error (improperly fitted SD card or driver error). Retry update.",
            }),
            serde_json::json!({
                "device_id": "2",
                "event_type": "UPD2_STATE_1",
                "event_status": "info",
                "event_meaning": "The device is idle.",
            }),
        ]
    );
    let unchanged = std::str::from_utf8(input).unwrap().lines().skip(2).collect::<Vec<_>>();
    assert_eq!(lines[2..], unchanged);
}

#[test]
fn count() {
    let output = run("count", &[], b"SYS_111 UPD4_FAIL_207,SYS_111\nUPD9_FAIL_1 upd4_fail_207");
    let lines: Vec<Vec<_>> = output.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        lines,
        [
            vec!["1", "UPD4_FAIL_207", "fail"],
            vec!["2", "SYS_111", "fail"],
            vec!["1", "not", "in", "the", "catalogue"]
        ]
    );
}

#[test]
fn ingest() {
    let output = run("ingest", &["286"], b"");
    let [without, with] = output.lines().collect::<Vec<_>>()[..] else { panic!("{output}") };
    assert!(
        without.starts_with("without lookups: ") && without.ends_with(" events/s, 286 events"),
        "{without}"
    );
    // Each code twice.
    let list = include_str!("../../codes.csv").lines().filter(|row| row.contains(",fail,"));
    let failures = format!(" events/s, 286 events, {} failures", 2 * list.count());
    assert!(with.starts_with("with lookups: ") && with.ends_with(&failures), "{with}");
}
