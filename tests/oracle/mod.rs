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
        rows.map(|row| row.split(',').next().unwrap()).collect()
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

/// What `find_iter` must yield: start, end and code of each word that is a code or looks like one.
pub fn find_all(haystack: &[u8]) -> Vec<(usize, usize, Option<&'static str>)> {
    let mut found = Vec::new();
    let mut start = 0;
    for word in haystack.split(|byte| !is_word_byte(*byte)) {
        let end = start + word.len();
        match lookup(word) {
            Some(code) => found.push((start, end, Some(code))),
            None if is_code_shaped(word) => found.push((start, end, None)),
            None => {}
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
    let parts: Vec<&[u8]> = word.split(|byte| *byte == b'_').collect();
    word.len() <= 64
        && parts.iter().all(|part| !part.is_empty())
        && match parts[..] {
            [b"SYS", number] => number.iter().all(digit),
            [[b'U', b'P', b'D', scheme], kind, value] => {
                digit(scheme) && kind.iter().all(upper) && value.iter().all(|byte| digit(byte) || upper(byte))
            }
            _ => false,
        }
}
