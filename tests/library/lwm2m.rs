//! Reported integers against tables of the LwM2M objects and of the client's headers.

use std::collections::{BTreeMap, BTreeSet};

use event_log_codes::{EventCode, Family, ReportedValue, Status};

/// Code, resource and value, as the objects and the client's headers define them. A report of a hash
/// or a version carries a text, so it has no value.
const VALUES: &str = include_str!("../fixtures/lwm2m-values.tsv");

/// The values that newer clients report, with their names in the client's source.
const NEWER: &str = include_str!("../fixtures/newer-client-values.tsv");

const RESOURCES: [(u16, u16); 8] =
    [(5, 3), (5, 5), (5, 6), (5, 7), (10252, 2), (10252, 3), (10252, 5), (10252, 6)];

/// The defined codes by object, resource and value; reports by no value.
fn defined() -> BTreeMap<(u16, u16, Option<i64>), &'static str> {
    let rows = VALUES.lines().skip(1).map(|line| {
        let [code, path, value] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let path: Vec<u16> = path.split('/').skip(1).map(|part| part.parse().unwrap()).collect();
        let [object, 0, resource] = path[..] else { panic!("{line}") };
        let value = (!value.is_empty()).then(|| value.parse().unwrap());
        ((object, resource, value), code)
    });
    let defined: BTreeMap<_, _> = rows.collect();
    assert_eq!(defined.len(), VALUES.lines().count() - 1, "each value once");
    defined
}

#[test]
fn every_value_of_every_resource() {
    let defined = defined();
    // The last ones are defined values when cut to a narrower integer.
    let wrapping = (8..63).flat_map(|bits| [1_i64 << bits, -(1 << bits), (1 << bits) + 3, (1 << bits) + 207]);
    let values: Vec<i64> = (-1100..2100).chain([i64::MIN, i64::MAX]).chain(wrapping).collect();
    let mut found = BTreeSet::new();
    for (object, resource) in RESOURCES {
        for &value in &values {
            let expected = defined
                .get(&(object, resource, Some(value)))
                .or_else(|| defined.get(&(object, resource, None)))
                .copied();
            let code = EventCode::from_lwm2m(object, resource, value);
            assert_eq!(code.map(EventCode::as_str), expected, "/{object}/0/{resource} = {value}");
            found.extend(code);
        }
    }
    // The service's list has this one; no client reports it.
    let never_reported = EventCode::Upd4Fail22;
    let expected =
        EventCode::ALL.iter().filter(|code| code.family() != Family::Sys && **code != never_reported);
    assert_eq!(found, expected.copied().collect());
}

#[test]
fn every_other_resource_is_unknown() {
    for object in [0, 3, 4, 5, 6, 9, 10251, 10252, 10253, 10252 - 5, u16::MAX] {
        for resource in (0..300).chain([u16::MAX]) {
            let known = RESOURCES.contains(&(object, resource));
            let codes = (-1..600).filter_map(|value| EventCode::from_lwm2m(object, resource, value));
            assert_eq!(codes.count() > 0, known, "/{object}/0/{resource}");
            let values = (-1..600).filter_map(|value| ReportedValue::new(object, resource, value));
            assert_eq!(values.count() > 0, known, "/{object}/0/{resource}");
        }
    }
}

#[test]
fn values_of_newer_clients_have_a_meaning_and_no_code() {
    let mut meanings = BTreeSet::new();
    for line in NEWER.lines().skip(1) {
        let (value, name) = line.split_once('\t').unwrap();
        let reported = ReportedValue::new(10252, 3, value.parse().unwrap()).unwrap();
        let updated = name == "FW_UPDATE_OK";
        // The one value that older clients report as well.
        assert_eq!(reported.code(), updated.then_some(EventCode::Upd2Ok18), "{name}");
        assert_eq!(reported.status(), if updated { Status::Success } else { Status::Fail }, "{name}");
        let meaning = reported.meaning().unwrap();
        assert!(meaning.ends_with('.'), "{name}: a sentence");
        assert!(meanings.insert(meaning), "{name}: a meaning of its own");
    }
    assert_eq!(meanings.len(), 30);
}

#[test]
fn only_defined_values_and_those_of_newer_clients_are_known() {
    let newer: BTreeSet<i64> =
        NEWER.lines().skip(1).map(|line| line.split('\t').next().unwrap().parse().unwrap()).collect();
    assert_eq!(newer, [18].into_iter().chain(21..=49).collect());
    for (object, resource) in RESOURCES {
        for value in -1100..2100 {
            let code = EventCode::from_lwm2m(object, resource, value);
            let expected = code.is_some() || (object, resource) == (10252, 3) && newer.contains(&value);
            let reported = ReportedValue::new(object, resource, value);
            assert_eq!(reported.is_some(), expected, "/{object}/0/{resource} = {value}");
            if let (Some(code), Some(reported)) = (code, reported) {
                assert_eq!((reported.code(), reported.status()), (Some(code), code.status()));
                assert_eq!(reported.meaning(), code.explanation().or(code.portal_text()));
            }
        }
    }
}
