//! Naive implementations that the library's answers are compared with.
//!
//! Written to be obviously right: `codes.csv` is read here, not taken from the generated tables; a lookup
//! walks the list; the scanner tries every beginning of a word, and reads escape sequences forwards, from
//! each byte before it. Uses `std` and nothing of the crate, so that unit tests can mount this file with
//! `#[path]` too.

#![allow(dead_code, reason = "each test that mounts the oracle uses only part of it")]

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

/// A found word: its start, its end, and its code if it is in the catalogue.
pub type Found = (usize, usize, Option<&'static str>);

/// What `find_iter` must yield.
pub fn find_all(haystack: &[u8]) -> Vec<Found> {
    find_spelled(haystack, haystack)
}

/// What `find_iter_ignore_ascii_case` must yield.
pub fn find_all_ignore_ascii_case(haystack: &[u8]) -> Vec<Found> {
    find_spelled(haystack, &haystack.to_ascii_uppercase())
}

/// Every code-shaped word of `spelled`, which is the haystack in some mix of cases.
///
/// Tries every beginning in each run of word bytes: the first byte, and each that an escape precedes.
fn find_spelled(haystack: &[u8], spelled: &[u8]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut run_start = 0;
    for run in spelled.split(|byte| !is_word_byte(*byte)) {
        let end = run_start + run.len();
        for start in run_start..end {
            let word = &spelled[start..end];
            if is_code_shaped(word) && (start == run_start || ends_with_escape(&haystack[..start])) {
                found.push((start, end, lookup(word)));
            }
        }
        run_start = end + 1;
    }
    found
}

/// Whether any end of `before` is an escape sequence. With one backslash, none is longer than 40 bytes.
fn ends_with_escape(before: &[u8]) -> bool {
    (before.len().saturating_sub(50)..before.len()).any(|start| is_escape(&before[start..]))
}

/// Whether all of `bytes` are one escape sequence. Reads them from the front, part after part.
fn is_escape(bytes: &[u8]) -> bool {
    if let Some(digits) = bytes.strip_prefix(b"%") {
        return is_hex(digits, 2);
    }
    let is_c_escape = |rest: &[u8]| {
        is_octal(rest)
            || rest.strip_prefix(b"x").is_some_and(|digits| is_hex(digits, 2))
            || rest.strip_prefix(b"u").is_some_and(|digits| is_hex(digits, 4))
            || ["n", "t", "r", "b", "f", "v", "a", "e", "0"].iter().any(|letter| letter.as_bytes() == rest)
    };
    bytes.strip_prefix(b"#").is_some_and(is_octal)
        || without_backslashes(bytes).is_some_and(is_c_escape)
        || is_control_sequence(bytes)
}

/// Whether all of `bytes` are ESC, `[`, up to 32 parameters and a letter.
fn is_control_sequence(bytes: &[u8]) -> bool {
    let after_esc = if let Some(rest) = without_backslashes(bytes) {
        ["e", "033", "x1b", "x1B", "u001b", "u001B"]
            .iter()
            .find_map(|name| rest.strip_prefix(name.as_bytes()))
    } else {
        ["\x1b", "#033", "^["].iter().find_map(|name| bytes.strip_prefix(name.as_bytes()))
    };
    let Some(after_bracket) = after_esc.and_then(|rest| rest.strip_prefix(b"[")) else {
        return false;
    };
    let parameters = after_bracket.iter().take_while(|byte| b"0123456789;:?".contains(byte)).count();
    parameters <= 32
        && after_bracket.len() == parameters + 1
        && after_bracket.last().is_some_and(u8::is_ascii_alphabetic)
}

fn is_hex(digits: &[u8], count: usize) -> bool {
    digits.len() == count && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `[0-3][0-7][0-7]`
fn is_octal(digits: &[u8]) -> bool {
    digits.len() == 3 && digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) && digits[0] <= b'3'
}

/// What follows the backslashes at the start; `None` if there is none.
fn without_backslashes(bytes: &[u8]) -> Option<&[u8]> {
    let backslashes = bytes.iter().take_while(|byte| **byte == b'\\').count();
    if backslashes == 0 { None } else { Some(&bytes[backslashes..]) }
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
