//! Where the word that begins at a candidate ends.

use super::engine::word_bytes;
use super::escape::ends_with_escape;
use crate::shape::{MAX_CODE_LEN, MIN_CODE_LEN};

/// Bytes that are classified at once: the byte before a code, the code, and the byte after it, for
/// nearly all codes.
pub(super) const WINDOW: usize = 16;

/// Returns the word that begins at `at`, or as much of it as shows that it is too long for a code.
#[inline(always)]
pub(super) fn word_at(haystack: &[u8], at: usize) -> Option<&[u8]> {
    // The window includes the byte before, which must not belong to the word.
    let window = haystack.get(at.wrapping_sub(1)..).and_then(|rest| rest.first_chunk());
    let Some(window) = window else {
        return word_at_slow(haystack, at);
    };
    let end = (word_bytes(window) ^ 1).trailing_ones() as usize;
    if (MIN_CODE_LEN + 1..WINDOW).contains(&end) {
        haystack.get(at..)?.get(..end - 1)
    } else if end == 0 || end == WINDOW {
        word_at_slow(haystack, at)
    } else {
        None
    }
}

/// The same for any word: behind a word byte, long, or at an edge of the haystack.
#[inline(never)]
fn word_at_slow(haystack: &[u8], at: usize) -> Option<&[u8]> {
    let (before, rest) = haystack.split_at_checked(at)?;
    if before.last().is_some_and(|byte| is_word_byte(*byte)) && !ends_with_escape(before) {
        return None;
    }
    let mut len = 0;
    while let Some(window) = rest.get(len..).and_then(|rest| rest.first_chunk::<WINDOW>()) {
        let more = word_bytes(window).trailing_ones() as usize;
        len += more;
        if more < WINDOW || len > MAX_CODE_LEN {
            return rest.get(..len);
        }
    }
    len += rest.get(len..)?.iter().take_while(|byte| is_word_byte(**byte)).count();
    rest.get(..len)
}

/// `[A-Za-z0-9_]`
pub(super) const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
