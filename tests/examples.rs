//! Every example is run, and its output is compared with answers found in other ways.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// What the example writes to standard output.
fn run(example: &str, arguments: &[&str], input: &[u8]) -> String {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--quiet", "--example", example, "--"]).args(arguments);
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{example}: {}", output.status);
    String::from_utf8(output.stdout).unwrap()
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
    let list = include_str!("../codes.csv").lines().filter(|row| row.contains(",fail,"));
    let failures = format!(" events/s, 286 events, {} failures", 2 * list.count());
    assert!(with.starts_with("with lookups: ") && with.ends_with(&failures), "{with}");
}
