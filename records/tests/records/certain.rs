//! What nothing says for certain is left out, or reported.

use event_log_codes_records::{Cause, Options, Problem};

use crate::common::read::{Record, WHOLE, events, read};

const FIRST: i64 = 1_756_455_242_000_000;
const SECOND: i64 = FIRST + 60_000_000;

/// The code, device and time of each event of a line.
#[track_caller]
fn check(line: &str, expected: &[(&str, Option<&str>, Option<i64>)]) {
    let events = events(line.as_bytes());
    let read: Vec<_> = events.iter().map(|e| (&*e.code, e.device.as_deref(), e.time)).collect();
    assert_eq!(read, expected, "{line}");
}

#[test]
fn of_several_devices_nothing_says_which() {
    let (m1, m2) = (Some("m1"), Some("m2"));
    check(
        "device=m1 failed: UPD4_FAIL_207; device=m2 failed: SYS_111",
        &[("UPD4_FAIL_207", None, None), ("SYS_111", None, None)],
    );
    check("device=m1 UPD4_FAIL_207 by way of device=m2", &[("UPD4_FAIL_207", None, None)]);
    check("device=m1 UPD4_FAIL_207 by way of device=m1", &[("UPD4_FAIL_207", m1, None)]);
    check(r#"device="m \"1" UPD4_FAIL_207 of device="m \"1""#, &[("UPD4_FAIL_207", Some("m \"1"), None)]);
    check(r#"device="m \"1" UPD4_FAIL_207 of device="m \"2""#, &[("UPD4_FAIL_207", None, None)]);
    check(r#"{"log":"device=m1 UPD4_FAIL_207 of device=m2"}"#, &[("UPD4_FAIL_207", None, None)]);
    check(r#"{"log":"device=m2 UPD4_FAIL_207\tof device=m2"}"#, &[("UPD4_FAIL_207", m2, None)]);
    // The better name wins, as in an object.
    check("device=m1 device=m3 device_id=m2 UPD4_FAIL_207", &[("UPD4_FAIL_207", m2, None)]);
    // With event types, it is known.
    check(
        "device=m1 event=UPD4_FAIL_207; device=m2 event=SYS_111",
        &[("UPD4_FAIL_207", m1, None), ("SYS_111", m2, None)],
    );
}

#[test]
fn of_several_times_nothing_says_which() {
    const LINE: &str = "2025-08-29T08:14:02Z UPD4_FAIL_207, 2025-08-29T08:15:02Z SYS_111";
    let (first, second) = (Some(FIRST), Some(SECOND));
    check(LINE, &[("UPD4_FAIL_207", None, first), ("SYS_111", None, None)]);
    check(&format!(r#"{{"log":"{LINE}\n"}}"#), &[("UPD4_FAIL_207", None, first), ("SYS_111", None, None)]);
    check(
        "2025-08-29T08:14:02Z UPD4_FAIL_207, SYS_111",
        &[("UPD4_FAIL_207", None, first), ("SYS_111", None, first)],
    );
    check("2025-08-29T08:14:02Z UPD4_FAIL_207 after 2025-08-29T08:15:02Z", &[("UPD4_FAIL_207", None, first)]);
    check(
        "2025-08-29T08:14:02Z time=2025-08-29T08:15:02Z UPD4_FAIL_207, SYS_111",
        &[("UPD4_FAIL_207", None, second), ("SYS_111", None, second)],
    );
}

#[test]
fn an_event_takes_nothing_from_another_in_its_line() {
    const LINE: &str = "event=UPD4_FAIL_207 device=m1; event=SYS_111 device=m2 time=2025-08-29T08:14:02Z";
    let expected = [("UPD4_FAIL_207", Some("m1"), None), ("SYS_111", Some("m2"), Some(FIRST))];
    check(LINE, &expected);
    check(&format!(r#"{{"log":"{LINE}\n"}}"#), &expected);
    // But from other lines, and from around.
    let (m1, first) = (Some("m1"), Some(FIRST));
    check(r#"{"log":"device=m1\nSYS_111\ntime=2025-08-29T08:14:02Z"}"#, &[("SYS_111", m1, first)]);
    check(
        &format!(r#"{{"log":"{LINE}","time":"2025-08-29T08:15:02Z"}}"#),
        &[("UPD4_FAIL_207", m1, Some(SECOND)), ("SYS_111", Some("m2"), first)],
    );
}

#[test]
fn empty_braces_are_part_of_a_name() {
    for line in [
        r#"{"event_type":"SYS_111","device_id":"\u00e4 {} 7"}"#,
        r#"x {"event_type":"SYS_111","device_id":"\u00e4 {} 7"}"#,
        r#"{"log":"event_type=SYS_111 device_id=\"\u00e4 {} 7\""}"#,
        "event_type=SYS_111 device_id=\"\u{e4} {} 7\"",
    ] {
        check(line, &[("SYS_111", Some("\u{e4} {} 7"), None)]);
    }
}

#[test]
fn objects_in_text_that_are_cut_off_are_reported() {
    let read = |line: &str| read(line.as_bytes(), WHOLE, &Options::default());
    let problem = |records: &[Record]| match records {
        [record] => record.problem,
        _ => panic!("{records:?}"),
    };
    for (line, offset) in [
        (r#"<14>1 2025-08-29T08:14:02Z gw upd - - {"event_type":"SYS_111","device_id":"m1","campaign_i"#, 38),
        (r#"2025-08-29T08:14:02Z stdout P {"event_type":"SYS_111","device_id":"m1","#, 30),
        (r#"x {"data":[{"event_type":"SYS_111","device_id":"m1"},{"event_ty"#, 2),
        (r#"{"log":"{\"event_type\":\"SYS_111\",\"device_id\":\"m1\",\"campaign"}"#, 8),
        (r#"{"log":"1 {\"event_type\":\"SYS_111\",\"device_id\":\"m1\"","n":1}"#, 8),
    ] {
        let records = read(line);
        let expected = Problem::Unreadable { cause: Cause::CutOff, offset };
        assert_eq!(problem(&records), Some(expected), "{line}");
        assert_eq!(records[0].events[0].device.as_deref(), Some("m1"), "{line}");
        assert_eq!(records[0].object.is_some(), line.starts_with('{'), "{line}");
    }
    for line in [
        r#"SYS_111 for {"device_id":"m1""#,
        r#"SYS_111 expected {" or {"a":1}"#,
        r#"x {"event_type":"SYS_111","n":1x} device_id=m1"#,
        r#"{"event_type":"SYS_111","description":"{\"a\":"}"#,
    ] {
        assert_eq!(problem(&read(line)), None, "{line}");
    }
}
