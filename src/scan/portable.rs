//! The scanner's tests, eight bytes at a time, for any target.

use super::filter::{Filter, filter};
use super::word::WINDOW;
use super::{BLOCK, Block, FindIter, LOOKAHEAD, Match, fold_with, next_block_with};

pub(super) fn next_chunk<const IGNORE_ASCII_CASE: bool>(iter: &mut FindIter<'_, IGNORE_ASCII_CASE>) {
    iter.next_chunk_with(candidates::<IGNORE_ASCII_CASE>);
}

pub(super) fn next_block<const IGNORE_ASCII_CASE: bool>(haystack: &[u8], at: usize) -> Block {
    next_block_with(haystack, at, candidates::<IGNORE_ASCII_CASE>)
}

pub(super) fn fold<'h, const IGNORE_ASCII_CASE: bool, B>(
    haystack: &'h [u8],
    start: usize,
    init: B,
    f: impl FnMut(B, Match<'h>) -> B,
) -> B {
    fold_with::<IGNORE_ASCII_CASE, B>(haystack, start, init, f, candidates::<IGNORE_ASCII_CASE>)
}

/// Returns a bit for each byte of the block at which a code may begin.
fn candidates<const IGNORE_ASCII_CASE: bool>(block: &[u8; BLOCK + LOOKAHEAD]) -> u64 {
    let Filter { ignored, wanted, case } = const { filter(IGNORE_ASCII_CASE) };
    let [ignored_first, ignored_second] = ignored.map(splat);
    let [first, second] = wanted.map(splat);
    let not_case = splat(!case);
    let mut found = 0;
    for at in (0..BLOCK).step_by(8) {
        let bytes =
            |offset: usize| block[at + offset..].first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        if let (Some(b0), Some(b1), Some(b3)) = (bytes(0), bytes(1), bytes(3)) {
            let pair = zero_bytes(((b0 | ignored_first) ^ first) | ((b1 | ignored_second) ^ second));
            if pair != 0 {
                found |= gather(pair & !in_range(b3 & not_case, b'A', b'Z')) << at;
            }
        }
    }
    found
}

/// Returns a bit for each byte of the window that is a word byte.
pub(super) fn word_bytes(window: &[u8; WINDOW]) -> u32 {
    let mut found = 0;
    for at in (0..WINDOW).step_by(8) {
        if let Some(bytes) = window[at..].first_chunk() {
            let bytes = u64::from_le_bytes(*bytes);
            // Without the bit in which upper and lower case differ.
            let letter = in_range(bytes & !splat(0x20), b'A', b'Z');
            let word = letter | in_range(bytes, b'0', b'9') | zero_bytes(bytes ^ splat(b'_'));
            found |= (gather(word) as u32) << at;
        }
    }
    found
}

const LOW: u64 = splat(0x7F);

const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Returns the top bit of each byte that is zero, and no other bit.
const fn zero_bytes(bytes: u64) -> u64 {
    !(((bytes & LOW) + LOW) | bytes | LOW)
}

/// Returns the top bit of each byte in a range of ASCII, and no other bit.
const fn in_range(bytes: u64, first: u8, last: u8) -> u64 {
    let at_least_first = (bytes & LOW) + splat(0x80 - first);
    let beyond_last = (bytes & LOW) + splat(0x7F - last);
    at_least_first & !beyond_last & !bytes & !LOW
}

/// Moves the top bits of the bytes side by side.
const fn gather(top_bits: u64) -> u64 {
    (top_bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}
