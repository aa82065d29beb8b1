//! The naive answers that the library's are compared with.
//!
//! Written for being obviously right: `codes.csv` is read here, not taken from the generated tables,
//! a lookup walks the list, and the scanner splits words and their parts one by one. Plain `std` and
//! nothing of the crate, so unit tests can mount this file with `#[path]` too.

#![allow(dead_code, reason = "each test that mounts the oracle asks it only some of the questions")]

use std::sync::LazyLock;
use std::vec::Vec;

/// Every code of `codes.csv`, in its order.
pub fn codes() -> &'static [&'static str] {
    static CODES: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let rows = include_str!("../../codes.csv").lines().skip(1);
        let codes: Vec<_> = rows.map(|row| row.split(',').next().unwrap()).collect();
        assert!(codes.iter().all(|code| is_code_shaped(code.as_bytes())));
        codes
    });
    &CODES
}

/// The code that `code` spells exactly.
#[allow(clippy::manual_find, reason = "tests run unoptimised and ask this millions of times")]
pub fn lookup(code: &[u8]) -> Option<&'static str> {
    for known in codes() {
        if known.len() == code.len() && known.as_bytes() == code {
            return Some(known);
        }
    }
    None
}

/// The code that `code` spells in any mix of ASCII cases.
pub fn lookup_ignore_ascii_case(code: &[u8]) -> Option<&'static str> {
    lookup(&code.to_ascii_uppercase())
}

/// What `find_iter` must yield: start, end and code, if any, of each word that looks like a code, as
/// all codes do.
pub fn find_all(haystack: &[u8]) -> Vec<(usize, usize, Option<&'static str>)> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in haystack.split(|byte| !is_word_byte(*byte)) {
        let end = start + word.len();
        if is_code_shaped(word) {
            found.push((start, end, lookup(word)));
        }
        start = end + 1;
    }
    found
}

/// `[A-Za-z0-9_]`
pub fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// `UPD[0-9]_[A-Z]+_[A-Z0-9]+` or `SYS_[0-9]+`, at most 64 bytes.
pub fn is_code_shaped(word: &[u8]) -> bool {
    let digit = |byte: &u8| byte.is_ascii_digit();
    let upper = |byte: &u8| byte.is_ascii_uppercase();
    let mut parts = word.split(|byte| *byte == b'_');
    word.len() <= 64
        && match [parts.next(), parts.next(), parts.next(), parts.next()] {
            [Some(b"SYS"), Some(number), None, None] => !number.is_empty() && number.iter().all(digit),
            [Some([b'U', b'P', b'D', scheme]), Some(kind), Some(value), None] => {
                digit(scheme)
                    && !kind.is_empty()
                    && kind.iter().all(upper)
                    && !value.is_empty()
                    && value.iter().all(|byte| digit(byte) || upper(byte))
            }
            _ => false,
        }
}
