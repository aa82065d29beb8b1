//! What cannot be read, found or matched is reported, and nothing of the input reaches a terminal as a
//! command.

use std::process::Output;

use serde_json::Value;

use crate::common::eventcodes;

fn run(arguments: &[&str], input: &str) -> Output {
    eventcodes().env("SOURCE_DATE_EPOCH", "0").args(arguments).write_stdin(input).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json(arguments: &[&str], input: &str) -> Value {
    let output = run(&[arguments, &["--format", "json"]].concat(), input);
    serde_json::from_slice(&output.stdout).unwrap()
}

const EVENT: &str = r#"{"event_type":"UPD4_FAIL_207","device_id":"m1","date_time":"2025-08-29T08:00:00Z"}"#;

#[test]
fn an_empty_result_names_what_was_looked_for() {
    for (arguments, message) in [
        (&["summary"][..], "no event code found\n"),
        (&["summary", "--devices", "--since", "2025-01-01"], "no event code found in the time range\n"),
        (&["summary", "--status", "fail"], "no event code found that the filter accepts\n"),
    ] {
        let output = run(arguments, "nothing\n");
        assert!(stderr(&output).ends_with(&format!("eventcodes: {message}")), "{}", stderr(&output));
    }
    assert_eq!(stderr(&run(&["summary"], EVENT)), "");
}

#[test]
fn a_pattern_without_a_code_is_reported_with_the_nearest() {
    let message =
        "eventcodes: no code of the catalogue matches \"UPD4_FIAL_207\"; did you mean UPD4_FAIL_207?\n";
    for command in [
        &["summary", "--code"][..],
        &["grep", "--code"],
        &["list", "--code"],
        &["summary", "--fail-on"],
        &["devices", "--reason"],
    ] {
        let output = run(&[command, &["upd4_fial_207"]].concat(), EVENT);
        assert!(stderr(&output).contains(message), "{command:?}: {}", stderr(&output));
    }
    assert_eq!(stderr(&run(&["summary", "--code", "UPD4_FAIL_9*"], "UPD4_FAIL_999")), "");
}

#[test]
fn values_of_filters_are_listed_and_taken_in_either_case() {
    let output = run(&["summary", "--section", "nonsense"], EVENT);
    assert_eq!(output.status.code(), Some(2));
    for section in ["update-fetching", "manifest-validation", "general"] {
        assert!(stderr(&output).contains(section), "{}", stderr(&output));
    }
    let filters = ["summary", "--section", "Manifest-Validation", "--status", "FAIL", "--family", "upd4"];
    assert_eq!(json(&filters, EVENT)["totals"]["fail"], 1);
}

#[test]
fn a_time_range_without_a_time_is_refused() {
    for command in ["summary", "report", "grep", "devices"] {
        let output = run(&[command, "--since", "2025-08-30", "--until", "2025-08-29"], EVENT);
        assert_eq!(output.status.code(), Some(2), "{command}");
        assert_eq!(
            stderr(&output),
            "eventcodes: --since is not before --until: no time is between them\n",
            "{command}"
        );
    }
}

#[test]
fn events_without_a_readable_time_are_reported_with_the_first() {
    let input = format!("{EVENT}\n{}\n{EVENT}\n", EVENT.replace("2025-08-29T08:00:00Z", "soon"));
    let output = run(&["summary", "--devices"], &input);
    let message = "eventcodes: no readable time in 1 event; the first, at standard input:2: \"soon\"\n";
    assert!(stderr(&output).contains(message), "{}", stderr(&output));
    let summary = json(&["summary", "--devices"], &input);
    assert_eq!(summary["undated_events"], 1);
    assert_eq!(summary["undated"]["line"], 2);
    assert_eq!(summary["undated"]["time"], "soon");
    // Nor do these count where a time is asked for.
    let since = json(&["summary", "--since", "2025-01-01"], &input);
    assert_eq!((&since["totals"]["fail"], &since["undated_codes"]), (&2.into(), &1.into()));
}

#[test]
fn codes_without_a_device_are_reported_with_the_names_that_were_looked_for() {
    let output = run(&["summary", "--devices"], r#"{"event_type":"SYS_105","machine":"m1"}"#);
    let message = stderr(&output);
    assert!(message.contains("1 code has no device, or more than one (looked for: device_id, "), "{message}");
}

#[test]
fn codes_outside_events_are_reported_with_the_first() {
    let columns = "{}\n{\"event_type\":[\"SYS_105\",\"SYS_106\",\"SYS_105\"],\"device_id\":[\"a\",\"b\",\"c\"],\"time\":[1756455242,1756455243,1756455244]}\n";
    let result = json(&["summary", "--devices"], columns);
    assert_eq!((&result["devices"], &result["codes_outside_events"]), (&1.into(), &2.into()), "{result}");
    assert_eq!(result["codes_without_device"], 0, "{result}");
    let first = &result["outside_events"];
    assert_eq!((&first["input"], &first["line"]), (&"standard input".into(), &2.into()), "{result}");
    assert_eq!(first["code"], "SYS_105", "{result}");
    for arguments in [&["summary", "--devices"][..], &["devices", "--device", "a", "--history"]] {
        let message = stderr(&run(arguments, columns));
        assert!(
            message.contains("2 codes are not the type of an event")
                && message.contains("SYS_10")
                && message.contains("standard input:2"),
            "{message}"
        );
    }
    // Where devices do not matter, every code counts as it should.
    assert_eq!(stderr(&run(&["summary", "--times"], columns)), "");

    // Two in a record that is broken, one beside an event.
    let broken = "{\"event_type\":\"SYS_105\",\"x\":\"SYS_106\n{\"event_type\":\"SYS_105\",\"device_id\":\"a\",\"time\":1756455242,\"x\":\"SYS_105\"}\n";
    assert_eq!(json(&["summary", "--devices"], broken)["codes_outside_events"], 3);
}

/// Where a record breaks, other events may follow: their codes are not those of the device and time before.
#[test]
fn codes_behind_the_place_where_a_record_breaks_are_of_no_event() {
    let broken = format!("{EVENT}; {{\"event_type\":\"UPD4_OK_100\",\"device_id\":\"m2\"}}\n");
    let result = json(&["summary", "--devices", "--since", "2025-01-01"], &broken);
    assert_eq!((&result["unreadable_count"], &result["undated_codes"]), (&1.into(), &1.into()), "{result}");
    let by_device = json(&["summary", "--by", "device"], &broken);
    let devices = by_device["counts"].as_array().unwrap();
    let count = |device: Value| devices.iter().find(|row| row["device"] == device).map(|row| &row["success"]);
    assert_eq!((count("m1".into()), count(Value::Null)), (Some(&0.into()), Some(&1.into())), "{by_device}");
}

#[test]
fn values_that_may_go_on_behind_a_space_are_reported_with_the_first() {
    let input = "device=m1 failed with event=UPD4_FAIL_207\n\
                 campaign=Summer rollout device=m2 event=UPD4_FAIL_207\ncampaign=Summer break device=GW 7 event=SYS_111\n";
    let result = json(&["summary", "--devices"], input);
    assert_eq!((&result["devices"], &result["uncertain_values"]), (&3.into(), &3.into()), "{result}");
    let first = &result["uncertain_value"];
    assert_eq!((&first["line"], &first["text"]), (&2.into(), &"Summer rollout".into()), "{result}");
    for arguments in [
        &["summary", "--devices"][..],
        &["summary", "--by", "campaign"],
        &["summary", "--campaign", "Summer"],
        &["devices"],
    ] {
        let message = stderr(&run(arguments, input));
        let expected = "3 values may go on behind a space or sign, where a value without quotes ends; the first, at \
                        standard input:2: \"Summer rollout\"\n";
        assert!(message.contains(expected), "{arguments:?} {message}");
    }
    // Where nobody asks whose the events are, it does not matter.
    assert!(!stderr(&run(&["summary", "--times"], input)).contains("behind a space"));
}

#[test]
fn every_output_reports_what_is_not_in_it() {
    let input = "{\"event_type\":\"SYS_105\",\"device_id\":\"a\",\"x\":\"SYS_106\"}\n{\"event_type\":\"SYS_105\",\"time\":1756455242}\n\
                 {\"event_type\":\"SYS_105\",\"count\":4}\n{\n\
                 {\"message\":\"campaign=Summer rollout device=b event=SYS_105\",\"time\":1756455242}\n";
    let metrics = run(&["summary", "--devices", "--format", "openmetrics"], input);
    let metrics = String::from_utf8(metrics.stdout).unwrap();
    for counter in [
        "unreadable_records",
        "undated_events",
        "codes_without_device",
        "codes_outside_events",
        "uncertain_values",
        "statistics_codes",
    ] {
        assert!(metrics.contains(&format!("\neventcodes_{counter}_total 1\n")), "{counter}: {metrics}");
    }
    let directory = tempfile::tempdir().unwrap();
    let page = directory.path().join("page.html");
    run(&["report", "-o", page.to_str().unwrap()], input);
    let page = std::fs::read_to_string(page).unwrap();
    for message in [
        "1 unreadable record",
        "no readable time in 1 event",
        "1 code has no device",
        "1 code is not the type of an event",
        "1 value may go on behind a space or sign",
        "skipped 1 code: statistics",
    ] {
        assert!(page.contains(message), "{message}");
    }
}

#[test]
fn a_record_of_too_many_events_is_reported() {
    let text = "SYS_105 ".repeat(300_000);
    let strings = format!("[{{\"a\":[{}\"\"]}}]\n", "\"SYS_105\",".repeat(300_000));
    for input in [text, strings] {
        let result = json(&["summary", "--devices"], &input);
        assert_eq!(result["codes_outside_events"], 300_000, "{}", result["unreadable"]);
        assert_eq!(result["unreadable"][0]["cause"], "more than 262144 events in one record at byte 1");
    }
}

#[test]
fn statistics_are_no_events() {
    let page = r#"{"object":"list","data":[{"event_type":"SYS_112","count":120},{"event_type":"SYS_111","count":3}]}"#;
    for command in [&["summary"][..], &["summary", "--devices"]] {
        let summary = json(command, page);
        assert_eq!(summary["statistics_codes"], 2, "{summary}");
        assert_eq!(summary["totals"]["roll_ups"], 0);
        assert!(stderr(&run(command, page)).contains("skipped 2 codes: statistics"));
    }
}

#[test]
fn fields_have_the_names_that_are_given() {
    let input = r#"{"what":"UPD4_FAIL_207","serial":"m1","at":1756454400,"job":"j1","title":"berlin"}"#;
    let fields = ["event=what", "device=serial", "time=at", "campaign=job", "campaign-name=title"];
    let arguments: Vec<_> = fields.iter().flat_map(|field| ["--field", field]).collect();
    let summary = json(&[&["summary", "--devices"], &arguments[..]].concat(), input);
    assert_eq!(summary["devices"], 1, "{summary}");
    assert_eq!(summary["first_event"], "2025-08-29T08:00:00Z");
    assert_eq!(summary["campaigns"][0]["id"], "j1");
    assert_eq!(summary["campaigns"][0]["name"], "berlin");
    let wrong = run(&["summary", "--field", "machine=serial"], input);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("the fields are event, device, time"), "{}", stderr(&wrong));
}

#[test]
fn times_without_an_offset_are_those_of_the_time_zone() {
    let input = EVENT.replace("08:00:00Z", "08:00:00");
    let first = |zone| json(&["summary", "--devices", "--tz", zone], &input)["first_event"].clone();
    assert_eq!(first("UTC"), "2025-08-29T08:00:00Z");
    assert_eq!(first("+02:00"), "2025-08-29T06:00:00Z");
    assert_eq!(first("America/New_York"), "2025-08-29T12:00:00Z");
    // The times of the options are, too.
    let fails = |since, zone| {
        json(&["summary", "--tz", zone, "--since", since], &input)["totals"]["fail"].as_u64().unwrap()
    };
    assert_eq!(fails("2025-08-29T08:00", "+02:00"), 1);
    assert_eq!(fails("2025-08-29T08:00:01", "+02:00"), 0);
    assert_eq!(fails("2025-08-29T07:00Z", "+02:00"), 0);
}

/// A name with a colour, a device control string, a line break, a C1 control and an override of direction.
const NAME: &str = "a\u{1b}[31mb\u{1b}Pc\nd\u{9b}e\u{202e}f";
const CLEAN: &str = "a\\u{1b}[31mb\\u{1b}Pc\\nd\\u{9b}e\\u{202e}f";

#[test]
fn control_characters_of_names_are_escaped_on_every_output() {
    let name = serde_json::to_string(NAME).unwrap();
    let input = format!(
        r#"{{"event_type":"UPD4_FAIL_207","device_id":{name},"campaign_id":"c","campaign_name":{name}}}"#
    );
    for arguments in [
        &["summary", "--devices"][..],
        &["summary", "--devices", "--format", "markdown"],
        &["summary", "--by", "device", "--format", "csv"],
        &["summary", "--format", "openmetrics"],
        &["devices"],
        &["devices", "--ids"],
        &["devices", "--format", "csv"],
        &["report"],
    ] {
        let output = run(arguments, &input);
        let text = String::from_utf8(output.stdout.clone()).unwrap();
        let is_unsafe =
            |character: char| character != '\n' && character.is_control() || character == '\u{202e}';
        assert!(!text.contains(is_unsafe), "{arguments:?}: {text:?}");
        assert!(!stderr(&output).contains(is_unsafe), "{arguments:?}");
        let plain = text.replace("\\\\", "\\").replace("\\[", "[");
        assert!(plain.contains("b\\u{1b}Pc"), "{arguments:?}: {text}");
        // A line break in a name is one of the page, too, and an escape of its own in OpenMetrics.
        if !["openmetrics", "report"].contains(arguments.last().unwrap()) {
            assert!(plain.contains(CLEAN), "{arguments:?}: {text}");
        }
    }
    let output = run(&["devices", "--format", "json"], &input);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains(|character: char| character != '\n' && character.is_control()), "{text:?}");
    let devices: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(devices["devices"][0]["device"], NAME, "JSON says exactly what the record says");
}

#[test]
fn a_message_is_one_line_without_control_characters() {
    let output = eventcodes().arg("summary").arg("no\u{1b}[31m\nfile").output().unwrap();
    assert_eq!(
        stderr(&output),
        "eventcodes: no\\u{1b}[31m\\nfile: No such file or directory\neventcodes: no event code found\n"
    );
}
