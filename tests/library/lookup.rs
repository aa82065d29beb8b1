//! Lookups against the oracle: every code, every near miss, every short string, and a million
//! random keys.
//!
//! With `EVENT_LOG_CODES_LONG_TESTS` set, it is 100 million random keys.

use event_log_codes::{EVENT_CODES, EventCode};

use crate::oracle;
use crate::random::{self, ALPHABET, SplitMix};

/// Asserts that every way to look a key up agrees with the oracle.
#[track_caller]
fn check(key: &[u8]) {
    check_against(key, oracle::lookup(key), oracle::lookup_ignore_ascii_case(key));
}

#[track_caller]
fn check_against(key: &[u8], exact: Option<&str>, any_case: Option<&str>) {
    let found = EventCode::from_bytes(key);
    let shown = || key.escape_ascii();
    assert_eq!(found.map(EventCode::as_str), exact, "{}", shown());
    let found_in_any_case = EventCode::from_bytes_ignore_ascii_case(key);
    assert_eq!(found_in_any_case.map(EventCode::as_str), any_case, "{}", shown());
    let in_map = std::str::from_utf8(key).ok().and_then(|key| EVENT_CODES.get(key).copied());
    assert_eq!(in_map, found, "{}", shown());
}

/// Asserts that a code is found only by its own text. Together with `every_code`, which shows that every
/// code is found, this proves the lookup of any key, without the oracle's walk through the list.
#[track_caller]
fn check_found(key: &[u8]) {
    if let Some(found) = EventCode::from_bytes(key) {
        assert_eq!(found.as_str().as_bytes(), key, "{}", key.escape_ascii());
    }
}

#[test]
fn every_code() {
    for code in oracle::codes() {
        check(code.as_bytes());
        assert_eq!(EventCode::from_bytes(code.as_bytes()).map(EventCode::as_str), Some(*code));
        let in_lower_case = code.to_ascii_lowercase();
        check(in_lower_case.as_bytes());
        assert_eq!(EventCode::from_bytes(in_lower_case.as_bytes()), None);
    }
    assert_eq!(oracle::codes().len(), EventCode::COUNT);
}

#[test]
fn every_edit_of_every_code() {
    for code in oracle::codes() {
        let code = code.as_bytes();
        let mut key = code.to_vec();
        for at in 0..code.len() {
            for byte in 0..=255 {
                key[at] = byte;
                check(&key);
            }
            key[at] = code[at];
        }
        for at in 0..=code.len() {
            for byte in 0..=255 {
                key.insert(at, byte);
                check(&key);
                key.remove(at);
            }
        }
        for at in 0..code.len() {
            let byte = key.remove(at);
            check(&key);
            key.insert(at, byte);
        }
        for at in 1..code.len() {
            key.swap(at - 1, at);
            check(&key);
            key.swap(at - 1, at);
        }
        for cut in 0..=code.len() {
            check(&code[..cut]);
            check(&code[cut..]);
        }
        assert_eq!(key, code);
    }
}

#[test]
fn every_two_substitutions_in_every_code() {
    for code in oracle::codes().iter().step_by(random::STEP) {
        let mut key = code.as_bytes().to_vec();
        for second in 1..key.len() {
            for first in 0..second {
                let (original_first, original_second) = (key[first], key[second]);
                for byte in ALPHABET {
                    key[first] = *byte;
                    for byte in ALPHABET {
                        key[second] = *byte;
                        check_found(&key);
                    }
                }
                (key[first], key[second]) = (original_first, original_second);
            }
        }
    }
}

/// No code is that short, so the oracle is not needed for each string.
#[test]
fn every_string_of_up_to_three_bytes() {
    assert!(oracle::codes().iter().all(|code| code.len() > 3));
    check_against(b"", None, None);
    for first in 0..=255 {
        check_against(&[first], None, None);
        for second in 0..=255 {
            check_against(&[first, second], None, None);
            for third in 0..=255 {
                let key = [first, second, third];
                assert_eq!(EventCode::from_bytes(&key), None);
                assert_eq!(EventCode::from_bytes_ignore_ascii_case(&key), None);
            }
        }
    }
}

/// Case is ignored in letters and nowhere else: `@`, `[`, `` ` ``, `{` and DEL are 32 from a
/// neighbour of the letters, and `_` itself from DEL.
#[test]
fn only_letters_have_a_case() {
    for code in oracle::codes() {
        let mut mixed = code.as_bytes().to_vec();
        for (at, byte) in mixed.iter_mut().enumerate() {
            if at % 2 == 0 {
                byte.make_ascii_lowercase();
            }
        }
        check(&mixed);
        for at in 0..mixed.len() {
            let original = mixed[at];
            for byte in 0..=255 {
                mixed[at] = byte;
                check(&mixed);
            }
            mixed[at] = original;
        }
    }
}

#[test]
fn every_length() {
    for byte in [0, b' ', b'0', b'A', b'U', b'_', 0x7F, 0x80, 0xFF] {
        for len in 0..=300 {
            check(&vec![byte; len]);
            for code in ["SYS_111", "UPD4_FAIL_207", "UPD2_REPORT_VERSION"] {
                let mut padded = code.as_bytes().to_vec();
                padded.resize(code.len() + len, byte);
                check(&padded);
                padded.rotate_right(len);
                check(&padded);
            }
        }
    }
}

/// The beginning of one code joined to the end of another: keys that share the bytes a hash might read.
#[test]
fn every_head_with_every_tail() {
    let mut key = Vec::new();
    for head in oracle::codes() {
        for tail in oracle::codes() {
            for head_len in [4, 5, 8, 10, head.len()] {
                for tail_len in [1, 3, 4, 8, 9, tail.len()] {
                    key.clear();
                    key.extend_from_slice(&head.as_bytes()[..head_len.min(head.len())]);
                    key.extend_from_slice(&tail.as_bytes()[tail.len() - tail_len.min(tail.len())..]);
                    check_found(&key);
                }
            }
        }
    }
}

/// Differences that repeat after some bytes cancel each other out wherever two parts of a key are combined
/// before they are compared.
#[test]
fn every_code_with_differences_that_return() {
    let mut random = SplitMix(2);
    for code in oracle::codes() {
        for period in 1..=8 {
            for _ in 0..1000 {
                let differences = random.next().to_le_bytes();
                let mut key = code.as_bytes().to_vec();
                for (at, byte) in key.iter_mut().enumerate() {
                    *byte ^= differences[at % period];
                }
                check_found(&key);
                let in_any_case = EventCode::from_bytes_ignore_ascii_case(&key);
                assert!(in_any_case.is_none_or(|code| code.as_str().as_bytes().eq_ignore_ascii_case(&key)));
            }
        }
    }
}

#[test]
fn random_and_mutated_keys() {
    let count = if random::long_run() { 100_000_000 } else { 1_000_000 / random::STEP as u64 };
    let mut draw = SplitMix(0x5EED);
    let mut hits = 0_u64;
    let mut key = Vec::new();
    for _ in 0..count {
        key.clear();
        draw.key(&mut key);
        check(&key);
        hits += u64::from(EventCode::from_bytes(&key).is_some());
    }
    println!("{count} keys, {hits} of them codes");
    assert!(hits > count / 100 && hits < count / 2, "{hits} of {count} keys are codes");
}
