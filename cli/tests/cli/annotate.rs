//! `eventcodes annotate` end to end.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

use crate::common::{eventcodes, program, sample};

fn stdout(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = eventcodes();
    command.arg("annotate").args(arguments).write_stdin(input);
    command.assert().success().get_output().stdout.clone()
}

#[test]
fn each_line_is_followed_by_the_meaning_of_its_codes() {
    let input =
        "start\nUPD4_FAIL_303 then SYS_111, again UPD4_FAIL_303\nUPD4_FAIL_999\nUPD2_STATE_1\nSYS_113";
    let expected = "\
start
UPD4_FAIL_303 then SYS_111, again UPD4_FAIL_303
    ↳ UPD4_FAIL_303 fail: Resource network error, time out → Check network.
    ↳ SYS_111 fail: Device failed to reach desired state
UPD4_FAIL_999
    ↳ UPD4_FAIL_999 not in the catalogue
UPD2_STATE_1
    ↳ UPD2_STATE_1 info: The device is idle
SYS_113
    ↳ SYS_113 info
";
    assert_eq!(String::from_utf8(stdout(&[], input.as_bytes())).unwrap(), expected);
}

#[test]
fn inline_stays_on_the_line_before_its_end() {
    let annotated = stdout(&["--inline"], b"a SYS_105\r\nb\nSYS_106");
    assert_eq!(
        String::from_utf8(annotated).unwrap(),
        "a SYS_105  [SYS_105 info: Device deregistered]\r\nb\nSYS_106  [SYS_106 info: Device registered]"
    );
}

#[test]
fn bytes_without_codes_pass_as_they_are() {
    let input = b"\x1b[31mred\x1b[0m \xff\xfe\0 UPD4_FAIL_\n\n\r\nno end";
    for arguments in [&[][..], &["--inline"], &["--json"]] {
        assert_eq!(stdout(arguments, input), input, "{arguments:?}");
    }
}

#[test]
fn json_gains_one_field_and_loses_nothing() {
    let input = fs::read(sample("device-events.ndjson")).unwrap();
    let annotated = stdout(&["--json"], &input);
    let lines = |bytes: &[u8]| {
        String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (before, after) = (lines(&input), lines(&annotated));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        let before_end = before.len() - 1;
        assert_eq!(before[..before_end], after[..before_end], "what was there is disturbed");
        let (before, after): (Value, Value) =
            (serde_json::from_str(before).unwrap(), serde_json::from_str(after).unwrap());
        let added = &after["event_code"];
        assert_eq!(added["code"], before["event_type"]);
        match event_log_codes::EventCode::from_bytes(before["event_type"].as_str().unwrap().as_bytes()) {
            Some(code) => {
                assert_eq!(added["status"], code.status().as_str());
                assert_eq!(added["portal_text"].as_str(), code.portal_text());
                assert_eq!(added["corrective_action"].as_str(), code.corrective_action());
            }
            None => assert_eq!(added["status"], Value::Null),
        }
    }
    // A second time there is nothing to add.
    assert_eq!(stdout(&["--json"], &annotated), annotated);
}

#[test]
fn json_goes_into_the_object_whatever_separates_it_from_the_next() {
    const FIELD: &str = ",\"event_code\":{\"code\":\"SYS_105\",\"status\":\"info\",\
                         \"portal_text\":\"Device deregistered.\",\"corrective_action\":null}";
    for (before, after) in [("", ",\n"), ("", " , \r\n"), ("\x1e", "\n"), ("\u{feff}", "\n"), (" \t", "")] {
        let line = format!("{before}{{\"event_type\":\"SYS_105\"}}{after}");
        let expected = format!("{before}{{\"event_type\":\"SYS_105\"{FIELD}}}{after}");
        assert_eq!(String::from_utf8(stdout(&["--json"], line.as_bytes())).unwrap(), expected);
    }
}

#[test]
fn json_says_how_many_lines_with_codes_stay_as_they_are() {
    let lines = "{\"event_type\":\"SYS_105\"}{\"event_type\":\"SYS_106\"}\n[\"SYS_105\"]\nSYS_105\nno code\n\
                 {\"event_code\":\"SYS_105\"}\n";
    eventcodes().args(["annotate", "--json"]).write_stdin(lines).assert().success().stdout(lines).stderr(
        "eventcodes: 3 lines with codes stay as they are: --json adds to lines that are one JSON object\n\
             eventcodes: 1 line with codes stays as it is: \"event_code\" is there already\n",
    );
}

#[test]
fn json_leaves_other_lines_alone() {
    for line in [
        "UPD4_FAIL_207\n",
        "[\"UPD4_FAIL_207\"]\n",
        "{\"a\":\"UPD4_FAIL_207\"\n",
        "{\"a\":1}\n",
        "\"SYS_111\"",
    ] {
        assert_eq!(stdout(&["--json"], line.as_bytes()), line.as_bytes());
    }
    let with_space = stdout(&["--json"], b"  { \"message\" : \"SYS_105 seen\" } \r\n");
    assert_eq!(
        String::from_utf8(with_space).unwrap(),
        "  { \"message\" : \"SYS_105 seen\" ,\"event_code\":{\"code\":\"SYS_105\",\"status\":\"info\",\
         \"portal_text\":\"Device deregistered.\",\"corrective_action\":null}} \r\n"
    );
}

#[test]
fn live_input_is_answered_line_by_line() {
    let mut child = program().arg("annotate").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = mpsc::channel();
    std::thread::spawn(move || output.lines().for_each(|line| send.send(line.unwrap()).unwrap()));
    for code in ["SYS_105", "SYS_106"] {
        writeln!(input, "{code}").unwrap();
        // Nothing but the answer can end this wait in time; the input stays open.
        assert_eq!(lines.recv_timeout(Duration::from_secs(60)).unwrap(), code);
        assert!(lines.recv_timeout(Duration::from_secs(60)).unwrap().contains("↳"));
    }
    drop(input);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_line_longer_than_memory_allows_is_passed_on_and_annotated() {
    let mut input = vec![b'x'; 24 << 20];
    input[20 << 20..][..9].copy_from_slice(b" SYS_105 ");
    input.extend_from_slice(b"\nend\n");
    let output = stdout(&[], &input);
    let annotation = "    ↳ SYS_105 info: Device deregistered\n";
    let (long, rest) = output.split_at((24 << 20) + 1);
    assert!(long == &input[..(24 << 20) + 1], "the line is disturbed");
    assert_eq!(rest, [annotation.as_bytes(), b"end\n"].concat());
}

#[test]
fn no_code_of_a_line_is_left_out() {
    let event = r#"{"event_type":"upd4_fail_303","message":"after SYS_108, not sys_105"}"#;
    assert_eq!(
        String::from_utf8(stdout(&[], format!("{event}\nupd4_fail_303\n").as_bytes())).unwrap(),
        format!(
            "{event}\n    ↳ SYS_108 info: Device added to campaign\n    \
             ↳ UPD4_FAIL_303 fail: Resource network error, time out → Check network.\nupd4_fail_303\n"
        )
    );
    let line = r#"{"message":"SYS_108, then SYS_140 and SYS_108","data":[{"event_type":"UPD4_FAIL_303"},{"event_type":"SYS_105"}]}"#;
    let annotated: Value = serde_json::from_slice(&stdout(&["--json"], line.as_bytes())).unwrap();
    assert_eq!(annotated["event_code"]["code"], "UPD4_FAIL_303", "the event's own type");
    let others = annotated["other_event_codes"].as_array().unwrap();
    let others: Vec<_> = others.iter().map(|other| (&other["code"], &other["status"])).collect();
    let status = |code: &str| match code {
        "SYS_140" => Value::Null,
        _ => "info".into(),
    };
    let expected = ["SYS_105", "SYS_108", "SYS_140"].map(|code| (Value::from(code), status(code)));
    assert_eq!(others, expected.iter().map(|(code, status)| (code, status)).collect::<Vec<_>>());
}

#[test]
fn a_code_and_its_status_have_the_colour_of_the_status() {
    for (code, start) in
        [("UPD4_FAIL_310", "\u{1b}[31m"), ("SYS_105", "\u{1b}[36m"), ("SYS_110", "\u{1b}[33m")]
    {
        let annotated = stdout(&["--color", "always"], format!("{code}\n").as_bytes());
        let status = event_log_codes::EventCode::from_bytes(code.as_bytes()).unwrap().status();
        let expected = format!("{start}↳ {code} {status}\u{1b}[0m: ");
        assert!(String::from_utf8(annotated).unwrap().contains(&expected), "{code}");
    }
    assert!(!stdout(&[], b"SYS_105\n").contains(&0x1b));
}
