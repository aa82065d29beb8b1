//! `eventcodes summary --devices` end to end, and what it makes of each format.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;

use event_log_codes::{EventCode, Status};
use event_log_codes_cli::analysis::code::Code;
use event_log_codes_cli::analysis::fleet::{CampaignReport, Fleet};
use event_log_codes_cli::records::Event;
use jiff::Timestamp;
use proptest::prelude::*;
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
    assert_eq!(summary["counts"], json!([{"section": "update-fetching", "count": 3, "devices": 2}]));
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
    assert_eq!(summary["codes_without_device"], 1);
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
    while size < 13 << 20 {
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
    let input = "{\"event_type\":\"SYS_105\",\"device_id\":\"a\"}";
    assert_eq!(summary(&["--input", "text"], input.as_bytes())["codes_without_device"], 1);
    assert_eq!(summary(&["--input", "ndjson"], input.as_bytes())["devices"], 1);
}

#[test]
fn the_table_tells_campaigns_reasons_and_actions() {
    let output = eventcodes()
        .args(["summary", "--devices", "--top", "1"])
        .arg(sample("portal-export.csv"))
        .assert()
        .success();
    let table = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
    let lines: Vec<_> =
        table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    for line in [
        "campaign devices updated failed skipped in progress",
        "gateway-fw-7.1-emea 6 2 4 0 0",
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

/// A code, the status that comes with it, and what it makes of a device.
type Step = (&'static str, Option<Status>, Option<&'static str>);

const STEPS: [Step; 11] = [
    ("SYS_108", Some(Status::Info), None),
    ("UPD4_OK_M1", Some(Status::Success), None),
    ("UPD4_FAIL_207", Some(Status::Fail), Some("failed")),
    ("UPD4_FAIL_303", Some(Status::Fail), Some("failed")),
    ("SYS_111", Some(Status::Fail), Some("failed")),
    ("SYS_112", Some(Status::Success), Some("updated")),
    ("SYS_110", Some(Status::Skipped), Some("skipped")),
    ("UPD4_FAIL_999", Some(Status::Fail), Some("failed")),
    ("UPD3_FAIL_1", Some(Status::Fail), Some("failed")),
    ("UPD9_OK_1", Some(Status::Success), Some("updated")),
    ("UPD9_OK_1", None, None),
];

/// What happened to whom, and which thread read it.
#[derive(Clone, Debug)]
struct Happened {
    thread: usize,
    step: Step,
    device: &'static str,
    campaign: Option<(&'static str, &'static str)>,
    time: Option<i64>,
}

fn happened() -> impl Strategy<Value = Happened> {
    // Two of them as the service writes them.
    let device = prop::sample::select(vec![
        "0198e0005b000000000000000001001a",
        "0198e0005b000000000000000001001b",
        "0198E0005B000000000000000001001A",
        "meter-1",
        "meter-2",
    ]);
    let campaign =
        prop::sample::select(vec![None, Some(("c1", "one")), Some(("c1", "another")), Some(("c2", "two"))]);
    // So few that many happen at the same time.
    let time = prop::option::weighted(0.9, 0_i64..6);
    (0_usize..3, prop::sample::select(STEPS.to_vec()), device, campaign, time)
        .prop_map(|(thread, step, device, campaign, time)| Happened { thread, step, device, campaign, time })
}

impl Happened {
    fn is_roll_up(&self) -> bool {
        matches!(self.step.0, "SYS_111" | "SYS_112")
    }

    fn add_to(&self, devices: &mut Fleet) {
        let (code, status, _) = self.step;
        let event = Event {
            code: Code::exactly(code.as_bytes()).unwrap(),
            device: self.device.as_bytes().into(),
            status,
            campaign: self.campaign.map(|(id, _)| id.as_bytes().into()),
            campaign_name: self.campaign.map(|(_, name)| name.as_bytes().into()),
        };
        devices.add(&event, || self.time.map(|second| Timestamp::from_second(second).unwrap()));
    }
}

/// The devices of each campaign by what became of them, in words.
fn expected_campaigns(all: &[Happened]) -> BTreeMap<Option<&str>, BTreeMap<String, u64>> {
    let mut all: Vec<_> = all.iter().collect();
    all.sort_by_key(|event| (event.time, event.is_roll_up(), event.step.0));
    let mut histories: BTreeMap<_, Vec<&Happened>> = BTreeMap::new();
    for event in all {
        histories.entry((event.campaign.map(|(id, _)| id), event.device)).or_default().push(event);
    }
    let mut campaigns: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
    for ((campaign, _), events) in histories {
        let verdict = events.iter().rfind(|event| event.step.2.is_some());
        let outcome = match verdict.map(|event| (event.step.0, event.step.2.unwrap())) {
            Some((_, "failed")) => {
                let reason = |event: &&&Happened| event.step.2 == Some("failed") && !event.is_roll_up();
                format!("failed {:?}", events.iter().rfind(reason).map(|event| event.step.0))
            }
            Some((code, "skipped")) => format!("skipped {:?}", Some(code)),
            Some((_, outcome)) => outcome.to_owned(),
            None if campaign.is_some() => "in progress".to_owned(),
            None => continue,
        };
        *campaigns.entry(campaign).or_default().entry(outcome).or_default() += 1;
    }
    campaigns
}

/// The same as the command tells it.
fn campaigns(devices: &Fleet) -> BTreeMap<Option<String>, BTreeMap<String, u64>> {
    let outcomes = |campaign: CampaignReport| {
        let mut outcomes = BTreeMap::from([
            ("updated".to_owned(), campaign.updated),
            ("in progress".to_owned(), campaign.in_progress),
        ]);
        for (what, reasons) in [("failed", &campaign.failed_by), ("skipped", &campaign.skipped_by)] {
            outcomes.extend(
                reasons.iter().map(|reason| (format!("{what} {:?}", reason.code.as_deref()), reason.devices)),
            );
        }
        outcomes.retain(|_, devices| *devices > 0);
        assert_eq!(outcomes.values().sum::<u64>(), campaign.devices);
        (campaign.id, outcomes)
    };
    devices.campaigns().into_iter().map(outcomes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn threads_find_together_what_one_finds(all in prop::collection::vec(happened(), 1..900)) {
        let mut threads: Vec<_> = (0..3).map(|_| Fleet::default()).collect();
        let mut alone = Fleet::default();
        for event in &all {
            event.add_to(&mut threads[event.thread]);
            event.add_to(&mut alone);
        }
        let mut together = threads.pop().unwrap();
        threads.into_iter().for_each(|thread| together.merge(thread));
        together.settle();
        alone.settle();
        prop_assert_eq!(
            serde_json::to_value(together.campaigns()).unwrap(),
            serde_json::to_value(alone.campaigns()).unwrap()
        );

        let expected = expected_campaigns(&all);
        let expected: BTreeMap<_, _> =
            expected.into_iter().map(|(id, outcomes)| (id.map(str::to_owned), outcomes)).collect();
        prop_assert_eq!(campaigns(&together), expected);

        let with = |wanted: &[&str]| {
            let events = all.iter().filter(|event| wanted.is_empty() || wanted.contains(&event.step.0));
            events.map(|event| event.device).collect::<BTreeSet<_>>().len() as u64
        };
        let distinct = together.distinct();
        prop_assert_eq!(distinct.devices(), with(&[]));
        prop_assert_eq!(distinct.with([EventCode::Upd4Fail207]), with(&["UPD4_FAIL_207"]));
        prop_assert_eq!(
            distinct.with([EventCode::Upd4Fail207, EventCode::Sys111]),
            with(&["UPD4_FAIL_207", "SYS_111"])
        );
        prop_assert_eq!(distinct.with_uncatalogued("UPD4_FAIL_999"), with(&["UPD4_FAIL_999"]));
        prop_assert_eq!(distinct.with_uncatalogued("UPD9_OK_1"), with(&["UPD9_OK_1"]));
    }
}
