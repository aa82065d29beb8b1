//! What operators ask, answered from the sample and from many events, against naive answers.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::common::{eventcodes, sample};

/// An event in the plainest form; a time is in seconds.
#[derive(Clone, Debug)]
pub struct Happened {
    code: &'static str,
    status: &'static str,
    device: String,
    campaign: usize,
    time: Option<i64>,
}

/// Codes, their status as records state it, and how frequent they are.
const CODES: [(&str, &str, u64); 14] = [
    ("SYS_108", "INFO", 8),
    ("UPD2_STATE_2", "INFO", 8),
    ("UPD2_STATE_4", "INFO", 8),
    ("UPD2_STATE_1", "INFO", 4),
    ("UPD4_OK_M1", "SUCCESS", 2),
    ("UPD4_FAIL_218", "FAIL", 3),
    ("UPD4_FAIL_303", "FAIL", 5),
    ("UPD4_FAIL_504", "FAIL", 2),
    ("UPD4_FAIL_999", "FAIL", 1),
    ("SYS_140", "FAIL", 1),
    ("SYS_111", "FAIL", 9),
    ("SYS_112", "SUCCESS", 9),
    ("SYS_110", "SKIPPED", 1),
    ("SYS_109", "INFO", 1),
];

/// Random numbers, the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

const CAMPAIGNS: u64 = 500;
const START: i64 = 1_756_425_600;

/// 200,000 events of 500 campaigns of very different sizes.
pub fn many() -> &'static Events {
    static MANY: OnceLock<Events> = OnceLock::new();
    MANY.get_or_init(|| Events::generate(200_000))
}

/// The same, but fewer, to be asked in seconds.
fn some() -> &'static Events {
    static SOME: OnceLock<Events> = OnceLock::new();
    SOME.get_or_init(|| Events::generate(10_000))
}

/// Makes two tests of each question, of which the one about many events is ignored here and asked by CI.
macro_rules! ask {
    ($($question:ident)*) => {
        mod of_some_events {
            $(#[test]
            fn $question() {
                super::$question(super::some());
            })*
        }

        mod of_many_events {
            $(#[test]
            #[ignore = "a minute for all of them"]
            fn $question() {
                super::$question(super::many());
            })*
        }
    };
}

ask! {
    which_devices_and_why
    filters_choose_the_devices_that_the_words_say
    how_campaigns_stand
    is_it_getting_worse
    how_is_it_going_now
    since_when
    counts_by_campaign_day_hour_file_and_device
    the_history_of_a_device_is_in_order_and_complete
    top_limits_every_table_and_says_so
    the_page_says_the_same_and_stays_small
}

/// Events, and the file that holds them.
pub struct Events {
    events: Vec<Happened>,
    pub file: NamedTempFile,
    /// By campaign and device.
    answers: Answers,
}

impl Events {
    fn generate(count: u64) -> Self {
        let mut random = Random(7);
        let total: u64 = CODES.iter().map(|(_, _, weight)| weight).sum();
        let events: Vec<_> = (0..count)
            .map(|number| {
                let mut choice = random.below(total);
                let (code, status, _) = CODES
                    .into_iter()
                    .find(|(_, _, weight)| {
                        let found = choice < *weight;
                        choice = choice.saturating_sub(*weight);
                        found
                    })
                    .unwrap();
                let limit = 1 + random.below(CAMPAIGNS);
                // The event of 1970, below, is in the timeline.
                let (code, status) = if number == 77 { ("UPD4_FAIL_303", "FAIL") } else { (code, status) };
                let campaign = if number < CAMPAIGNS { number } else { random.below(limit) };
                let device = random.below(100);
                let device = match device % 3 {
                    0 => format!("meter-{campaign}-{device}"),
                    _ => format!("0198e0005b00{:020x}", campaign * 100 + device),
                };
                // An event of 1970 and some without a time.
                let time = match number {
                    77 => Some(0),
                    _ if random.below(200) == 0 => None,
                    _ => Some(START + random.below(14 * 86_400) as i64),
                };
                Happened { code, status, device, campaign: campaign as usize, time }
            })
            .collect();
        let file = NamedTempFile::new().unwrap();
        let mut out = BufWriter::new(file.reopen().unwrap());
        for Happened { code, status, device, campaign, time } in &events {
            let time = time.map_or(String::new(), |time| {
                format!("\"date_time\":\"{}\",", jiff::Timestamp::from_second(time).unwrap())
            });
            writeln!(
                out,
                "{{{time}\"device_id\":\"{device}\",\"event_type\":\"{code}\",\"event_type_description\":\"{status}\",\
                 \"data\":{{\"campaign_id\":\"c{campaign:04}\",\"campaign_name\":\"firmware {campaign}\"}}}}"
            )
            .unwrap();
        }
        out.flush().unwrap();
        drop(out);
        let mut by_device: BTreeMap<(String, String), Vec<&Happened>> = BTreeMap::new();
        for event in &events {
            let key = (format!("c{:04}", event.campaign), event.device.clone());
            by_device.entry(key).or_default().push(event);
        }
        let answers = by_device.into_iter().map(|(key, events)| (key, answer(&events))).collect();
        Events { events, file, answers }
    }

    fn path(&self) -> &Path {
        self.file.path()
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Answer {
    outcome: &'static str,
    reason: Option<&'static str>,
    retrying: bool,
    attempts: u64,
    first: Option<i64>,
    last: Option<i64>,
}

/// What became of a device, by the rules read one after another. `events` are all of its events.
fn answer(events: &[&Happened]) -> Answer {
    let is_roll_up = |event: &&&Happened| matches!(event.code, "SYS_111" | "SYS_112");
    let failures = || events.iter().filter(|event| event.status == "FAIL");
    let successes = || events.iter().filter(|event| event.status == "SUCCESS" && event.code != "UPD4_OK_M1");
    let skips = || events.iter().filter(|event| event.status == "SKIPPED");
    // The roll-up wins at the same instant, then the worse outcome.
    let rank = |event: &&&Happened| (event.time, is_roll_up(event), event.status == "FAIL");
    let verdict = failures().chain(successes()).max_by_key(rank);
    let last_skip = skips().map(|event| event.time).max();
    let outcome = match verdict {
        Some(verdict) if verdict.status == "SUCCESS" => "updated",
        Some(verdict) if last_skip.is_some_and(|skip| skip > verdict.time) => "skipped",
        Some(_) => "failed",
        None if last_skip.is_some() || events.iter().any(|event| event.code == "SYS_109") => "skipped",
        None => "in-progress",
    };
    let last_success = successes().max_by_key(rank);
    let own = failures().filter(|event| !is_roll_up(event));
    let reason = own.clone().max_by_key(|event| (event.time, event.code));
    let reason = reason.filter(|reason| last_success.is_none_or(|success| rank(reason) > rank(&success)));
    let skipped_by =
        skips().max_by_key(|event| (event.time, event.code)).map_or("SYS_109", |event| event.code);
    let is_attempt = |event: &&&Happened| matches!(event.code, "SYS_108" | "UPD2_STATE_2" | "UPD2_STATE_4");
    let retrying = outcome == "failed"
        && events.iter().filter(is_attempt).any(|event| event.time > verdict.unwrap().time);
    let times = || events.iter().filter_map(|event| event.time);
    Answer {
        outcome,
        reason: match outcome {
            "failed" => reason.map(|event| event.code),
            "skipped" => Some(skipped_by),
            _ => None,
        },
        retrying,
        attempts: own.count() as u64 + u64::from(outcome == "updated"),
        first: times().min(),
        last: times().max(),
    }
}

type Answers = BTreeMap<(String, String), Answer>;

fn run(arguments: &[&str], path: &Path) -> String {
    let assert = eventcodes().args(arguments).arg(path).assert().success();
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn json(arguments: &[&str], path: &Path) -> Value {
    serde_json::from_str(&run(&[arguments, &["--format", "json"]].concat(), path)).unwrap()
}

fn seconds(time: &Value) -> Option<i64> {
    time.as_str().map(|time| time.parse::<jiff::Timestamp>().unwrap().as_second())
}

fn which_devices_and_why(all: &Events) {
    let devices = json(&["devices"], all.path());
    let found: BTreeMap<_, _> = devices["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            ((row["campaign"].as_str().unwrap().to_owned(), row["device"].as_str().unwrap().to_owned()), row)
        })
        .collect();
    assert_eq!(found.len(), all.answers.len());
    let newest = all.answers.values().filter_map(|answer| answer.last).max().unwrap();
    for (key, answer) in &all.answers {
        let row = found[key];
        assert_eq!(row["outcome"], answer.outcome, "{key:?}: {row}");
        assert_eq!(row["reason"].as_str(), answer.reason, "{key:?}: {row}");
        assert_eq!(row["retrying"], answer.retrying, "{key:?}: {row}");
        assert_eq!(row["attempts"], answer.attempts, "{key:?}: {row}");
        assert_eq!(seconds(&row["first_seen"]), answer.first, "{key:?}");
        assert_eq!(seconds(&row["last_seen"]), answer.last, "{key:?}");
        assert_eq!(row["age_seconds"].as_i64(), answer.last.map(|last| newest - last), "{key:?}");
    }
}

fn filters_choose_the_devices_that_the_words_say(all: &Events) {
    let newest = all.answers.values().filter_map(|answer| answer.last).max().unwrap();
    let expected = |wanted: &dyn Fn(&str, &Answer) -> bool| -> BTreeSet<String> {
        let of = all.answers.iter().filter(|((campaign, _), answer)| wanted(campaign, answer));
        of.map(|((_, device), _)| device.clone()).collect()
    };
    let is_undecided = |answer: &Answer| answer.outcome == "in-progress" || answer.retrying;
    let cases: [(&[&str], BTreeSet<String>); 6] = [
        (&["--outcome", "failed"], expected(&|_, answer| answer.outcome == "failed")),
        (&["--outcome", "retrying,in-progress"], expected(&|_, answer| is_undecided(answer))),
        (
            &["--reason", "upd4_fail_3*,SYS_140"],
            expected(&|_, answer| matches!(answer.reason, Some("UPD4_FAIL_303" | "SYS_140"))),
        ),
        (
            &["--stuck-for", "2d"],
            expected(&|_, answer| {
                is_undecided(answer) && answer.last.is_none_or(|last| newest - last >= 2 * 86_400)
            }),
        ),
        (
            &["--campaign", "c0003", "--outcome", "updated"],
            expected(&|campaign, answer| campaign == "c0003" && answer.outcome == "updated"),
        ),
        (
            &["--campaign", "firmware 3", "--outcome", "skipped"],
            expected(&|campaign, answer| campaign == "c0003" && answer.outcome == "skipped"),
        ),
    ];
    for (arguments, expected) in cases {
        assert!(!expected.is_empty(), "{arguments:?}");
        let ids = run(&[&["devices", "--ids"], arguments].concat(), all.path());
        let lines: Vec<_> = ids.lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), expected.len(), "{arguments:?}: each once");
        assert_eq!(lines.into_iter().collect::<BTreeSet<_>>(), expected, "{arguments:?}");
    }
}

fn how_campaigns_stand(all: &Events) {
    let summary = json(&["summary", "--devices"], all.path());
    let campaigns = summary["campaigns"].as_array().unwrap();
    assert_eq!(campaigns.len() as u64, CAMPAIGNS);
    for campaign in campaigns {
        let id = campaign["id"].as_str().unwrap();
        let from_first = all.answers.range((id.to_owned(), String::new())..);
        let of: Vec<_> =
            from_first.take_while(|((campaign, _), _)| campaign == id).map(|(_, answer)| answer).collect();
        let count = |outcome: &str| of.iter().filter(|answer| answer.outcome == outcome).count() as u64;
        let (updated, failed) = (count("updated"), count("failed"));
        assert_eq!(campaign["devices"], of.len() as u64, "{id}");
        assert_eq!(campaign["updated"], updated, "{id}");
        assert_eq!(campaign["failed"], failed, "{id}");
        assert_eq!(campaign["skipped"], count("skipped"), "{id}");
        assert_eq!(campaign["in_progress"], count("in-progress"), "{id}");
        assert_eq!(campaign["retrying"], of.iter().filter(|answer| answer.retrying).count() as u64, "{id}");
        assert_eq!(campaign["attempts"], of.iter().map(|answer| answer.attempts).sum::<u64>(), "{id}");
        assert_eq!(campaign["decided"], updated + failed, "{id}");
        let rate = (updated + failed > 0).then(|| updated as f64 / (updated + failed) as f64);
        let found = campaign["success_rate"].as_f64();
        assert_eq!(found.is_some(), rate.is_some(), "{id}");
        assert!((found.unwrap_or_default() - rate.unwrap_or_default()).abs() < 1e-12, "{id}");
        assert_eq!(seconds(&campaign["first_event"]), of.iter().filter_map(|answer| answer.first).min());
        assert_eq!(seconds(&campaign["last_event"]), of.iter().filter_map(|answer| answer.last).max());
        let mut reasons: BTreeMap<Option<&str>, u64> = BTreeMap::new();
        for answer in of.iter().filter(|answer| answer.outcome == "failed") {
            *reasons.entry(answer.reason).or_default() += 1;
        }
        let found: BTreeMap<_, _> = campaign["failed_by"]
            .as_array()
            .unwrap()
            .iter()
            .map(|reason| (reason["code"].as_str(), reason["devices"].as_u64().unwrap()))
            .collect();
        assert_eq!(found, reasons, "{id}");
    }
    // Failures agree everywhere, whether catalogued or not.
    let failures =
        all.events.iter().filter(|event| event.status == "FAIL" && event.code != "SYS_111").count();
    assert_eq!(summary["totals"]["fail"], failures as u64);
}

fn is_it_getting_worse(all: &Events) {
    const WEEK: i64 = 7 * 86_400;
    let until = jiff::Timestamp::from_second(START + 2 * WEEK).unwrap().to_string();
    let comparison = json(&["summary", "--compare", "7d", "--until", &until], all.path());
    for (week, name) in (0..).zip(["before", "now"]) {
        let is_in_week = |time: i64| (time - START).div_euclid(WEEK) == week;
        let events: Vec<_> = all.events.iter().filter(|event| event.time.is_some_and(is_in_week)).collect();
        let mut by_device: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for event in &events {
            by_device.entry((event.campaign, &event.device)).or_default().push(*event);
        }
        assert_eq!(comparison[name]["devices"], by_device.len() as u64);
        let answers: Vec<_> =
            by_device.iter().map(|((campaign, _), events)| (*campaign, answer(events))).collect();
        let count = |campaign: Option<usize>, outcomes: &[&str]| {
            let of_campaign = |of: &usize| campaign.is_none_or(|campaign| campaign == *of);
            let of = answers.iter().filter(|(campaign, _)| of_campaign(campaign));
            of.filter(|(_, answer)| outcomes.contains(&answer.outcome)).count() as u64
        };
        let (failed, decided) = (count(None, &["failed"]), count(None, &["failed", "updated"]));
        let share = comparison[name]["failed_share"].as_f64().unwrap();
        assert!((share - failed as f64 / decided as f64).abs() < 1e-12, "{name}");

        let codes = comparison["codes"].as_array().unwrap();
        assert_eq!(codes.len(), CODES.len());
        for row in codes {
            let of: Vec<_> = events.iter().filter(|event| row["code"] == event.code).collect();
            let devices: BTreeSet<_> = of.iter().map(|event| &event.device).collect();
            assert_eq!(row[name]["count"], of.len() as u64, "{name}: {row}");
            assert_eq!(row[name]["devices"], devices.len() as u64, "{name}: {row}");
        }
        let campaigns = comparison["campaigns"].as_array().unwrap();
        assert_eq!(campaigns.len() as u64, CAMPAIGNS);
        for row in campaigns {
            let campaign = row["id"].as_str().unwrap()[1..].parse().unwrap();
            assert_eq!(row[name]["failed"], count(Some(campaign), &["failed"]), "{name}: {row}");
            let decided = count(Some(campaign), &["failed", "updated"]);
            assert_eq!(row[name]["decided"], decided, "{name}: {row}");
        }
    }
}

fn how_is_it_going_now(all: &Events) {
    let input = std::fs::read(all.path()).unwrap();
    let output = eventcodes().args(["watch", "--format", "ndjson"]).write_stdin(input).assert().success();
    let output = String::from_utf8(output.get_output().stdout.clone()).unwrap();
    let last: Value = serde_json::from_str(output.lines().last().unwrap()).unwrap();
    let count =
        |outcome: &str| all.answers.values().filter(|answer| answer.outcome == outcome).count() as u64;
    let is_failure = |event: &&Happened| event.status == "FAIL" && event.code != "SYS_111";
    assert_eq!(last["events"], all.events.len());
    assert_eq!(last["failures"], all.events.iter().filter(is_failure).count() as u64);
    assert_eq!(last["updated"], count("updated"));
    assert_eq!(last["failed"], count("failed"));
    assert_eq!(last["skipped"], count("skipped"));
    assert_eq!(last["in_progress"], count("in-progress"));
    assert_eq!(last["retrying"], all.answers.values().filter(|answer| answer.retrying).count() as u64);
}

fn since_when(all: &Events) {
    let summary = json(&["summary", "--devices"], all.path());
    let rows =
        ["counts", "roll_ups", "uncatalogued"].iter().flat_map(|part| summary[part].as_array().unwrap());
    let mut codes = 0;
    for row in rows {
        let times = || {
            let of = all.events.iter().filter(|event| row["code"] == event.code);
            of.filter_map(|event| event.time)
        };
        assert_eq!(seconds(&row["first_seen"]), times().min(), "{row}");
        assert_eq!(seconds(&row["last_seen"]), times().max(), "{row}");
        codes += 1;
    }
    assert_eq!(codes, CODES.len());
}

fn counts_by_campaign_day_hour_file_and_device(all: &Events) {
    let key = |event: &Happened, by: &str| -> Option<String> {
        let time = event.time.map(|time| jiff::Timestamp::from_second(time).unwrap());
        match by {
            "campaign" => Some(format!("c{:04}", event.campaign)),
            "day" => time.map(|time| time.strftime("%Y-%m-%d").to_string()),
            "hour" => time.map(|time| time.strftime("%Y-%m-%d %H:00").to_string()),
            "device" => Some(event.device.clone()),
            _ => Some(all.path().display().to_string()),
        }
    };
    for by in ["campaign", "day", "hour", "device", "file"] {
        let mut expected: BTreeMap<Option<String>, [u64; 3]> = BTreeMap::new();
        for event in &all.events {
            let counts = expected.entry(key(event, by)).or_default();
            let is_roll_up = matches!(event.code, "SYS_111" | "SYS_112");
            counts[0] += u64::from(!is_roll_up);
            counts[1] += u64::from(!is_roll_up && event.status == "FAIL");
            counts[2] += u64::from(is_roll_up);
        }
        let summary = json(&["summary", "--by", by], all.path());
        let found: BTreeMap<_, _> = summary["counts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let counts = ["count", "fail", "roll_ups"].map(|name| row[name].as_u64().unwrap());
                (row[by].as_str().map(str::to_owned), counts)
            })
            .collect();
        assert_eq!(found, expected, "{by}");
    }
}

fn the_history_of_a_device_is_in_order_and_complete(all: &Events) {
    let device = &all.events[5].device;
    let history = json(&["devices", "--device", device, "--history"], all.path());
    let mut expected: Vec<_> = all
        .events
        .iter()
        .filter(|event| event.device == *device)
        .map(|event| (event.time, event.code))
        .collect();
    expected.sort();
    let found: Vec<_> = history["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| (seconds(&event["time"]), event["code"].as_str().unwrap()))
        .collect();
    assert_eq!(found, expected);
}

fn top_limits_every_table_and_says_so(all: &Events) {
    let table = run(&["summary", "--devices", "--top", "3"], all.path());
    assert!(table.lines().count() < 60, "{table}");
    assert!(table.contains("Campaigns, in devices: the first 3 of 500"), "{table}");
    let json = json(&["summary", "--devices", "--top", "1"], all.path());
    assert_eq!(json["campaigns"].as_array().unwrap().len(), 1);
    assert_eq!(json["not_shown"]["campaigns"], 499);
    assert_eq!(json["not_shown"]["uncatalogued"], 1);
}

fn the_page_says_the_same_and_stays_small(all: &Events) {
    let page = run(&["report"], all.path());
    let updated = all.answers.values().filter(|answer| answer.outcome == "updated").count();
    let failed = all.answers.values().filter(|answer| answer.outcome == "failed").count();
    let retrying = all.answers.values().filter(|answer| answer.retrying).count();
    for text in [
        format!("<dt>updated</dt><dd>{updated}</dd>"),
        format!("<dt>failed</dt><dd>{failed}</dd><dd class=\"note\">{retrying} retrying</dd>"),
        "<dt>campaigns</dt><dd>500</dd>".to_owned(),
        "490 more campaigns".to_owned(),
        "1970-01-01 00:00: 1 ".to_owned(),
    ] {
        assert!(page.contains(&text), "{text} is not in the page");
    }
    assert!(page.len() < 2_000_000, "{} bytes", page.len());
}

#[test]
fn the_sample_answers_too() {
    let ids = run(&["devices", "--outcome", "failed", "--ids"], &sample("device-events.ndjson"));
    assert_eq!(
        ids.lines().count(),
        6,
        "as the sample's roll-ups SYS_111 say, but for one device that retried"
    );
    let stuck = run(&["devices", "--stuck-for", "1m", "--ids"], &sample("device-events.ndjson"));
    assert_eq!(stuck.lines().count(), 1);
}
