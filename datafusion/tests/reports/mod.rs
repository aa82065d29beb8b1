//! A small log in files, and the answers of the reports on it, counted one event at a time.

#![allow(dead_code, reason = "each program that mounts this uses a part of it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;

use crate::fleet::{CSV_HEADER, Event, event};
use crate::oracle::Oracle;
use crate::process::output;

pub const REPORTS: [&str; 7] =
    ["failures", "campaigns", "outcomes", "devices", "seen", "uncatalogued", "timeline"];

pub type Rows = Vec<Vec<String>>;

/// Some events of each hour of the log, a list for each file.
pub fn log(files: u64, events_per_file: u64) -> Vec<Vec<Event>> {
    (0..files).map(|file| (file * 60_000..).take(events_per_file as usize).map(event).collect()).collect()
}

pub fn write_ndjson(directory: &Path, log: &[Vec<Event>]) {
    for (number, events) in log.iter().enumerate() {
        let mut file = create(&directory.join(format!("{number}.ndjson")));
        events.iter().for_each(|event| event.write_json(&mut file).unwrap());
        file.flush().unwrap();
    }
}

pub fn write_csv(directory: &Path, log: &[Vec<Event>]) {
    for (number, events) in log.iter().enumerate() {
        let mut file = create(&directory.join(format!("{number}.csv")));
        writeln!(file, "{CSV_HEADER}").unwrap();
        events.iter().for_each(|event| event.write_csv(&mut file).unwrap());
        file.flush().unwrap();
    }
}

fn create(path: &Path) -> BufWriter<File> {
    BufWriter::new(File::create(path).unwrap())
}

/// The rows that the command answers, without the header.
pub fn rows(command: &mut Command) -> Rows {
    let output = output(command.args(["--format", "csv"]));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    parse(&output.stdout)
}

pub fn parse(csv: &[u8]) -> Rows {
    csv::Reader::from_reader(csv)
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

pub fn expected(report: &str, log: &[Vec<Event>]) -> Rows {
    let oracle = Oracle::read();
    let status = |event: &Event| oracle.cell(&event.code, "status").unwrap_or_default();
    let is_reason = |event: &Event| status(event) == "fail" && event.code != "SYS_111";
    let text = |code: &str, column: &str| oracle.cell(code, column).unwrap_or_default();
    // A type of another kind than codes is no event of an update.
    let events = || log.iter().flatten().filter(|event| !event.code.contains('.'));
    match report {
        "failures" => groups(events().filter(|event| is_reason(event)), |event| event.code.clone())
            .sorted_by_count()
            .map(|(code, group)| {
                let texts = [text(&code, "portal_text"), text(&code, "corrective_action")];
                [vec![code], group.counts(), texts.into()].concat()
            })
            .collect(),
        "campaigns" => {
            let key =
                |event: &Event| (event.campaign_id().is_none(), event.campaign_id(), event.code.clone());
            let mut rows: Vec<_> =
                groups(events().filter(|event| is_reason(event)), key).0.into_iter().collect();
            rows.sort_by_key(|((none, campaign, code), group)| {
                (*none, campaign.clone(), std::cmp::Reverse(group.events), code.clone())
            });
            rows.into_iter()
                .map(|((_, campaign, code), group)| {
                    let action = text(&code, "corrective_action");
                    [vec![campaign.unwrap_or_default(), code], group.counts(), vec![action]].concat()
                })
                .collect()
        }
        "outcomes" => outcomes(&oracle, events()),
        "devices" => {
            let kind = |event: &Event| if event.code == "SYS_111" { "roll-up" } else { "reason" };
            groups(events().filter(|event| status(event) == "fail"), kind)
                .0
                .into_iter()
                .map(|(kind, group)| {
                    vec![kind.to_owned(), group.devices.len().to_string(), group.events.to_string()]
                })
                .collect()
        }
        "seen" => {
            let mut rows: Vec<_> = groups(events(), |event| event.code.clone())
                .0
                .into_iter()
                .map(|(code, group)| {
                    let [first, last] = [group.times.first(), group.times.last()]
                        .map(|time| time.unwrap().trim_end_matches('Z').trim_end_matches(".000").to_owned());
                    let status = text(&code, "status");
                    (group.times.first().cloned(), vec![code, status, group.events.to_string(), first, last])
                })
                .collect();
            rows.sort();
            rows.into_iter().map(|(_, row)| row).collect()
        }
        "uncatalogued" => {
            groups(events().filter(|event| !oracle.contains(&event.code)), |event| event.code.clone())
                .sorted_by_count()
                .map(|(code, group)| [vec![code], group.counts()].concat())
                .collect()
        }
        "timeline" => {
            let mut hours: BTreeMap<String, [u64; 5]> = BTreeMap::new();
            for event in events() {
                let kind = ["success", "fail", "info", "skipped", ""]
                    .iter()
                    .position(|kind| *kind == status(event))
                    .unwrap();
                hours.entry(format!("{}:00:00", &event.date_time()[..13])).or_default()[kind] += 1;
            }
            hours
                .into_iter()
                .map(|(hour, counts)| [vec![hour], counts.map(|n| n.to_string()).into()].concat())
                .collect()
        }
        other => panic!("no report {other}"),
    }
}

/// The devices of each campaign by what became of them, from the events of each device in order.
fn outcomes<'e>(oracle: &Oracle, events: impl Iterator<Item = &'e Event>) -> Rows {
    let mut devices: BTreeMap<_, Vec<&Event>> = BTreeMap::new();
    for event in events {
        devices.entry((event.campaign_id(), event.device)).or_default().push(event);
    }
    let mut campaigns: BTreeMap<Option<String>, Campaign> = BTreeMap::new();
    for ((campaign, _), mut events) in devices {
        events.sort_by_key(|event| event.date_time());
        let device = device(oracle, &events);
        if campaign.is_none() && device.outcome == "in-progress" {
            continue;
        }
        let total = campaigns.entry(campaign).or_default();
        *total.outcomes.entry(device.outcome).or_default() += 1;
        total.retrying += u64::from(device.retrying);
        total.attempts += device.attempts;
        total.times.extend(events.iter().map(|event| event.date_time()));
        if device.outcome == "failed"
            && let Some(reason) = device.reason
        {
            *total.reasons.entry(reason).or_default() += 1;
        }
    }
    let devices = |campaign: &Campaign| campaign.outcomes.values().sum::<u64>();
    let mut rows: Vec<_> = campaigns.into_iter().collect();
    rows.sort_by_key(|(id, campaign)| (std::cmp::Reverse(devices(campaign)), id.is_none(), id.clone()));
    let row = |(id, campaign): (Option<String>, Campaign)| {
        let [updated, failed, skipped, in_progress] = ["updated", "failed", "skipped", "in-progress"]
            .map(|outcome| campaign.outcomes.get(outcome).copied().unwrap_or(0));
        let rate = updated as f64 / (updated + failed) as f64;
        let top_reason = campaign.reasons.iter().max_by_key(|(reason, n)| (**n, std::cmp::Reverse(*reason)));
        let time =
            |time: Option<&String>| time.unwrap().trim_end_matches('Z').trim_end_matches(".000").to_owned();
        vec![
            id.unwrap_or_default(),
            devices(&campaign).to_string(),
            updated.to_string(),
            failed.to_string(),
            campaign.retrying.to_string(),
            skipped.to_string(),
            in_progress.to_string(),
            if rate.is_nan() { String::new() } else { format!("{rate:?}") },
            campaign.attempts.to_string(),
            time(campaign.times.first()),
            time(campaign.times.last()),
            "0".to_owned(),
            top_reason.map(|(reason, _)| reason.clone()).unwrap_or_default(),
        ]
    };
    rows.into_iter().map(row).collect()
}

#[derive(Default)]
struct Campaign {
    outcomes: BTreeMap<&'static str, u64>,
    retrying: u64,
    attempts: u64,
    times: BTreeSet<String>,
    reasons: BTreeMap<String, u64>,
}

struct Device {
    outcome: &'static str,
    reason: Option<String>,
    retrying: bool,
    attempts: u64,
}

/// What became of a device, from its events in the order of their times, one after the other.
fn device(oracle: &Oracle, events: &[&Event]) -> Device {
    let mut device = Device { outcome: "in-progress", reason: None, retrying: false, attempts: 0 };
    for event in events {
        let code = event.code.as_str();
        // The records state "info" of codes that are not in the catalogue.
        let status = oracle.cell(code, "status").unwrap_or_else(|| "info".into());
        match (status.as_str(), code) {
            (_, "UPD4_OK_M1") => {}
            ("success", _) => {
                device = Device { outcome: "updated", reason: None, retrying: false, ..device };
            }
            ("fail", _) => {
                device.outcome = "failed";
                device.retrying = false;
                if code != "SYS_111" {
                    device.attempts += 1;
                    device.reason = Some(code.to_owned());
                }
            }
            ("skipped", _) if device.outcome != "updated" => device.outcome = "skipped",
            (_, "SYS_109") if device.outcome == "in-progress" => device.outcome = "skipped",
            ("info", "SYS_108") => device.retrying = true,
            ("info", "UPD1_STATE_0" | "UPD2_STATE_1") => {}
            ("info", _) if code.contains("_STATE_") => device.retrying = true,
            _ => {}
        }
    }
    device.retrying &= device.outcome == "failed";
    device.attempts += u64::from(device.outcome == "updated");
    device
}

#[derive(Default)]
struct Group {
    events: u64,
    devices: BTreeSet<u64>,
    times: BTreeSet<String>,
}

impl Group {
    fn counts(&self) -> Vec<String> {
        vec![self.events.to_string(), self.devices.len().to_string()]
    }
}

struct Groups<K>(BTreeMap<K, Group>);

fn groups<'e, K: Ord>(events: impl Iterator<Item = &'e Event>, key: impl Fn(&Event) -> K) -> Groups<K> {
    let mut groups: BTreeMap<K, Group> = BTreeMap::new();
    for event in events {
        let group = groups.entry(key(event)).or_default();
        group.events += 1;
        group.devices.insert(event.device);
        group.times.insert(event.date_time());
    }
    Groups(groups)
}

impl<K: Ord + Clone> Groups<K> {
    fn sorted_by_count(self) -> impl Iterator<Item = (K, Group)> {
        let mut rows: Vec<_> = self.0.into_iter().collect();
        rows.sort_by_key(|(key, group)| (std::cmp::Reverse(group.events), key.clone()));
        rows.into_iter()
    }
}
