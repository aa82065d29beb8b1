//! `eventcodes grep` end to end.

use std::fs;

use crate::common::{eventcodes, sample};

const LOG: &str = "\
2025-08-29T08:00:00Z UPD4_FAIL_303 a
2025-08-29T09:00:00Z nothing
2025-08-29T10:00:00Z SYS_105 and UPD4_FAIL_301
undated UPD4_FAIL_999
";

/// What is printed for `LOG`, and the exit status.
fn grep(arguments: &[&str]) -> (String, i32) {
    let output = eventcodes().arg("grep").args(arguments).write_stdin(LOG).output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

fn lines(numbers: &[usize]) -> String {
    let lines: Vec<_> = LOG.lines().collect();
    numbers.iter().map(|&number| format!("{}\n", lines[number - 1])).collect()
}

#[test]
fn prints_the_records_that_match() {
    assert_eq!(grep(&[]), (lines(&[1, 3, 4]), 0));
    assert_eq!(grep(&["--status", "fail", "--section", "update-fetching"]), (lines(&[1, 3]), 0));
    assert_eq!(grep(&["--status", "info"]), (lines(&[3]), 0));
    assert_eq!(grep(&["--code", "upd4_fail_3?3"]), (lines(&[1]), 0));
    assert_eq!(grep(&["--code", "UPD4_FAIL_*"]), (lines(&[1, 3, 4]), 0));
    assert_eq!(grep(&["--unknown"]), (lines(&[4]), 0));
    assert_eq!(grep(&["--family", "SYS"]), (lines(&[3]), 0));
    assert_eq!(grep(&["--status", "skipped"]), (String::new(), 1));
}

#[test]
fn counts_numbers_and_bare_codes() {
    assert_eq!(grep(&["-c"]), ("3\n".to_owned(), 0));
    assert_eq!(grep(&["-c", "--status", "skipped"]), ("0\n".to_owned(), 1));
    assert_eq!(
        grep(&["-o", "--status", "fail"]),
        ("UPD4_FAIL_303\nUPD4_FAIL_301\nUPD4_FAIL_999\n".to_owned(), 0)
    );
    assert_eq!(
        grep(&["-n", "-o", "--family", "UPD4"]).0,
        "1:UPD4_FAIL_303\n3:UPD4_FAIL_301\n4:UPD4_FAIL_999\n"
    );
}

#[test]
fn times_bound_what_is_searched_and_what_has_none_is_told() {
    let output = eventcodes().args(["grep", "--since", "2025-08-29T09:00"]).write_stdin(LOG).assert().code(0);
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout), lines(&[3]));
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stderr),
        "eventcodes: skipped 1 code: no timestamp in its record\n"
    );
    assert_eq!(grep(&["--until", "2025-08-29T09:00Z"]).0, lines(&[1]));
    assert_eq!(grep(&["--since", "2025-08-30"]).1, 1);
}

#[test]
fn a_record_of_a_page_is_an_event() {
    let page = r#"{"object":"list","data":[
  {"id":"1","event_type":"SYS_105",
   "changes":{}},
  {"id":"2","event_type":"UPD4_FAIL_303"}
],"has_more":false}"#;
    let output = eventcodes().args(["grep", "-n"]).write_stdin(page).assert().success();
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stdout),
        "2:{\"id\":\"1\",\"event_type\":\"SYS_105\",\n   \"changes\":{}}\n4:{\"id\":\"2\",\"event_type\":\"UPD4_FAIL_303\"}\n"
    );
}

#[test]
fn files_of_several_are_named_and_a_missing_one_is_trouble() {
    let log = sample("gateway-syslog.log");
    let output = eventcodes().args(["grep", "--unknown", "-o", "missing"]).arg(&log).assert().code(2);
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout), format!("{}:SYS_140\n", log.display()));
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stderr),
        "eventcodes: missing: No such file or directory\n"
    );
}

#[test]
fn agrees_with_a_search_for_words() {
    let events = fs::read_to_string(sample("device-events.ndjson")).unwrap();
    let expected: String = events
        .lines()
        .filter(|line| line.contains("\"UPD4_FAIL_218\""))
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(expected.lines().count() > 1);
    let output =
        eventcodes().args(["grep", "--code", "UPD4_FAIL_218"]).arg(sample("device-events.ndjson")).assert();
    assert_eq!(String::from_utf8_lossy(&output.get_output().stdout), expected);
}

#[test]
fn a_record_too_long_to_keep_is_counted_and_said_not_to_be_printed() {
    let mut input = vec![b' '; 17 << 20];
    input.extend_from_slice(b"SYS_105\nSYS_106\n");
    let output = eventcodes().arg("grep").write_stdin(input.clone()).assert().code(2);
    assert_eq!(output.get_output().stdout, b"SYS_106\n");
    assert_eq!(
        String::from_utf8_lossy(&output.get_output().stderr),
        "eventcodes: standard input: the record in line 1 matches and is too long to be shown\n"
    );
    eventcodes().args(["grep", "-c"]).write_stdin(input).assert().code(0).stdout("2\n");
}
