//! Finds codes anywhere in bytes.

mod engine;
mod escape;
mod filter;
mod found;
#[cfg(neon)]
#[allow(unsafe_code)]
mod neon;
#[cfg(any(test, not(any(simd, neon))))]
mod portable;
#[cfg(simd)]
#[allow(unsafe_code)]
mod simd;
mod stream;
mod word;

#[cfg(test)]
mod tests;

use core::iter::FusedIterator;
use core::ops::Range;

use crate::EventCode;
use crate::shape::{MIN_CODE_LEN, is_code_shaped, is_code_shaped_ignore_ascii_case};
use engine::Engine;
pub use found::{Match, StreamMatch};
pub use stream::{StreamFinder, StreamMatches};
use word::word_at;

/// Finds every code-shaped word in `haystack`, from left to right.
///
/// A code-shaped word has the form `UPD[0-9]_[A-Z]+_[A-Z0-9]+` or `SYS_[0-9]+`, is written in upper
/// case, and is at most 64 bytes long.
///
/// - It begins at the start of the haystack, after a byte that is not in `[A-Za-z0-9_]`, or directly
///   after an [escape sequence](#escape-sequences).
/// - It ends at the end of the haystack, or before a byte that is not in `[A-Za-z0-9_]`.
///
/// A code-shaped word that is not in the catalogue is found too, with no [`code`](Match::code).
///
/// Time is linear in the length of the haystack, whatever its bytes. Never allocates, never panics.
///
/// ```
/// use event_log_codes::{EventCode, find_iter};
///
/// let record = br#"{"event_type":"UPD4_FAIL_218","next":"UPD4_FAIL_999"}"#;
/// let mut codes = find_iter(record);
///
/// let known = codes.next().unwrap();
/// assert_eq!(known.code(), Some(EventCode::Upd4Fail218));
/// assert_eq!(known.range(), 15..28);
///
/// let unknown = codes.next().unwrap();
/// assert_eq!(unknown.code(), None);
/// assert_eq!(unknown.as_bytes(), b"UPD4_FAIL_999");
/// assert!(codes.next().is_none());
/// ```
///
/// # Escape sequences
///
/// Logs are often escaped on their way, and then the letter or digits that end an escape sequence
/// stand directly before a code. These are recognised:
///
/// | escape | written as |
/// |---|---|
/// | C, JSON | one or more `\`, then `n`, `t`, `r`, `b`, `f`, `v`, `a`, `e`, `0`, `xHH`, `uHHHH` or `OOO` |
/// | URL | `%HH` |
/// | rsyslog | `#OOO` |
/// | terminal colours and the like | ESC, `[`, at most 32 bytes of `[0-9;:?]`, a letter of either case; ESC is the byte 0x1b, or `^[`, `#033`, or one or more `\` followed by `e`, `033`, `x1b` or `u001b` |
///
/// `H` is a hexadecimal digit in either case, `OOO` an octal number from `000` to `377`.
///
/// What stands directly before the code decides, and nothing else does. Backslashes are not paired,
/// because JSON within JSON doubles them. So a Windows path may hold a code that nobody meant
/// (`C:\nSYS_111`), but no code is lost.
///
/// ```
/// use event_log_codes::find_iter;
///
/// for line in [
///     r#"{"log":"failed:\nUPD4_FAIL_207"}"#,
///     r"\\u001b[1;31mUPD4_FAIL_207\\u001b[0m",
///     "GET /?code=%22UPD4_FAIL_207%22",
///     "failed:#012UPD4_FAIL_207",
/// ] {
///     let found = find_iter(line.as_bytes()).next().unwrap();
///     assert_eq!(found.as_str(), "UPD4_FAIL_207");
/// }
///
/// let line = br"nUPD4_FAIL_207 [31mSYS_111 C:\newSYS_111";
/// assert_eq!(find_iter(line).count(), 0);
/// ```
///
/// # The end of the haystack
///
/// The end of the haystack ends a word. A buffer that is cut inside `UPD4_FAIL_220` may end in
/// `UPD4_FAIL_22`, which is a code of the catalogue as well. To search bytes that arrive in pieces, use a
/// [`StreamFinder`].
#[inline]
pub fn find_iter(haystack: &[u8]) -> FindIter<'_> {
    FindIter::new(haystack, 0, Engine::detect())
}

/// Finds every code-shaped word in `haystack`, in any mix of upper and lower case.
///
/// Otherwise the same as [`find_iter`]. The statistics API of the service and its URLs write codes in
/// lower case.
///
/// ```
/// use event_log_codes::{EventCode, find_iter_ignore_ascii_case};
///
/// let path = b"GET /v3/campaigns/0173bc91/statistics/fail/event_types/upd4_fail_218";
/// let mut codes = find_iter_ignore_ascii_case(path);
/// let found = codes.next().unwrap();
/// assert_eq!(found.code(), Some(EventCode::Upd4Fail218));
/// assert_eq!(found.as_str(), "upd4_fail_218");
/// assert!(codes.next().is_none());
/// ```
#[inline]
pub fn find_iter_ignore_ascii_case(haystack: &[u8]) -> FindIter<'_, true> {
    FindIter::new(haystack, 0, Engine::detect())
}

/// Returns the first code-shaped word in `haystack`: the first item of [`find_iter`].
///
/// ```
/// use event_log_codes::{EventCode, find};
///
/// let line = b"<14>Aug  5 03:04:51 gw-7 update[311]: device failed, UPD4_FAIL_218";
/// assert_eq!(find(line).and_then(|found| found.code()), Some(EventCode::Upd4Fail218));
/// assert!(find(b"nothing here").is_none());
/// ```
#[inline]
#[must_use]
pub fn find(haystack: &[u8]) -> Option<Match<'_>> {
    first(haystack, 0, Engine::detect())
}

/// Returns the first code-shaped word that begins at `start` or later.
///
/// Goes block by block and keeps everything in registers: a record is often shorter than a chunk.
#[inline(always)]
fn first(haystack: &[u8], start: usize, engine: Engine) -> Option<Match<'_>> {
    let mut block = Block { at: start, candidates: 0 };
    loop {
        block = engine.next_block::<false>(haystack, block.at);
        if block.candidates == 0 {
            return None;
        }
        while let Some(start) = block.next_candidate() {
            if let Some(found) = match_at::<false>(haystack, start) {
                return Some(found);
            }
        }
        block.at += BLOCK;
    }
}

/// An iterator over the code-shaped words of a haystack.
///
/// Returned by [`find_iter`], and with `IGNORE_ASCII_CASE` set by [`find_iter_ignore_ascii_case`].
///
/// ```
/// let mut found = event_log_codes::find_iter(b"SYS_111 after UPD2_FAIL_15");
/// assert_eq!(found.by_ref().count(), 2);
/// assert!(found.next().is_none());
/// ```
#[derive(Clone, Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct FindIter<'h, const IGNORE_ASCII_CASE: bool = false> {
    haystack: &'h [u8],
    /// Where the next chunk begins.
    next: usize,
    /// For each block of the current chunk, a bit for each byte at which a code may begin.
    candidates: [u64; BLOCKS],
    /// A bit for each block of the current chunk that has candidates and is still to be looked at.
    blocks: u32,
    /// Where the current chunk begins.
    chunk: usize,
    /// The current block.
    block: Block,
    engine: Engine,
}

impl<'h, const IGNORE_ASCII_CASE: bool> Iterator for FindIter<'h, IGNORE_ASCII_CASE> {
    type Item = Match<'h>;

    // Always inlined: otherwise the `Match` is written to memory field by field and read back whole,
    // which costs more than finding it.
    #[inline(always)]
    fn next(&mut self) -> Option<Match<'h>> {
        loop {
            let found = self.next_in_chunk();
            if found.is_some() || !self.next_chunk() {
                return found;
            }
        }
    }

    /// Finds the rest without returning in between, so that everything stays in registers: the fastest
    /// way, which `for_each`, `count` and others take too.
    #[inline]
    fn fold<B, F: FnMut(B, Match<'h>) -> B>(mut self, init: B, mut f: F) -> B {
        let mut result = init;
        while let Some(found) = self.next_in_chunk() {
            result = f(result, found);
        }
        self.engine.fold::<IGNORE_ASCII_CASE, _>(self.haystack, self.next, result, f)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let searched = if self.block.candidates != 0 || self.blocks != 0 { self.block.at } else { self.next };
        (0, Some(most_words_in(self.haystack.len().saturating_sub(searched))))
    }
}

impl<const IGNORE_ASCII_CASE: bool> FusedIterator for FindIter<'_, IGNORE_ASCII_CASE> {}

/// Returns the most words that `len` bytes can hold: each but the last is followed by another byte.
fn most_words_in(len: usize) -> usize {
    len.saturating_add(1) / (MIN_CODE_LEN + 1)
}

/// Bytes that are tested at once for the beginning of a code.
const BLOCK: usize = 64;

/// Bytes after a block that the tests of its last bytes read.
const LOOKAHEAD: usize = 3;

/// Blocks that are tested before the first candidate is looked at, so that the tests run without a
/// branch that depends on the data.
const BLOCKS: usize = 16;

const CHUNK: usize = BLOCKS * BLOCK;

/// The places in a block at which a code may begin.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Where the block begins.
    at: usize,
    /// A bit for each byte at which a code may begin.
    candidates: u64,
}

impl Block {
    /// Removes the first candidate and returns its place in the haystack.
    #[inline(always)]
    fn next_candidate(&mut self) -> Option<usize> {
        if self.candidates == 0 {
            return None;
        }
        let start = self.at + self.candidates.trailing_zeros() as usize;
        self.candidates &= self.candidates - 1;
        Some(start)
    }
}

impl<'h, const IGNORE_ASCII_CASE: bool> FindIter<'h, IGNORE_ASCII_CASE> {
    /// Finds the words that begin at `start` or later.
    #[inline]
    fn new(haystack: &'h [u8], start: usize, engine: Engine) -> Self {
        let block = Block { at: start, candidates: 0 };
        FindIter { haystack, next: start, candidates: [0; BLOCKS], blocks: 0, chunk: start, block, engine }
    }

    /// Finds the words that begin in `starts`, which is at most a chunk.
    #[inline]
    fn beginning_in(haystack: &'h [u8], starts: Range<usize>, engine: Engine) -> Self {
        let tested = haystack.get(..starts.end + LOOKAHEAD).unwrap_or(haystack);
        let mut words = FindIter::new(tested, starts.start, engine);
        words.next_chunk();
        words.haystack = haystack;
        words.next = haystack.len();
        words
    }

    /// As if made by [`new`](Self::new) with the same engine.
    fn restart(&mut self, haystack: &'h [u8], start: usize) {
        self.haystack = haystack;
        self.next = start;
        self.blocks = 0;
        self.block.candidates = 0;
    }

    /// Removes the next candidate of the chunk and returns its place in the haystack.
    #[inline(always)]
    fn next_candidate(&mut self) -> Option<usize> {
        if self.block.candidates == 0 {
            if self.blocks == 0 {
                return None;
            }
            let block = self.blocks.trailing_zeros() as usize;
            self.blocks &= self.blocks - 1;
            self.block =
                Block { at: self.chunk + block * BLOCK, candidates: self.candidates[block % BLOCKS] };
        }
        self.block.next_candidate()
    }

    /// Finds the next word that begins in the chunk.
    #[inline(always)]
    fn next_in_chunk(&mut self) -> Option<Match<'h>> {
        while let Some(start) = self.next_candidate() {
            if let Some(found) = match_at::<IGNORE_ASCII_CASE>(self.haystack, start) {
                return Some(found);
            }
        }
        None
    }

    /// Goes to the next chunk, or to what is left of the haystack, unless no code can begin there.
    #[inline(always)]
    fn next_chunk(&mut self) -> bool {
        let is_left = self.haystack.len().saturating_sub(self.next) > LOOKAHEAD;
        if is_left {
            self.engine.next_chunk(self);
        }
        is_left
    }

    /// Goes to the next chunk, or to what is left of the haystack. `test` is the engine's test of a
    /// block.
    #[inline(always)]
    fn next_chunk_with(&mut self, test: impl Fn(&[u8; BLOCK + LOOKAHEAD]) -> u64) {
        let mut rest = self.haystack.get(self.next..).unwrap_or_default();
        self.chunk = self.next;
        self.next += CHUNK;
        if let Some(chunk) = rest.first_chunk() {
            self.blocks = test_chunk(chunk, &mut self.candidates, test);
            return;
        }
        let mut blocks = 0;
        for (block, candidates) in self.candidates.iter_mut().enumerate() {
            if let Some(bytes) = rest.first_chunk() {
                *candidates = test(bytes);
                blocks |= u32::from(*candidates != 0) << block;
                rest = &rest[BLOCK..];
            } else {
                if rest.len() > LOOKAHEAD {
                    *candidates = test_last_block(self.haystack, rest, &test);
                    blocks |= u32::from(*candidates != 0) << block;
                }
                break;
            }
        }
        self.blocks = blocks;
    }
}

/// [`FindIter::fold`] from `start` on. `test` is the engine's test of a block.
#[inline(always)]
fn fold_with<'h, const IGNORE_ASCII_CASE: bool, B>(
    haystack: &'h [u8],
    start: usize,
    init: B,
    mut f: impl FnMut(B, Match<'h>) -> B,
    test: impl Fn(&[u8; BLOCK + LOOKAHEAD]) -> u64,
) -> B {
    let mut result = init;
    let mut at = start;
    let mut rest = haystack.get(at..).unwrap_or_default();
    let mut candidates = [0; BLOCKS];
    while let Some(chunk) = rest.first_chunk() {
        let mut blocks = test_chunk(chunk, &mut candidates, &test);
        while blocks != 0 {
            let block = blocks.trailing_zeros() as usize;
            blocks &= blocks - 1;
            let mut block = Block { at: at + block * BLOCK, candidates: candidates[block % BLOCKS] };
            while let Some(start) = block.next_candidate() {
                if let Some(found) = match_at::<IGNORE_ASCII_CASE>(haystack, start) {
                    result = f(result, found);
                }
            }
        }
        rest = &rest[CHUNK..];
        at += CHUNK;
    }
    loop {
        let candidates = match rest.first_chunk() {
            Some(bytes) => test(bytes),
            None if rest.len() > LOOKAHEAD => test_last_block(haystack, rest, &test),
            None => return result,
        };
        let mut block = Block { at, candidates };
        while let Some(start) = block.next_candidate() {
            if let Some(found) = match_at::<IGNORE_ASCII_CASE>(haystack, start) {
                result = f(result, found);
            }
        }
        rest = rest.get(BLOCK..).unwrap_or_default();
        at += BLOCK;
    }
}

/// Tests each block of a chunk. Returns a bit for each that has candidates.
#[inline(always)]
fn test_chunk(
    chunk: &[u8; CHUNK + LOOKAHEAD],
    candidates: &mut [u64; BLOCKS],
    test: impl Fn(&[u8; BLOCK + LOOKAHEAD]) -> u64,
) -> u32 {
    let mut blocks = 0;
    for (block, candidates) in candidates.iter_mut().enumerate() {
        if let Some(bytes) = chunk[block * BLOCK..].first_chunk() {
            *candidates = test(bytes);
            blocks |= u32::from(*candidates != 0) << block;
        }
    }
    blocks
}

/// Tests `rest`, the end of the haystack, which is less than a block and what its tests read.
#[inline(always)]
fn test_last_block(haystack: &[u8], rest: &[u8], test: impl Fn(&[u8; BLOCK + LOOKAHEAD]) -> u64) -> u64 {
    match haystack.last_chunk() {
        // Read together with bytes before it.
        Some(bytes) => test(bytes) >> (bytes.len() - rest.len()),
        None => test(&padded(rest)),
    }
}

/// Returns the first block from `at` on that has candidates, or one at the end that has none. `test` is
/// the engine's test of a block.
#[inline(always)]
fn next_block_with(haystack: &[u8], at: usize, test: impl Fn(&[u8; BLOCK + LOOKAHEAD]) -> u64) -> Block {
    let mut at = at;
    let mut rest = haystack.get(at..).unwrap_or_default();
    while let Some(bytes) = rest.first_chunk() {
        let candidates = test(bytes);
        if candidates != 0 {
            return Block { at, candidates };
        }
        rest = &rest[BLOCK..];
        at += BLOCK;
    }
    let candidates = if rest.len() > LOOKAHEAD { test_last_block(haystack, rest, test) } else { 0 };
    Block { at, candidates }
}

/// Returns the code-shaped word that begins at `start`.
#[inline(always)]
fn match_at<const IGNORE_ASCII_CASE: bool>(haystack: &[u8], start: usize) -> Option<Match<'_>> {
    let bytes = word_at(haystack, start)?;
    let (code, is_code_shaped): (_, fn(&[u8]) -> bool) = if IGNORE_ASCII_CASE {
        (EventCode::from_bytes_ignore_ascii_case(bytes), is_code_shaped_ignore_ascii_case)
    } else {
        (EventCode::from_bytes(bytes), is_code_shaped)
    };
    (code.is_some() || is_code_shaped(bytes)).then_some(Match { bytes, start, code })
}

/// Returns `bytes` followed by zeros.
#[inline(never)]
fn padded<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    for (to, from) in padded.iter_mut().zip(bytes) {
        *to = *from;
    }
    padded
}
