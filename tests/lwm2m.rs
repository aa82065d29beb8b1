//! `from_lwm2m` against the values that the LwM2M objects define.

mod oracle;

use std::collections::BTreeSet;

use event_log_codes::{EventCode, Family};

/// Code, resource and value, of the schemes whose objects define them.
const VALUES: &str = include_str!("fixtures/lwm2m-values.tsv");

const RESOURCES: [(u16, u16); 8] =
    [(5, 3), (5, 5), (5, 6), (5, 7), (10252, 2), (10252, 3), (10252, 5), (10252, 6)];

#[test]
fn every_defined_value_is_its_code() {
    let mut defined = BTreeSet::new();
    for line in VALUES.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let path: Vec<u16> = cells[1].split('/').skip(1).map(|part| part.parse().unwrap()).collect();
        let [object, 0, resource] = path[..] else { panic!("{line}") };
        // A report carries a text, so any value stands for it.
        let values =
            if cells[2].is_empty() { vec![i64::MIN, -1, 0, 7] } else { vec![cells[2].parse().unwrap()] };
        for value in values {
            let code = EventCode::from_lwm2m(object, resource, value);
            assert_eq!(code.map(EventCode::as_str), Some(cells[0]), "{line}");
        }
        defined.insert(cells[0]);
    }
    let older = EventCode::ALL.iter().filter(|code| matches!(code.family(), Family::Upd1 | Family::Upd2));
    assert_eq!(defined, older.map(|code| code.as_str()).collect());
}

/// The table of the function's documentation, spelt as text and looked up in the list of codes.
fn expected(object: u16, resource: u16, value: i64) -> Option<&'static str> {
    let code = match (object, resource) {
        (5, 3) => format!("UPD1_STATE_{value}"),
        (5, 5) if value == 1 => "UPD1_OK_1".into(),
        (5, 5) => format!("UPD1_FAIL_{value}"),
        (5, 6) => "UPD1_REPORT_HASH".into(),
        (5, 7) => "UPD1_REPORT_VERSION".into(),
        (10252, 2) => format!("UPD2_STATE_{value}"),
        (10252, 3) => match value {
            -1 | 255 => "UPD4_OK_M1".into(),
            1 | 18 | 19 => format!("UPD2_OK_{value}"),
            2..=17 => format!("UPD2_FAIL_{value}"),
            100 => "UPD4_OK_100".into(),
            101..=512 => format!("UPD4_FAIL_{value}"),
            // `UPD4_FAIL_22` exists and no client sends 22 for it.
            _ => return None,
        },
        (10252, 5) => "UPD2_REPORT_HASH".into(),
        (10252, 6) => "UPD2_REPORT_VERSION".into(),
        _ => return None,
    };
    oracle::lookup(code.as_bytes())
}

#[test]
fn every_value_near_the_defined_ones() {
    // Values that wrap to a defined one in a narrower integer come last.
    let wrapping = (8..63).flat_map(|bits| [1_i64 << bits, -(1 << bits), (1 << bits) + 3, (1 << bits) + 207]);
    let values: Vec<i64> = (-1100..2100).chain([i64::MIN, i64::MAX]).chain(wrapping).collect();
    for (object, resource) in RESOURCES {
        for &value in &values {
            let code = EventCode::from_lwm2m(object, resource, value);
            let expected = expected(object, resource, value);
            assert_eq!(code.map(EventCode::as_str), expected, "/{object}/0/{resource} = {value}");
        }
    }
}

#[test]
fn every_other_resource_is_unknown() {
    let mut known = 0;
    for object in [0, 3, 4, 5, 6, 9, 10251, 10252, 10253, 10252 - 5, u16::MAX] {
        for resource in (0..300).chain([u16::MAX]) {
            let any = (-1..600).any(|value| EventCode::from_lwm2m(object, resource, value).is_some());
            assert_eq!(any, RESOURCES.contains(&(object, resource)), "/{object}/0/{resource}");
            known += usize::from(any);
        }
    }
    assert_eq!(known, RESOURCES.len());
}

#[test]
fn values_of_newer_clients_are_unknown() {
    for value in 21..50 {
        assert_eq!(EventCode::from_lwm2m(10252, 3, value), None);
    }
}
