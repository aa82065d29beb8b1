//! Promises of the types besides behaviour: size, order, threads, use in constants.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Debug;
use std::hash::Hash;
use std::iter::FusedIterator;
use std::panic::{RefUnwindSafe, UnwindSafe};

use event_log_codes::outcome::{DeviceOutcome, Effect, Outcome};
use event_log_codes::{
    CodeMap, EVENT_CODES, EventCode, Family, FindIter, Match, ParseError, Section, Status, find_iter,
};

#[test]
fn a_code_is_one_byte_and_so_is_an_option_of_it() {
    assert_eq!(size_of::<EventCode>(), 1);
    assert_eq!(size_of::<Option<EventCode>>(), 1);
    assert_eq!(size_of::<[Option<EventCode>; 64]>(), 64);
    assert_eq!(size_of::<Option<Status>>(), 1);
    assert_eq!(size_of::<Option<Section>>(), 1);
    assert_eq!(size_of::<Option<Family>>(), 1);
}

#[test]
fn order_is_that_of_the_catalogue() {
    assert!(EventCode::ALL.is_sorted());
    assert!(EventCode::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(Section::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(Status::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    assert!(Family::ALL.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn values_are_distinct_in_sets_of_both_kinds() {
    assert_eq!(EventCode::ALL.iter().collect::<HashSet<_>>().len(), EventCode::COUNT);
    assert_eq!(EventCode::ALL.iter().collect::<BTreeSet<_>>().len(), EventCode::COUNT);
}

#[test]
fn types_implement_the_common_traits() {
    fn value<T: Copy + Ord + Hash + Debug + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe + 'static>() {}
    value::<EventCode>();
    value::<Status>();
    value::<Section>();
    value::<Family>();
    value::<Outcome>();
    value::<Effect>();

    fn shared<T: Clone + Debug + Send + Sync + Unpin + UnwindSafe + RefUnwindSafe>() {}
    shared::<ParseError>();
    shared::<CodeMap>();
    shared::<Match<'_>>();
    shared::<FindIter<'_>>();
    shared::<DeviceOutcome>();

    fn fused<T: FusedIterator>(_: &T) {}
    fused(&find_iter(b""));
}

/// A match borrows the haystack, not the iterator.
#[test]
fn a_match_outlives_its_iterator() {
    let haystack = b"a SYS_111 b".to_vec();
    let word = {
        let mut matches = find_iter(&haystack);
        matches.next().unwrap().as_bytes()
    };
    assert_eq!(word, b"SYS_111");
}

/// Every `const fn` is evaluated here by the compiler.
#[test]
fn constants_can_be_computed() {
    const CODE: EventCode = EventCode::from_bytes(b"UPD4_FAIL_207").unwrap();
    const FROM_LOWER_CASE: Option<EventCode> = EventCode::from_bytes_ignore_ascii_case(b"upd4_fail_207");
    const UNKNOWN: Option<EventCode> = EventCode::from_bytes(b"UPD4_FAIL_999");
    const REPORTED: Option<EventCode> = EventCode::from_lwm2m(10252, 3, 207);
    const TEXTS: [Option<&str>; 3] = [CODE.portal_text(), CODE.explanation(), CODE.corrective_action()];
    const KIND: (Status, Section, Family, Option<i16>) =
        (CODE.status(), CODE.section(), CODE.family(), CODE.number());
    const FLAGS: [bool; 4] =
        [CODE.is_documented(), CODE.is_user_defined(), KIND.0.is_success(), KIND.0.is_failure()];
    const NAMES: [&str; 4] = [CODE.as_str(), KIND.0.as_str(), KIND.1.as_str(), KIND.2.as_str()];
    const AGAIN: Option<EventCode> = EventCode::from_index(CODE.index());
    static COUNTERS: [u64; EventCode::COUNT] = [0; EventCode::COUNT];

    assert_eq!(CODE, EventCode::Upd4Fail207);
    assert_eq!((FROM_LOWER_CASE, UNKNOWN, REPORTED, AGAIN), (Some(CODE), None, Some(CODE), Some(CODE)));
    assert!(TEXTS.iter().all(Option::is_some));
    assert_eq!(KIND, (Status::Fail, Section::ManifestValidation, Family::Upd4, Some(207)));
    assert_eq!(FLAGS, [true, false, false, true]);
    assert_eq!(NAMES, ["UPD4_FAIL_207", "fail", "manifest-validation", "UPD4"]);
    assert_eq!(COUNTERS.len(), 143);
}

/// The lookup works at compile time, for every code.
#[test]
fn the_compiler_finds_every_code() {
    const FOUND: [bool; EventCode::COUNT] = {
        let mut found = [false; EventCode::COUNT];
        let mut index = 0;
        while index < EventCode::COUNT {
            let code = EventCode::ALL[index];
            found[index] = match EventCode::from_bytes(code.as_str().as_bytes()) {
                Some(same) => same.index() == index,
                None => false,
            };
            index += 1;
        }
        found
    };
    assert_eq!(FOUND, [true; EventCode::COUNT]);
}

#[test]
fn the_map_is_a_map_of_every_code() {
    let map: &CodeMap = &EVENT_CODES;
    assert_eq!(map.len(), EventCode::COUNT);
    assert!(!map.is_empty());
    assert_eq!(map.entries().len(), EventCode::COUNT);
    for (text, code) in map.entries() {
        assert_eq!(text, *code);
        assert_eq!(map.get(text), Some(code));
        assert!(map.contains_key(text) && !map.contains_key(&text.to_ascii_lowercase()));
    }
    assert!(map.keys().eq(EventCode::ALL.iter().map(|code| code.as_str())));
    assert!(map.values().eq(EventCode::ALL));
    assert!(format!("{map:?}").starts_with("{\"UPD2_STATE_0\": Upd2State0, "), "{map:?}");
}
