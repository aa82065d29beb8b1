//! Lookups against the oracle: every code, every near miss, every short string, and a multitude.
//!
//! Keys are drawn from a seeded generator. `EVENT_LOG_CODES_KEYS` says how many; the long run asks
//! for 100 million.

mod oracle;

use std::collections::HashSet;

use event_log_codes::{EVENT_CODES, EventCode};

/// What a code is written with.
const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

/// All ways to look a key up agree with the oracle.
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
    let in_map = str::from_utf8(key).ok().and_then(|key| EVENT_CODES.get(key).copied());
    assert_eq!(in_map, found, "{}", shown());
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
    // The oracle's walk would take minutes: whether a key is a code is one question to a set here.
    let codes: HashSet<&[u8]> = oracle::codes().iter().map(|code| code.as_bytes()).collect();
    for code in oracle::codes() {
        let mut key = code.as_bytes().to_vec();
        for second in 1..key.len() {
            for first in 0..second {
                let (original_first, original_second) = (key[first], key[second]);
                for byte in ALPHABET {
                    key[first] = *byte;
                    for byte in ALPHABET {
                        key[second] = *byte;
                        assert_eq!(
                            EventCode::from_bytes(&key).map(|code| code.as_str().as_bytes()),
                            codes.get(&*key).copied(),
                            "{}",
                            key.escape_ascii()
                        );
                    }
                }
                (key[first], key[second]) = (original_first, original_second);
            }
        }
    }
}

/// No code is that short, so one comparison a string is enough.
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
        for mut key in [mixed, code.to_ascii_lowercase().into_bytes()] {
            check(&key);
            for at in 0..key.len() {
                let original = key[at];
                for byte in 0..=255 {
                    key[at] = byte;
                    check(&key);
                }
                key[at] = original;
                for flipped in [original ^ 0x20, original ^ 0x80, original ^ 0xA0] {
                    key[at] = flipped;
                    check(&key);
                }
                key[at] = original;
            }
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

/// A key that shares what a hash might look at: codes cut and joined in the middle.
#[test]
fn every_head_with_every_tail() {
    let codes: HashSet<&[u8]> = oracle::codes().iter().map(|code| code.as_bytes()).collect();
    let mut key = Vec::new();
    for head in oracle::codes() {
        for tail in oracle::codes() {
            for head_len in [4, 5, 8, 10, head.len()] {
                for tail_len in [1, 3, 4, 8, 9, tail.len()] {
                    key.clear();
                    key.extend_from_slice(&head.as_bytes()[..head_len.min(head.len())]);
                    key.extend_from_slice(&tail.as_bytes()[tail.len() - tail_len.min(tail.len())..]);
                    assert_eq!(
                        EventCode::from_bytes(&key).map(|code| code.as_str().as_bytes()),
                        codes.get(&*key).copied(),
                        "{}",
                        key.escape_ascii()
                    );
                }
            }
        }
    }
}

#[test]
fn random_and_mutated_keys() {
    let count = std::env::var("EVENT_LOG_CODES_KEYS").map_or(1_000_000, |count| count.parse().unwrap());
    let mut random = SplitMix(0x5EED);
    let mut hits = 0_u64;
    let mut key = Vec::new();
    for _ in 0..count {
        draw(&mut random, &mut key);
        check(&key);
        hits += u64::from(EventCode::from_bytes(&key).is_some());
    }
    println!("{count} keys, {hits} of them codes");
    assert!(hits > count / 100 && hits < count / 2, "{hits} of {count} keys are codes");
}

/// A key: noise, noise of the alphabet, code-shaped text, or a code with some of it changed.
fn draw(random: &mut SplitMix, key: &mut Vec<u8>) {
    key.clear();
    match random.below(4) {
        0 => {
            let len = random.below(40);
            key.extend((0..len).map(|_| random.next() as u8));
        }
        1 => {
            let len = random.below(70);
            key.extend((0..len).map(|_| random.pick(ALPHABET)));
        }
        2 => {
            let family = random.pick(&["UPD0", "UPD1", "UPD2", "UPD3", "UPD4", "UPD5", "SYS"]);
            let kind = random.pick(&["_OK_", "_FAIL_", "_STATE_", "_REPORT_", "_"]);
            key.extend_from_slice(family.as_bytes());
            key.extend_from_slice(kind.as_bytes());
            key.extend_from_slice(random.below(600).to_string().as_bytes());
        }
        _ => {
            key.extend_from_slice(random.pick(oracle::codes()).as_bytes());
            for _ in 0..random.below(4) {
                let at = random.below(key.len().max(1));
                match random.below(5) {
                    0 => key.insert(at, random.pick(ALPHABET)),
                    1 => key.truncate(at),
                    2 if at < key.len() => key[at] ^= 1 << random.below(8),
                    3 if at < key.len() => key[at] = random.pick(ALPHABET),
                    _ if at < key.len() => drop(key.remove(at)),
                    _ => {}
                }
            }
        }
    }
}

/// Steele, Lea and Flood's generator: the same keys on every machine.
struct SplitMix(u64);

impl SplitMix {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}
