//! Codes in the middle of any bytes.

mod engine;
#[cfg(any(test, not(simd)))]
mod portable;
#[cfg(simd)]
#[allow(unsafe_code)]
mod simd;

#[cfg(test)]
mod tests;

use core::iter::FusedIterator;
use core::ops::Range;

use crate::EventCode;
use crate::shape::{MAX_CODE_LEN, MIN_CODE_LEN, is_code_shaped};
use engine::{Engine, word_bytes};

/// Finds every code-shaped word of `haystack`, from left to right.
///
/// A *word* is a maximal run of `[A-Za-z0-9_]`. A word is found if it is a code of the catalogue,
/// or if it is none but has the shape of one, `UPD[0-9]_[A-Z]+_[A-Z0-9]+` or `SYS_[0-9]+`, and is
/// at most 64 bytes long: an unknown code is reported, never dropped. Upper case only.
///
/// Time is linear in the haystack, whatever its bytes; no allocation, no panic.
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
#[inline]
pub fn find_iter(haystack: &[u8]) -> FindIter<'_> {
    FindIter::new(haystack, Engine::detect())
}

/// The first code-shaped word of `haystack`: the first item of [`find_iter`].
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
    first(haystack, Engine::detect())
}

/// Block by block, so that everything stays in registers: a record is often shorter than a chunk.
#[inline(always)]
fn first(haystack: &[u8], engine: Engine) -> Option<Match<'_>> {
    let mut block = Block { at: 0, candidates: 0 };
    loop {
        block = engine.next_block(haystack, block.at);
        if block.candidates == 0 {
            return None;
        }
        while let Some(start) = block.next_candidate() {
            if let Some(found) = match_at(haystack, start) {
                return Some(found);
            }
        }
        block.at += BLOCK;
    }
}

/// Iterator over the code-shaped words of a haystack, made by [`find_iter`].
///
/// ```
/// let mut found = event_log_codes::find_iter(b"SYS_111 after UPD2_FAIL_15");
/// assert_eq!(found.by_ref().count(), 2);
/// assert!(found.next().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct FindIter<'h> {
    haystack: &'h [u8],
    /// Where the next chunk stands.
    next: usize,
    /// For each block of the chunk a bit for each byte at which a code may begin.
    candidates: [u64; BLOCKS],
    /// A bit for each block of the chunk that has candidates and was not looked at.
    blocks: u32,
    /// Where the chunk stands.
    chunk: usize,
    /// The block that is looked at.
    block: Block,
    engine: Engine,
}

/// A code-shaped word and where it stands, found by [`find_iter`] or [`find`].
///
/// ```
/// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
/// assert_eq!((found.start(), found.end()), (5, 12));
/// assert_eq!(found.as_bytes(), b"SYS_111");
/// assert_eq!(found.code(), Some(event_log_codes::EventCode::Sys111));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'h> {
    bytes: &'h [u8],
    start: usize,
    code: Option<EventCode>,
}

impl<'h> Match<'h> {
    /// Offset in the haystack of the first byte, in bytes.
    ///
    /// ```
    /// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
    /// assert_eq!(found.start(), 5);
    /// ```
    #[inline]
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Offset in the haystack just after the last byte, in bytes.
    ///
    /// ```
    /// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
    /// assert_eq!(found.end(), 12);
    /// ```
    #[inline]
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.bytes.len()
    }

    /// Where in the haystack the word stands.
    ///
    /// ```
    /// let line = b"code=SYS_111;";
    /// let found = event_log_codes::find(line).unwrap();
    /// assert_eq!(&line[found.range()], b"SYS_111");
    /// ```
    #[inline]
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// The word itself.
    ///
    /// ```
    /// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
    /// assert_eq!(found.as_bytes(), b"SYS_111");
    /// ```
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &'h [u8] {
        self.bytes
    }

    /// The code that the word is; `None` for a code that the catalogue lacks.
    ///
    /// ```
    /// use event_log_codes::{EventCode, find};
    ///
    /// assert_eq!(find(b"code=SYS_111;").unwrap().code(), Some(EventCode::Sys111));
    /// assert_eq!(find(b"code=SYS_999;").unwrap().code(), None);
    /// ```
    #[inline]
    #[must_use]
    pub fn code(&self) -> Option<EventCode> {
        self.code
    }
}

impl<'h> Iterator for FindIter<'h> {
    type Item = Match<'h>;

    // Always: a match handed over in memory, written in parts and read whole, costs more than it.
    #[inline(always)]
    fn next(&mut self) -> Option<Match<'h>> {
        loop {
            while let Some(start) = self.block.next_candidate() {
                if let Some(found) = match_at(self.haystack, start) {
                    return Some(found);
                }
            }
            if self.blocks != 0 {
                let block = self.blocks.trailing_zeros() as usize;
                self.blocks &= self.blocks - 1;
                self.block =
                    Block { at: self.chunk + block * BLOCK, candidates: self.candidates[block % BLOCKS] };
                continue;
            }
            let left = self.haystack.len().saturating_sub(self.next);
            if left >= CHUNK + LOOKAHEAD {
                self.engine.next_chunk(self);
            } else if left > LOOKAHEAD {
                self.block = self.engine.next_block(self.haystack, self.next);
                self.next = self.block.at + BLOCK;
            } else {
                return None;
            }
        }
    }
}

impl FusedIterator for FindIter<'_> {}

/// Bytes that are tested at once for the beginning of a code.
const BLOCK: usize = 64;

/// Bytes beyond the block that the tests of its last bytes read.
const LOOKAHEAD: usize = 3;

/// Blocks that are tested before the first candidate is looked at: testing is then free of branches
/// that the data decides.
const BLOCKS: usize = 16;

const CHUNK: usize = BLOCKS * BLOCK;

/// Bytes that are sorted at once into those of words and others: one before a code and one after,
/// for nearly all codes.
const WINDOW: usize = 16;

/// Bytes of the haystack that are tested for the beginning of a code.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Where the block stands.
    at: usize,
    /// A bit for each byte at which a code may begin.
    candidates: u64,
}

impl Block {
    /// Takes the first candidate away.
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

impl<'h> FindIter<'h> {
    #[inline]
    fn new(haystack: &'h [u8], engine: Engine) -> Self {
        let block = Block { at: 0, candidates: 0 };
        FindIter { haystack, next: 0, candidates: [0; BLOCKS], blocks: 0, chunk: 0, block, engine }
    }

    /// Goes to the next chunk if the haystack has it whole, by an engine's test of a block.
    #[inline(always)]
    fn next_chunk_with(&mut self, test: impl Fn(&[u8; BLOCK + LOOKAHEAD]) -> u64) {
        let rest = self.haystack.get(self.next..).unwrap_or_default();
        let Some(chunk) = rest.first_chunk::<{ CHUNK + LOOKAHEAD }>() else {
            return;
        };
        // In a register until the end: each block's bit would wait for the last one's to be written.
        let mut blocks = 0;
        for (block, candidates) in self.candidates.iter_mut().enumerate() {
            if let Some(bytes) = chunk[block * BLOCK..].first_chunk() {
                *candidates = test(bytes);
                blocks |= u32::from(*candidates != 0) << block;
            }
        }
        self.blocks = blocks;
        self.chunk = self.next;
        self.next += CHUNK;
    }
}

/// The first block from `at` on that has candidates, or one at the end that has none, by an
/// engine's test of a block.
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
    let candidates = if rest.len() <= LOOKAHEAD {
        0
    } else if let Some(bytes) = haystack.last_chunk() {
        // Read with the bytes before, which were tested already.
        test(bytes) >> (bytes.len() - rest.len())
    } else {
        test(&padded(rest))
    };
    Block { at, candidates }
}

/// The code-shaped word that begins at `start`.
#[inline(always)]
fn match_at(haystack: &[u8], start: usize) -> Option<Match<'_>> {
    let bytes = word_at(haystack, start)?;
    let code = EventCode::from_bytes(bytes);
    (code.is_some() || is_code_shaped(bytes)).then_some(Match { bytes, start, code })
}

/// The word that begins at `at`, or a part of it that is too long for a code.
#[inline(always)]
fn word_at(haystack: &[u8], at: usize) -> Option<&[u8]> {
    // The byte before, which must not belong to the word, is sorted along with the word's.
    let window = haystack.get(at.wrapping_sub(1)..).and_then(|rest| rest.first_chunk());
    let Some(window) = window else {
        return word_at_edge(haystack, at);
    };
    match (word_bytes(window) ^ 1).trailing_ones() as usize {
        0..=MIN_CODE_LEN => None,
        WINDOW => word_at_edge(haystack, at),
        end => haystack.get(at..)?.get(..end - 1),
    }
}

/// The same for a word that is long, or at the beginning or near the end of the haystack.
#[inline(never)]
fn word_at_edge(haystack: &[u8], at: usize) -> Option<&[u8]> {
    let (before, rest) = haystack.split_at_checked(at)?;
    if before.last().is_some_and(|byte| is_word_byte(*byte)) {
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
const fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// `bytes` and zeros after them.
#[inline(never)]
fn padded<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut padded = [0; N];
    for (to, from) in padded.iter_mut().zip(bytes) {
        *to = *from;
    }
    padded
}
