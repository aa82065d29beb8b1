//! `eventcodes summary --devices` end to end, and what it makes of each format.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;

use event_log_codes::{EventCode, Status};
use serde_json::{Value, json};

use crate::common::{count, eventcodes, sample, summary_counts};

fn summary(arguments: &[&str], input: &[u8]) -> Value {
    let mut command = eventcodes();
    command.args(["summary", "--devices", "--format", "json"]).args(arguments).write_stdin(input);
    serde_json::from_slice(&command.assert().success().get_output().stdout).unwrap()
}

/// Devices by code, of a JSON summary.
fn devices_by_code(summary: &Value) -> BTreeMap<String, u64> {
    ["counts", "roll_ups", "uncatalogued"]
        .iter()
        .flat_map(|part| summary[part].as_array().unwrap())
        .map(|row| (row["code"].as_str().unwrap().to_owned(), row["devices"].as_u64().unwrap()))
        .collect()
}

fn sample_events() -> Vec<Value> {
    let events = fs::read_to_string(sample("device-events.ndjson")).unwrap();
    events.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Distinct devices by code, counted as plainly as can be.
fn expected_devices(events: &[Value]) -> BTreeMap<String, u64> {
    let mut devices: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for event in events {
        let text = |field: &str| event[field].as_str().unwrap().to_owned();
        devices.entry(text("event_type")).or_default().insert(text("device_id"));
    }
    devices.into_iter().map(|(code, devices)| (code, devices.len() as u64)).collect()
}

/// Updated, failed, skipped, in progress, by campaign: the events of each device in order of time,
/// the roll-up after its reason; the last that is no information decides.
fn expected_outcomes(events: &[Value]) -> BTreeMap<String, [u64; 4]> {
    let mut events: Vec<_> = events.iter().collect();
    events.sort_by_key(|event| {
        (
            event["date_time"].as_str().unwrap(),
            event["event_type"] == "SYS_111" || event["event_type"] == "SYS_112",
        )
    });
    let mut verdicts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for event in events {
        let device = (event["data"]["campaign_id"].as_str().unwrap(), event["device_id"].as_str().unwrap());
        let verdict = match event["event_type_description"].as_str().unwrap() {
            "SUCCESS" => Some(0),
            "FAIL" => Some(1),
            "SKIPPED" => Some(2),
            _ => None,
        };
        let known = verdicts.entry(device).or_insert(3);
        *known = verdict.unwrap_or(*known);
    }
    let mut outcomes: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    for ((campaign, _), verdict) in verdicts {
        outcomes.entry(campaign.to_owned()).or_default()[verdict] += 1;
    }
    outcomes
}

fn outcomes(summary: &Value) -> BTreeMap<String, [u64; 4]> {
    let campaigns = summary["campaigns"].as_array().unwrap();
    let outcome = |campaign: &Value| {
        ["updated", "failed", "skipped", "in_progress"].map(|name| campaign[name].as_u64().unwrap())
    };
    campaigns
        .iter()
        .map(|campaign| (campaign["id"].as_str().unwrap().to_owned(), outcome(campaign)))
        .collect()
}

/// The same events in every format that is read.
fn formats(events: &[Value]) -> Vec<(&'static str, String)> {
    let lines: Vec<_> = events.iter().map(Value::to_string).collect();
    let page = |events: &[Value]| json!({"object": "list", "data": events, "has_more": true, "note": "\"]}"});
    let (first, second) = events.split_at(events.len() / 2);
    let mut csv = csv::Writer::from_writer(Vec::new());
    csv.write_record([
        "date_time",
        "event_type",
        "description",
        "device_id",
        "data.campaign_id",
        "event_type_description",
    ])
    .unwrap();
    for event in events.iter().rev() {
        let text = |field: &str| event[field].as_str().unwrap().to_owned();
        let campaign = event["data"]["campaign_id"].as_str().unwrap().to_owned();
        csv.write_record([
            text("date_time"),
            text("event_type"),
            "two\nlines, \"quoted\"".to_owned(),
            text("device_id"),
            campaign,
            text("event_type_description"),
        ])
        .unwrap();
    }
    vec![
        ("lines", lines.join("\n")),
        ("lines, carriage returns, a mark", format!("\u{feff}{}\r\n", lines.join("\r\n"))),
        ("a page", page(events).to_string()),
        ("pages on lines", format!("{}\n{}\n", page(first), page(second))),
        ("pages, indented", format!("{:#}\n{:#}", page(first), page(second))),
        ("an array", Value::from(events.to_vec()).to_string()),
        ("an array of pages", format!("[{:#},{}]", page(first), page(second))),
        ("objects, indented", events.iter().map(|event| format!("{event:#}\n")).collect()),
        ("export", String::from_utf8(csv.into_inner().unwrap()).unwrap()),
    ]
}

#[test]
fn every_format_tells_the_same_devices_and_outcomes() {
    let events = sample_events();
    let expected = expected_outcomes(&events);
    assert!(expected.values().any(|outcomes| outcomes.iter().all(|&devices| devices > 0)), "{expected:?}");
    for (format, input) in formats(&events) {
        let summary = summary(&[], input.as_bytes());
        assert_eq!(devices_by_code(&summary), expected_devices(&events), "{format}");
        assert_eq!(outcomes(&summary), expected, "{format}");
        assert_eq!(summary["unreadable_count"], 0, "{format}: {}", summary["unreadable"]);
        assert_eq!(summary["codes_without_device"], 0, "{format}");
        assert_eq!(summary_counts(summary.to_string().as_bytes()), count(input.as_bytes()), "{format}");
    }
}

#[test]
fn the_order_of_events_does_not_matter() {
    let mut events = sample_events();
    let forwards = summary(&[], formats(&events)[0].1.as_bytes());
    events.reverse();
    let backwards = summary(&[], formats(&events)[0].1.as_bytes());
    assert_eq!(forwards, backwards);
}

fn event(code: &str, status: Status, device: &str, time: u32) -> String {
    let description = status.as_str().to_uppercase();
    json!({
        "date_time": format!("2025-08-29T00:{:02}:{:02}Z", time / 60, time % 60), "device_id": device, "event_type": code,
        "event_type_description": description, "data": {"campaign_id": "c", "campaign_name": "the campaign"}
    })
    .to_string()
}

#[test]
fn a_failure_counts_once_with_its_own_reason() {
    let events = [
        event("UPD4_FAIL_218", Status::Fail, "a", 1),
        event("SYS_111", Status::Fail, "a", 2),
        event("SYS_111", Status::Fail, "b", 2),
        event("UPD4_FAIL_999", Status::Fail, "c", 1),
        // Failed, tried again, updated.
        event("UPD4_FAIL_303", Status::Fail, "d", 1),
        event("SYS_111", Status::Fail, "d", 2),
        event("SYS_112", Status::Success, "d", 3),
        // Says nothing of an update.
        event("UPD4_OK_M1", Status::Success, "e", 1),
        event("SYS_109", Status::Info, "f", 1),
    ];
    let summary = summary(&[], events.join("\n").as_bytes());
    let campaign = &summary["campaigns"][0];
    assert_eq!(campaign["name"], "the campaign");
    assert_eq!(outcomes(&summary)["c"], [1, 3, 1, 1]);
    let reasons: BTreeSet<_> =
        campaign["failed_by"].as_array().unwrap().iter().map(|reason| reason["code"].as_str()).collect();
    assert_eq!(reasons, BTreeSet::from([None, Some("UPD4_FAIL_218"), Some("UPD4_FAIL_999")]));
    assert_eq!(campaign["skipped_by"][0]["code"], "SYS_109");
    assert_eq!(summary["devices"], 6);
    assert_eq!(devices_by_code(&summary)["SYS_111"], 3);
}

#[test]
fn groups_count_a_device_once() {
    let events = [
        event("UPD4_FAIL_301", Status::Fail, "a", 1),
        event("UPD4_FAIL_302", Status::Fail, "a", 2),
        event("UPD4_FAIL_302", Status::Fail, "b", 2),
        event("SYS_111", Status::Fail, "z", 3),
    ];
    let summary = summary(&["--by", "section"], events.join("\n").as_bytes());
    assert_eq!(
        summary["counts"],
        json!([{
            "section": "update-fetching", "count": 3, "devices": 2,
            "first_seen": "2025-08-29T00:00:01Z", "last_seen": "2025-08-29T00:00:02Z",
        }])
    );
}

#[test]
fn records_that_do_not_parse_are_counted_and_shown_by_line() {
    let good = event("SYS_105", Status::Info, "a", 1);
    let lines =
        [&good, "{\"event_type\":\"UPD4_FAIL_207\",", &good, "{\"a\":nul}", "", "not JSON"].join("\n");
    let output =
        eventcodes().args(["summary", "--devices", "--format", "json"]).write_stdin(lines).assert().success();
    let message = String::from_utf8_lossy(&output.get_output().stderr).into_owned();
    let shown: Vec<_> = message.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    assert_eq!(shown[..3], ["standard input:2", "standard input:4", "standard input:6"], "{message}");
    let summary: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    assert_eq!(summary["unreadable_count"], 3);
    assert_eq!(summary["unreadable"][0]["line"], 2);
    // The code of the broken record is counted, though nobody knows whose it is.
    assert_eq!(summary_counts(&output.get_output().stdout)["UPD4_FAIL_207"], 1);
    assert_eq!(summary["codes_outside_events"], 1);
}

#[test]
fn broken_rows_and_elements_do_not_hide_the_others() {
    let export = "device_id,event_type\nd1,SYS_105\nd2\n\"d\n3\",SYS_106\nd4,SYS_107,x\n";
    let from_export = summary(&[], export.as_bytes());
    let lines: Vec<_> = from_export["unreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [3, 6]);
    assert_eq!(devices_by_code(&from_export)["SYS_106"], 1);

    let page = "{\"data\":[\n{\"device_id\":\"a\",\"event_type\":\"SYS_105\"},\n{\"device_id\":\"b,\n\
                {\"device_id\":\"c\",\"event_type\":\"SYS_106\"}\n]}";
    let from_page = summary(&[], page.as_bytes());
    assert_eq!(from_page["unreadable"][0]["line"], 3, "{from_page}");
    assert_eq!(devices_by_code(&from_page)["SYS_106"], 1);
}

#[test]
fn lines_are_counted_across_the_pieces_of_a_large_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut expected = Vec::new();
    let mut number = 0;
    let mut size = 0;
    // Several pieces; a broken line now and then, the last far from the start.
    while size < 9 << 20 {
        number += 1;
        let line = if number % 9000 == 17 {
            expected.push(number);
            "{broken\n".to_owned()
        } else {
            event("SYS_105", Status::Info, &format!("device-{number}"), number as u32 % 3600) + "\n"
        };
        file.write_all(line.as_bytes()).unwrap();
        size += line.len();
    }
    assert!((4..10).contains(&expected.len()));
    let output =
        eventcodes().args(["summary", "--devices", "--format", "json"]).arg(file.path()).assert().success();
    let summary: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
    let lines: Vec<_> = summary["unreadable"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, expected);
    let events = number - expected.len() as u64;
    assert_eq!(summary["devices"], events);
    assert_eq!(devices_by_code(&summary)["SYS_105"], events);
    assert_eq!(summary_counts(&output.get_output().stdout)["SYS_105"], events);
}

#[test]
fn times_bound_what_is_counted() {
    let events = [
        event("SYS_105", Status::Info, "a", 60),
        event("SYS_105", Status::Info, "b", 120),
        event("SYS_105", Status::Info, "c", 180),
        "{\"event_type\":\"SYS_105\",\"device_id\":\"undated\"}".to_owned(),
    ];
    let summary = summary(
        &["--since", "2025-08-29T00:02", "--until", "2025-08-29T00:03Z"],
        events.join("\n").as_bytes(),
    );
    assert_eq!(summary["counts"][0]["count"], 1);
    assert_eq!(summary["devices"], 1);
    assert_eq!(summary["undated_codes"], 1);
    eventcodes().args(["summary", "--since", "yesterday-ish"]).assert().code(2);
}

#[test]
fn a_format_can_be_told() {
    let input = "device_id,event_type\nd1,SYS_105\n";
    assert_eq!(summary(&["--input", "text"], input.as_bytes())["codes_without_device"], 1);
    assert_eq!(summary(&["--input", "csv"], input.as_bytes())["devices"], 1);
}

#[test]
fn the_table_tells_campaigns_reasons_and_actions() {
    let output =
        eventcodes().args(["summary", "--devices"]).arg(sample("portal-export.csv")).assert().success();
    let table = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let lines: Vec<_> =
        table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "campaign devices updated failed retrying skipped in progress success rate attempts first event last event top reason",
        "gateway-fw-7.1-emea 6 2 4 0 0 0 33.3 % of 6 6 2025-08-29 07:25:52 2025-08-29 07:28:44 SYS_101",
        "Failed in gateway-fw-7.1-emea",
        "UPD1_FAIL_4 1 Connection lost Check the device's connectivity.",
    ] {
        assert!(lines.iter().any(|other| other == line), "{line:?} in {table}");
    }
}

#[test]
fn every_catalogued_status_decides_as_the_catalogue_says() {
    // A campaign for each code.
    let events: Vec<_> = EventCode::ALL
        .iter()
        .map(|code| {
            event(code.as_str(), code.status(), "a", 1).replace("\"c\"", &format!("\"{}\"", code.index()))
        })
        .collect();
    let outcomes = outcomes(&summary(&[], events.join("\n").as_bytes()));
    assert_eq!(outcomes.len(), EventCode::COUNT);
    for &code in EventCode::ALL {
        let expected = match (code.as_str(), code.status()) {
            ("UPD4_OK_M1", _) => [0, 0, 0, 1],
            ("SYS_109", _) | (_, Status::Skipped) => [0, 0, 1, 0],
            (_, Status::Success) => [1, 0, 0, 0],
            (_, Status::Fail) => [0, 1, 0, 0],
            _ => [0, 0, 0, 1],
        };
        assert_eq!(outcomes[&code.index().to_string()], expected, "{code}");
    }
}

/// Events of two campaigns, of which only some have the name.
fn partly_named_campaigns() -> String {
    let events = [
        ("d1", "UPD4_FAIL_303", "c1", ""),
        ("d2", "UPD4_FAIL_504", "c1", r#","campaign_name":"spring""#),
        ("d3", "UPD4_OK_100", "c2", ""),
        ("d4", "UPD4_OK_100", "c3", r#","campaign_name":"spring""#),
        ("d5", "UPD4_FAIL_218", "c3", ""),
        ("d6", "UPD4_FAIL_220", "c4", r#","campaign_name":"autumn""#),
    ];
    let event = |(device, code, id, name): (&str, &str, &str, &str)| {
        format!(
            r#"{{"device_id":"{device}","event_type":"{code}","date_time":"2025-08-29T06:00:00Z","campaign_id":"{id}"{name}}}"#
        ) + "\n"
    };
    events.map(event).concat()
}

#[test]
fn a_campaign_by_name_has_its_events_that_have_only_the_identifier() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("events.ndjson");
    fs::write(&log, partly_named_campaigns()).unwrap();
    let stdout = |arguments: &[&str]| {
        let output = eventcodes().args(arguments).arg(&log).assert().success().get_output().clone();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
        String::from_utf8(output.stdout).unwrap()
    };
    let ids = |campaign: &str| {
        let ids = stdout(&["devices", "--ids", "--campaign", campaign]);
        let mut ids: Vec<_> = ids.lines().map(str::to_owned).collect();
        ids.sort_unstable();
        ids
    };
    assert_eq!(ids("spring"), ["d1", "d2", "d4", "d5"]);
    assert_eq!(ids("c1"), ["d1", "d2"]);
    assert_eq!(ids("autumn"), ["d6"]);
    let summary: serde_json::Value =
        serde_json::from_str(&stdout(&["summary", "--campaign", "spring", "--format", "json"])).unwrap();
    assert_eq!((&summary["totals"]["fail"], &summary["totals"]["success"]), (&3.into(), &1.into()));
    assert!(stdout(&["report", "--campaign", "spring"]).contains("UPD4_FAIL_218"));
}

#[test]
fn what_a_stream_leaves_out_of_a_campaign_is_reported() {
    let output = eventcodes()
        .args(["devices", "--ids", "--campaign", "spring"])
        .write_stdin(partly_named_campaigns())
        .assert()
        .success()
        .get_output()
        .clone();
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 2);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(
        message.contains("left out 2 codes") && message.contains("--campaign c1, --campaign c3"),
        "{message}"
    );
    let complete = partly_named_campaigns()
        .lines()
        .filter(|line| line.contains("name"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    eventcodes()
        .args(["devices", "--ids", "--campaign", "spring"])
        .write_stdin(complete)
        .assert()
        .success()
        .stderr("");
}

#[test]
fn the_first_devices_are_those_of_the_whole_list() {
    let line = |number: u32| {
        event("SYS_111", Status::Fail, &format!("device-{}", number * 7919 % 9001), number % 3600)
    };
    let input: String = (0..9000).map(|number| line(number) + "\n").collect();
    let list = |arguments: &[&str]| -> Value {
        let output =
            eventcodes().args(["devices", "--format", "json"]).args(arguments).write_stdin(&*input).output();
        serde_json::from_slice(&output.unwrap().stdout).unwrap()
    };
    let (all, first) = (list(&[]), list(&["--top", "5"]));
    assert_eq!(all["devices"].as_array().unwrap().len(), 9000);
    assert_eq!(first["devices"].as_array().unwrap()[..], all["devices"].as_array().unwrap()[..5]);
    assert_eq!((&all["not_shown"], &first["not_shown"]), (&0.into(), &8995.into()));
}
