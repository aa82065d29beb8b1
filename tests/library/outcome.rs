//! The outcome of a device against a naive reading of the rules, over sorted lists of its events.

#[path = "../outcome/library.rs"]
mod library;
#[path = "../outcome/oracle.rs"]
mod oracle;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::num::NonZeroU32;

use event_log_codes::outcome::{DeviceOutcome, Effect, Outcome};
use event_log_codes::{EventCode, Status};
use library::{answer, effect, single};
use oracle::{Event, expected};
use proptest::prelude::*;

/// The events one after the other.
fn fold(events: &[Event]) -> DeviceOutcome<&'static str> {
    let mut device = DeviceOutcome::new();
    for event in events {
        device.merge_by(&single(event), Ord::cmp);
    }
    device
}

/// An event of a catalogued code.
fn at(time: impl Into<Option<i64>>, code: &'static str) -> Event {
    Event::new(code, None, time.into())
}

/// Calls `check` with every list of `len` of the events, in every order and with repetitions.
fn every_list(of: &[Event], len: usize, check: &mut impl FnMut(&[Event])) {
    fn extend(list: &mut Vec<Event>, of: &[Event], len: usize, check: &mut impl FnMut(&[Event])) {
        if list.len() == len {
            return check(list);
        }
        for event in of {
            list.push(*event);
            extend(list, of, len, check);
            list.pop();
        }
    }
    extend(&mut Vec::new(), of, len, check);
}

/// One of each kind of event, or two where ties are told apart by the code, at no time and two times.
fn kinds() -> Vec<Event> {
    let codes = [
        ("UPD4_OK_100", None),
        ("SYS_112", None),
        ("UPD4_FAIL_207", None),
        ("UPD4_FAIL_22", None),
        ("SYS_111", None),
        ("SYS_110", None),
        ("SYS_117", None),
        ("SYS_109", None),
        ("SYS_108", None),
        ("UPD2_STATE_1", None),
        ("UPD4_OK_M1", None),
        ("UPD9_STATE_1", None),
        ("UPD9_FAIL_1", Some("Success")),
        ("SYS_999", Some("FAIL")),
    ];
    let times = [None, Some(0), Some(1)];
    codes.iter().flat_map(|&(code, stated)| times.map(|time| Event::new(code, stated, time))).collect()
}

#[test]
fn every_short_list_in_every_order() {
    for len in 0..=3 {
        every_list(&kinds(), len, &mut |events| {
            assert_eq!(answer(&fold(events)), expected(events), "{events:?}");
        });
    }
}

#[test]
fn every_list_of_four_that_decide() {
    let deciding = kinds().into_iter().filter(|event| {
        ["UPD4_OK_100", "SYS_112", "UPD4_FAIL_207", "SYS_111", "SYS_110", "SYS_109", "SYS_108"]
            .contains(&event.code)
    });
    every_list(&deciding.collect::<Vec<_>>(), 4, &mut |events| {
        assert_eq!(answer(&fold(events)), expected(events), "{events:?}");
    });
}

/// Merging two folds gives the very state of one fold, however the events are divided and ordered.
#[test]
fn every_division_of_short_lists() {
    every_list(&kinds(), 3, &mut |events| {
        let whole = fold(events);
        for cut in 0..=events.len() {
            let (one, other) = (fold(&events[..cut]), fold(&events[cut..]));
            for (mut one, other) in [(one, other), (other, one)] {
                one.merge_by(&other, Ord::cmp);
                assert_eq!(one, whole, "{events:?} cut at {cut}");
            }
        }
    });
}

fn any_event() -> impl Strategy<Value = Event> {
    let catalogued: Vec<&'static str> = EventCode::ALL.iter().map(|code| code.as_str()).collect();
    let deciding = vec!["UPD4_OK_100", "SYS_112", "UPD4_FAIL_207", "UPD4_FAIL_303", "SYS_111", "SYS_110"];
    let uncatalogued = vec!["UPD4_FAIL_999", "UPD9_OK_1", "UPD0_STATE_7", "UPD9_REPORT_X", "SYS_999"];
    let stated = vec!["SUCCESS", "fail", "Info", "SKIPPED", "undetermined", "unheard-of", ""];
    let code = prop_oneof![
        prop::sample::select(catalogued),
        prop::sample::select(deciding),
        prop::sample::select(uncatalogued)
    ];
    let time =
        prop_oneof![0_i64..6, 0_i64..6, any::<i64>().prop_filter("a time", |time| *time > i64::MIN + 2)];
    (code, prop::option::of(prop::sample::select(stated)), prop::option::weighted(0.9, time))
        .prop_map(|(code, stated, time)| Event::new(code, stated, time))
}

proptest! {
    #[test]
    fn any_events(events in prop::collection::vec(any_event(), 0..12)) {
        prop_assert_eq!(answer(&fold(&events)), expected(&events));
    }

    /// Threads, files and executors: any two folds are merged until one is left.
    #[test]
    fn any_order_of_merging(
        events in prop::collection::vec(any_event(), 1..20),
        choices in prop::collection::vec(any::<[prop::sample::Index; 2]>(), 20),
    ) {
        let mut folds: Vec<_> = events.iter().map(single).collect();
        for [one, other] in choices {
            if folds.len() == 1 {
                break;
            }
            let one = folds.swap_remove(one.index(folds.len()));
            let other = other.index(folds.len());
            folds[other].merge_by(&one, Ord::cmp);
        }
        prop_assert_eq!(&folds[..], &[fold(&events)]);
        prop_assert_eq!(answer(&folds[0]), expected(&events));
    }

    /// Two threads number the codes as they meet them; the texts decide all the same.
    #[test]
    fn any_numbering_of_codes(
        events in prop::collection::vec(any_event(), 0..12),
        split in any::<prop::sample::Index>(),
    ) {
        let numbered = |events: &[Event]| {
            let mut names: Vec<&'static str> = Vec::new();
            let mut device = DeviceOutcome::<NonZeroU32>::new();
            for event in events {
                let place = names.iter().position(|name| *name == event.code).unwrap_or_else(|| {
                    names.push(event.code);
                    names.len() - 1
                });
                let number = NonZeroU32::new(place as u32 + 1).unwrap();
                let single = DeviceOutcome::of(effect(event), number, event.time);
                device.merge_by(&single, |one, other| name(&names, *one).cmp(name(&names, *other)));
            }
            device.map_codes(|number| name(&names, number))
        };
        let (one, other) = events.split_at(split.index(events.len() + 1));
        let mut merged = numbered(one);
        merged.merge_by(&numbered(other), Ord::cmp);
        prop_assert_eq!(merged, fold(&events));
    }

    #[test]
    fn parts_make_the_whole(events in prop::collection::vec(any_event(), 0..12)) {
        let (bytes, codes) = fold(&events).to_parts();
        prop_assert_eq!(DeviceOutcome::from_parts(bytes, codes), fold(&events));
    }

    #[test]
    fn any_bytes_are_parts(
        bytes in prop::collection::vec(any::<u8>(), 104),
        codes in any::<[Option<u8>; 4]>(),
    ) {
        let [one, other] = [0, 52].map(|from| bytes[from..from + 52].try_into().unwrap());
        let one = DeviceOutcome::from_parts(one, [codes[0], codes[1]]);
        let mut merged = one;
        merged.merge_by(&DeviceOutcome::from_parts(other, [codes[2], codes[3]]), Ord::cmp);
        prop_assert!(Outcome::ALL.contains(&merged.outcome()));
        prop_assert!(merged.attempts() <= 1 << 30);
        prop_assert!(merged.last_seen() >= one.last_seen());
    }
}

fn name(names: &[&'static str], number: NonZeroU32) -> &'static str {
    names[number.get() as usize - 1]
}

/// Histories picked by hand, with what an operator would say of them.
#[test]
fn histories() {
    let histories = [
        // The export of one failed device: reason, roll-up and state within 100 ms.
        (
            vec![at(55, "UPD4_FAIL_218"), at(100, "SYS_111"), at(0, "UPD2_STATE_1")],
            "failed",
            Some("UPD4_FAIL_218"),
        ),
        // An old failure reported late does not undo a success.
        (vec![at(9, "UPD4_OK_100"), at(3, "UPD4_FAIL_303")], "updated", None),
        // Removed from the campaign after it was done.
        (vec![at(1, "SYS_112"), at(2, "SYS_109")], "updated", None),
        (vec![at(1, "UPD4_FAIL_303"), at(2, "SYS_109")], "failed", Some("UPD4_FAIL_303")),
        (vec![at(1, "SYS_108"), at(2, "SYS_109")], "skipped", None),
        // Already at the desired state: found out after a failure, and after a success.
        (vec![at(1, "UPD4_FAIL_303"), at(2, "SYS_110")], "skipped", Some("UPD4_FAIL_303")),
        (vec![at(1, "UPD4_OK_100"), at(2, "SYS_110")], "updated", None),
        (vec![at(1, "UPD4_OK_100"), at(2, "SYS_111"), at(3, "SYS_110")], "skipped", None),
        // The client's initial value.
        (vec![at(1, "UPD4_OK_M1")], "in-progress", None),
        // One instant: the roll-up, else the worse.
        (vec![at(1, "SYS_112"), at(1, "UPD4_FAIL_303")], "updated", None),
        (vec![at(1, "UPD4_OK_100"), at(1, "UPD4_FAIL_303")], "failed", Some("UPD4_FAIL_303")),
        (vec![at(1, "SYS_112"), at(1, "SYS_111"), at(1, "UPD4_FAIL_303")], "failed", None),
        (vec![at(1, "SYS_110"), at(1, "UPD4_FAIL_303")], "failed", Some("UPD4_FAIL_303")),
        // Without a time: older than everything.
        (vec![at(None, "UPD4_OK_100"), at(-5, "UPD4_FAIL_303")], "failed", Some("UPD4_FAIL_303")),
        (vec![], "in-progress", None),
    ];
    for (events, outcome, reason) in histories {
        let device = fold(&events);
        assert_eq!((device.outcome().as_str(), device.reason()), (outcome, reason), "{events:?}");
        let expected = expected(&events);
        assert_eq!((expected.outcome, expected.reason), (outcome, reason), "the oracle on {events:?}");
    }
}

#[test]
fn a_new_attempt_is_one_after_the_failure() {
    let retrying = |events: &[Event]| fold(events).is_retrying();
    let failure = at(5, "UPD4_FAIL_303");
    assert!(retrying(&[failure, at(6, "UPD2_STATE_4")]));
    assert!(retrying(&[failure, at(6, "SYS_108")]));
    assert!(retrying(&[failure, at(6, "UPD4_STATE_77")]), "an uncatalogued state");
    assert!(retrying(&[at(None, "UPD4_FAIL_303"), at(-6, "UPD1_STATE_2")]));
    assert!(!retrying(&[failure, at(5, "UPD2_STATE_4")]));
    assert!(!retrying(&[failure, at(None, "UPD2_STATE_4")]));
    assert!(!retrying(&[failure, at(6, "UPD2_STATE_1"), at(6, "UPD1_STATE_0")]), "idle");
    assert!(!retrying(&[failure, at(7, "SYS_111"), at(6, "UPD2_STATE_4")]), "before the roll-up");
    assert!(!retrying(&[failure, at(6, "UPD2_STATE_4"), at(7, "SYS_112")]), "updated");
}

/// In any case, a text is an event if the oracle finds one code in it, from its start to its end.
#[test]
fn effects_by_text() {
    let ends = ["", "7", "_", "é", "\n", " "];
    let texts = EventCode::ALL.iter().map(|code| code.as_str());
    let texts = texts.chain(["UPD9_FAIL_1", "UPD2_STATE_77", "UPD9__1", "SYS_140", "SYS_", "XSYS_1", ""]);
    let (mut catalogued, mut uncatalogued) = (0, 0);
    for text in texts
        .flat_map(|text| [text.to_owned(), text.to_lowercase(), format!("u{}", &text[text.len().min(1)..])])
    {
        for text in
            ends.map(|end| format!("{text}{end}")).into_iter().chain([format!("{text}{}", "9".repeat(60))])
        {
            for stated in [None, Some(Status::Skipped)] {
                let expected = match crate::oracle::find_all_ignore_ascii_case(text.as_bytes())[..] {
                    [(0, end, Some(name))] if end == text.len() => {
                        catalogued += 1;
                        let code = EventCode::from_bytes(name.as_bytes()).unwrap();
                        Some((Effect::of(code), Some(code)))
                    }
                    [(0, end, None)] if end == text.len() => {
                        uncatalogued += 1;
                        Some((Effect::of_uncatalogued(text.as_bytes(), stated), None))
                    }
                    _ => None,
                };
                assert_eq!(Effect::of_text(text.as_bytes(), stated), expected, "{text:?} {stated:?}");
            }
        }
    }
    assert!(catalogued > 500 && uncatalogued > 500, "{catalogued} {uncatalogued}");
}

#[test]
fn effects_of_uncatalogued_codes() {
    let effect = |code: &str, stated: Option<&str>| {
        let status = stated.and_then(|stated| Status::from_record(stated.as_bytes()));
        Effect::of_uncatalogued(code.as_bytes(), status)
    };
    for (code, stated, expected) in [
        ("UPD9_OK_1", None, Effect::Success),
        ("upd9_fail_1", None, Effect::Failure),
        ("UPD9_FAIL_1", Some("skipped"), Effect::Skip),
        ("UPD9_FAIL_1", Some(" Undetermined "), Effect::Neutral),
        ("UPD9_FAIL_1", Some("STATE"), Effect::Failure),
        ("UPD9_OK_1", Some("FAIL"), Effect::Failure),
        ("UPD9_STATE_1", Some("INFO"), Effect::Attempt),
        ("UPD9_STATE_1", Some("FAIL"), Effect::Failure),
        ("UPD9_OKAY_1", None, Effect::Neutral),
        ("UPD9_X_FAIL", None, Effect::Neutral),
        ("UPDX_FAIL_1", None, Effect::Neutral),
        ("SYS_FAIL_1", None, Effect::Neutral),
        ("SYS_999", Some("fail"), Effect::Failure),
        ("SYS_999", None, Effect::Neutral),
        ("", None, Effect::Neutral),
    ] {
        assert_eq!(effect(code, stated), expected, "{code} {stated:?}");
    }
}

#[test]
fn statuses_that_records_state() {
    let words: BTreeMap<&str, Status> = [
        ("SUCCESS", Status::Success),
        ("FAIL", Status::Fail),
        ("INFO", Status::Info),
        ("UNDETERMINED", Status::Info),
        ("SKIPPED", Status::Skipped),
    ]
    .into();
    for (word, status) in words {
        for word in [word, &word.to_lowercase(), &format!("\t{word} ")] {
            assert_eq!(Status::from_record(word.as_bytes()), Some(status), "{word:?}");
        }
        assert_eq!(Status::from_record(&word.as_bytes()[1..]), None);
    }
    assert_eq!(Status::from_record(b""), None);
}

#[test]
fn roll_ups_are_the_services_two_verdicts() {
    let roll_ups = EventCode::ALL.iter().filter(|code| code.is_roll_up());
    assert_eq!(roll_ups.map(|code| code.as_str()).collect::<Vec<_>>(), ["SYS_111", "SYS_112"]);
}

/// The time nearest to the values that stand for no time is one, and none is later than the last.
#[test]
fn extreme_times() {
    for time in [i64::MIN + 3, i64::MIN + 4, -1, 0, i64::MAX] {
        let mut device = fold(&[at(None, "UPD4_OK_100"), at(time, "UPD4_FAIL_303")]);
        assert_eq!(device.outcome(), Outcome::Failed, "{time}");
        assert_eq!((device.first_seen(), device.last_seen()), (Some(time), Some(time)));
        device.merge_by(&single(&at(i64::MAX, "SYS_112")), Ord::cmp);
        assert_eq!(device.outcome(), Outcome::Updated);
    }
    assert_eq!(fold(&[at(i64::MIN, "UPD4_FAIL_303")]).first_seen(), Some(i64::MIN + 3));
}

#[test]
fn attempts_saturate() {
    let mut device = fold(&[at(1, "UPD4_FAIL_303")]);
    for _ in 0..40 {
        let twice = device;
        device.merge_by(&twice, |_, _| Ordering::Equal);
    }
    assert_eq!(device.attempts(), (1 << 30) - 1);
    device.merge_by(&single(&at(2, "UPD4_OK_100")), Ord::cmp);
    assert_eq!((device.attempts(), device.outcome()), (1 << 30, Outcome::Updated));
}

/// The command keeps one for each device of a campaign.
#[test]
fn the_fold_is_small() {
    assert_eq!(size_of::<DeviceOutcome<NonZeroU32>>(), 60);
    assert_eq!(align_of::<DeviceOutcome<NonZeroU32>>(), 4);
}
