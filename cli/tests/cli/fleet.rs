//! The fleet against a plain map of the library's folds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use event_log_codes::outcome::{DeviceOutcome, Effect, Outcome};
use event_log_codes::{EventCode, Status};
use event_log_codes_cli::analysis::event::{Code, Event};
use event_log_codes_cli::analysis::fleet::{CodeSet, Fleet, Recorder};
use event_log_codes_cli::analysis::uncatalogued::Uncatalogued;
use proptest::prelude::*;

/// A code and the status that its record states.
type Stated = (&'static str, Option<Status>);

const CODES: [Stated; 12] = [
    ("SYS_108", Some(Status::Info)),
    ("UPD2_STATE_4", Some(Status::Info)),
    ("UPD4_OK_M1", Some(Status::Success)),
    ("UPD4_FAIL_207", Some(Status::Fail)),
    ("UPD4_FAIL_303", Some(Status::Fail)),
    ("SYS_109", Some(Status::Info)),
    ("SYS_111", Some(Status::Fail)),
    ("SYS_112", Some(Status::Success)),
    ("SYS_110", Some(Status::Skipped)),
    ("UPD4_FAIL_999", Some(Status::Fail)),
    ("UPD9_OK_1", None),
    ("SYS_140", Some(Status::Fail)),
];

/// An event, and which thread reads it.
#[derive(Clone, Debug)]
struct Read {
    thread: usize,
    code: Stated,
    device: &'static str,
    campaign: Option<(&'static str, &'static str)>,
    time: Option<i64>,
}

fn read() -> impl Strategy<Value = Read> {
    // Some of them as the service writes them.
    let device = prop::sample::select(vec![
        "0198e0005b000000000000000001001a",
        "0198e0005b000000000000000001001b",
        "0198E0005B000000000000000001001A",
        "0198e0005b000000000000000001001",
        "0198e0005b000000000000000001001x",
        "meter-1",
        "meter-2",
    ]);
    let campaign =
        prop::sample::select(vec![None, Some(("c1", "one")), Some(("c1", "another")), Some(("c2", "two"))]);
    // So few that many happen at the same time.
    let time = prop::option::weighted(0.9, 0_i64..6);
    (0_usize..3, prop::sample::select(CODES.to_vec()), device, campaign, time)
        .prop_map(|(thread, code, device, campaign, time)| Read { thread, code, device, campaign, time })
}

impl Read {
    fn code(&self) -> Code<'static> {
        match EventCode::from_bytes(self.code.0.as_bytes()) {
            Some(code) => Code::Catalogued(code),
            None => Code::Uncatalogued(self.code.0.as_bytes()),
        }
    }

    fn effect(&self) -> Effect {
        match self.code() {
            Code::Catalogued(code) => Effect::of(code),
            Code::Uncatalogued(code) => Effect::of_uncatalogued(code, self.code.1),
        }
    }

    fn add_to(&self, recorder: &mut Recorder) {
        let event = Event {
            code: self.code(),
            device: Some(self.device.as_bytes()),
            campaign: self.campaign.map(|(id, _)| id.as_bytes()),
            campaign_name: self.campaign.map(|(_, name)| name.as_bytes()),
            status: self.code.1,
            time: self.time,
            input: 0,
        };
        recorder.add(self.device.as_bytes(), &event);
    }
}

type Folds<'a> = BTreeMap<(Option<&'a str>, &'a str), DeviceOutcome<&'static str>>;

fn folds(all: &[Read]) -> Folds<'_> {
    let mut folds = Folds::new();
    for read in all {
        let event = DeviceOutcome::of(read.effect(), read.code.0, read.time);
        let key = (read.campaign.map(|(id, _)| id), read.device);
        folds.entry(key).or_default().merge_by(&event, Ord::cmp);
    }
    folds.retain(|(campaign, _), fold| campaign.is_some() || fold.outcome() != Outcome::InProgress);
    folds
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn threads_find_together_what_a_plain_map_holds(all in prop::collection::vec(read(), 1..3000)) {
        let fleet = Arc::new(Fleet::new(Arc::new(Uncatalogued::default())));
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let (fleet, all) = (fleet.clone(), &all);
                scope.spawn(move || {
                    let mut recorder = Recorder::new(fleet);
                    all.iter().filter(|read| read.thread == thread).for_each(|read| read.add_to(&mut recorder));
                    recorder.flush();
                });
            }
        });
        let folds = folds(&all);

        let devices = fleet.devices(|_| true, |_, _| std::cmp::Ordering::Equal, usize::MAX).0;
        let found: BTreeMap<_, _> =
            devices.iter().map(|device| ((device.campaign.as_deref(), device.device.as_str()), device)).collect();
        prop_assert_eq!(found.len(), devices.len());
        prop_assert_eq!(found.keys().collect::<Vec<_>>(), folds.keys().collect::<Vec<_>>());
        for (key, fold) in &folds {
            let device = found[key];
            prop_assert_eq!(device.outcome, fold.outcome());
            let reason = if fold.outcome() == Outcome::Failed { fold.reason() } else { fold.skipped_by() };
            prop_assert_eq!(device.reason.as_deref(), reason);
            prop_assert_eq!(device.retrying, fold.is_retrying());
            prop_assert_eq!(device.attempts, fold.attempts());
            prop_assert_eq!(device.uncertain, fold.is_uncertain());
            prop_assert_eq!(device.first_seen.map(|time| time.0), fold.first_seen());
            prop_assert_eq!(device.last_seen.map(|time| time.0), fold.last_seen());
        }

        let campaigns = fleet.campaigns();
        prop_assert_eq!(campaigns.iter().map(|campaign| campaign.devices).sum::<u64>(), folds.len() as u64);
        for campaign in &campaigns {
            let id = campaign.id.as_deref();
            let of = |outcome| {
                folds.iter().filter(|((of, _), fold)| *of == id && fold.outcome() == outcome).count() as u64
            };
            let (updated, failed) = (of(Outcome::Updated), of(Outcome::Failed));
            prop_assert_eq!(
                (campaign.updated, campaign.failed, campaign.skipped, campaign.in_progress),
                (updated, failed, of(Outcome::Skipped), of(Outcome::InProgress))
            );
            prop_assert_eq!(campaign.decided, updated + failed);
            let rate = (updated + failed > 0).then(|| updated as f64 / (updated + failed) as f64);
            prop_assert_eq!(campaign.success_rate, rate);
            prop_assert_eq!(campaign.failed_by.iter().map(|reason| reason.devices).sum::<u64>(), failed);
            let names = all.iter().filter_map(|read| read.campaign).filter(|(of, _)| Some(*of) == id);
            prop_assert_eq!(campaign.name.as_deref(), names.map(|(_, name)| name).min());
        }

        let with = |wanted: &[&str]| {
            let events = all.iter().filter(|read| wanted.is_empty() || wanted.contains(&read.code.0));
            events.map(|read| read.device).collect::<BTreeSet<_>>().len() as u64
        };
        let set = |codes: &[EventCode]| codes.iter().copied().collect::<CodeSet>();
        let one = fleet.distinct(&[set(&[EventCode::Upd4Fail207])], &[]);
        let distinct = fleet.distinct(&[set(&[EventCode::Upd4Fail207, EventCode::Sys111])], &[]);
        prop_assert_eq!(distinct.devices, with(&[]));
        prop_assert_eq!(one.with, [with(&["UPD4_FAIL_207"])]);
        prop_assert_eq!(distinct.with, [with(&["UPD4_FAIL_207", "SYS_111"])]);
        let mut uncatalogued: Vec<_> = distinct.with_uncatalogued.values().copied().collect();
        let mut expected: Vec<_> = ["UPD4_FAIL_999", "UPD9_OK_1", "SYS_140"].map(|code| with(&[code])).into();
        expected.retain(|&devices| devices > 0);
        uncatalogued.sort_unstable();
        expected.sort_unstable();
        prop_assert_eq!(uncatalogued, expected);
    }
}

/// A device in a campaign, as many as wanted.
fn add_devices(recorder: &mut Recorder, count: u64, name: impl Fn(u64) -> String) {
    for device in 0..count {
        let event = Event {
            campaign: Some(b"0198f2a04c1d0000000000010010027b"),
            campaign_name: Some(b"meter-fw"),
            time: Some(1_756_454_400_000_000 + device as i64),
            ..Event::of_code(Code::Catalogued(EventCode::Upd4Fail207), 0)
        };
        recorder.add(name(device).as_bytes(), &event);
    }
    recorder.flush();
}

#[test]
fn a_device_takes_at_most_100_bytes() {
    let fleet = Arc::new(Fleet::new(Arc::new(Uncatalogued::default())));
    let mut recorder = Recorder::new(fleet.clone());
    let mut worst: f64 = 0.0;
    let mut total = 0;
    // Every size at which the tables may just have grown.
    while total < 250_000 {
        add_devices(&mut recorder, 10_000, |device| format!("{:032x}", total + device));
        total += 10_000;
        if total >= 100_000 {
            worst = worst.max(fleet.allocated() as f64 / total as f64);
        }
    }
    assert_eq!(fleet.distinct(&[], &[]).devices, total);
    assert!((90.0..=100.0).contains(&worst), "{worst} bytes");
}

#[test]
fn a_named_device_takes_its_name_and_little_more() {
    let fleet = Arc::new(Fleet::new(Arc::new(Uncatalogued::default())));
    let mut recorder = Recorder::new(fleet.clone());
    // The tables have just grown.
    add_devices(&mut recorder, 120_000, |device| format!("meter-{device:014}"));
    let each = fleet.allocated() as f64 / 120_000.0;
    assert!(each <= 100.0 + 2.0 * 20.0 + 24.0, "{each} bytes");
}

/// So many that several threads count them.
#[test]
fn the_devices_of_large_fleets_are_counted() {
    let codes = [EventCode::Upd2Ok1, EventCode::Upd4Fail207, EventCode::Upd4Fail218];
    for campaigns in [7, 5000] {
        let fleet = Arc::new(Fleet::new(Arc::new(Uncatalogued::default())));
        let mut recorder = Recorder::new(fleet.clone());
        let mut expected = BTreeMap::<_, [u64; 3]>::new();
        for device in 0..20_000 {
            let campaign = format!("campaign {}", device % campaigns);
            let code = codes[device % 3];
            let event =
                Event { campaign: Some(campaign.as_bytes()), ..Event::of_code(Code::Catalogued(code), 0) };
            recorder.add(format!("device {device}").as_bytes(), &event);
            expected.entry(campaign.clone()).or_default()[device % 3] += 1;
        }
        recorder.flush();
        let found: BTreeMap<_, _> = fleet
            .campaigns()
            .into_iter()
            .map(|campaign| {
                let failed = |code: EventCode| {
                    let reasons = campaign.failed_by.iter();
                    reasons
                        .filter(|reason| reason.code.as_deref() == Some(code.as_str()))
                        .map(|r| r.devices)
                        .sum()
                };
                let counts = [campaign.updated, failed(codes[1]), failed(codes[2])];
                assert_eq!(campaign.failed, counts[1] + counts[2]);
                (campaign.id.unwrap_or_default(), counts)
            })
            .collect();
        assert_eq!(found, expected);
        let sets: Vec<CodeSet> = codes.iter().map(|code| [*code].into_iter().collect()).collect();
        let distinct = fleet.distinct(&sets, &[]);
        assert_eq!((distinct.devices, distinct.with), (20_000, vec![6667, 6667, 6666]));
    }
}
