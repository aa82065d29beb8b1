//! Patterns of codes, such as `UPD4_FAIL_3*`.

use std::convert::Infallible;

use wildmatch::WildMatch;

/// Reads a pattern, which matches in either case: `*` stands for any characters, `?` for one.
pub fn parse(text: &str) -> Result<WildMatch, Infallible> {
    Ok(WildMatch::new(&text.to_ascii_uppercase()))
}

/// Whether a text of the shape of a code may match the pattern, whatever the catalogue has.
pub fn may_match(pattern: &str) -> bool {
    let mut states = START;
    for byte in pattern.bytes() {
        states = match byte {
            b'?' => step(states),
            b'*' => closure(states),
            _ => (0..STATES).filter(|state| states & 1 << state != 0).fold(0, |next, state| {
                next | after(state, byte.to_ascii_uppercase()).map_or(0, |state| 1 << state)
            }),
        };
    }
    states & COMPLETE != 0
}

/// The states in which the shape of a code can be while it is read, as a set of bits.
const STATES: u16 = 14;
const START: u16 = 1 << 0;
const COMPLETE: u16 = 1 << 8 | 1 << 13;

/// The state after one more byte of `UPD[0-9]_[A-Z]+_[A-Z0-9]+` or `SYS_[0-9]+`.
fn after(state: u16, byte: u8) -> Option<u16> {
    match (state, byte) {
        (0, b'U') => Some(1),
        (1, b'P') => Some(2),
        (2, b'D') => Some(3),
        (3, b'0'..=b'9') => Some(4),
        (4, b'_') => Some(5),
        (5 | 6, b'A'..=b'Z') => Some(6),
        (6, b'_') => Some(7),
        (7 | 8, b'A'..=b'Z' | b'0'..=b'9') => Some(8),
        (0, b'S') => Some(9),
        (9, b'Y') => Some(10),
        (10, b'S') => Some(11),
        (11, b'_') => Some(12),
        (12 | 13, b'0'..=b'9') => Some(13),
        _ => None,
    }
}

/// The states after any one byte.
fn step(states: u16) -> u16 {
    let bytes = || (b'0'..=b'9').chain(b'A'..=b'Z').chain([b'_']);
    (0..STATES)
        .filter(|state| states & 1 << state != 0)
        .flat_map(|state| bytes().filter_map(move |byte| after(state, byte)))
        .fold(0, |next, state| next | 1 << state)
}

/// The states after any number of bytes.
fn closure(mut states: u16) -> u16 {
    loop {
        let more = states | step(states);
        if more == states {
            return states;
        }
        states = more;
    }
}

#[cfg(test)]
mod tests {
    use event_log_codes::{EventCode, find};
    use proptest::prelude::*;

    use super::may_match;

    proptest! {
        #[test]
        fn without_wildcards_only_codes_match(text in "(UPD?[0-9]?|SYS?)_?[A-Z]{0,2}_?[A-Z0-9]{0,2}") {
            let is_code = find(text.as_bytes()).is_some_and(|found| found.as_bytes().len() == text.len());
            prop_assert_eq!(may_match(&text), is_code);
        }
    }

    #[test]
    fn patterns_of_codes_are_told_from_other_words() {
        for code in EventCode::ALL {
            assert!(may_match(code.as_str()) && may_match(&code.as_str().to_lowercase()));
            assert!(may_match(&format!("{}*", &code.as_str()[..4])));
        }
        for pattern in
            ["*", "UPD*", "upd4_fail_3*", "*FAIL*", "*303", "SYS_1??", "UPD9_NEW_*", "????_*", "*_M1"]
        {
            assert!(may_match(pattern), "{pattern}");
        }
        for other in [
            "",
            "-",
            "events.ndjson",
            "logs",
            "/var/log",
            "UPD4",
            "SYS",
            "FAIL",
            "303",
            "UPD4_FAIL_30 ",
            "*.log",
            "SYS_*A",
        ] {
            assert!(!may_match(other), "{other}");
        }
    }
}
