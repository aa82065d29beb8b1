//! Where quotes, backslashes, brackets and line feeds stand, 64 bytes at a time.

use crate::simd::Engine;

/// Bytes that are classified at once.
pub(crate) const BLOCK: usize = 64;

/// For each byte of a block, in each mask, a bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    pub quotes: u64,
    pub backslashes: u64,
    pub line_feeds: u64,
    /// `{`, `}`, `[` and `]`.
    pub brackets: u64,
}

/// Which bytes of a block are escaped by a backslash before them.
///
/// `carry` is 1 if the last byte of the block before escapes the first of this one. The arithmetic is
/// simdjson's: subtracting the starts of the runs of backslashes carries through each run, which
/// leaves a bit for every second one.
#[inline(always)]
pub(crate) fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    const ODD: u64 = 0xAAAA_AAAA_AAAA_AAAA;
    if backslashes == 0 {
        return std::mem::take(carry);
    }
    let starts = backslashes & !*carry;
    let codes = ((starts << 1) | ODD).wrapping_sub(starts) ^ ODD;
    let escaped = codes ^ (backslashes | *carry);
    *carry = (codes & backslashes) >> 63;
    escaped
}

/// Writes the position of each set bit of `bits` to `out` from index `count` on; returns the new
/// count. `out` has room for 64 more than are set.
#[inline(always)]
pub(crate) fn write_positions(out: &mut [u32], count: usize, base: u32, mut bits: u64) -> usize {
    let after = count + bits.count_ones() as usize;
    let mut at = count;
    while bits != 0 {
        // Eight at a time, whether set or not: a branch for each bit would be mispredicted.
        let Some(slots) = out.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<8>()) else {
            break;
        };
        for slot in slots {
            *slot = base + bits.trailing_zeros();
            bits &= bits.wrapping_sub(1);
        }
        at += 8;
    }
    after
}

/// The quotes and line feeds of some bytes, in order, found a window at a time.
///
/// A quote that a backslash escapes is left out. A line feed is listed wherever it stands: in JSON it
/// ends a string that was not closed.
#[derive(Debug)]
pub(crate) struct Marks {
    engine: Engine,
    /// Where the marks are, then some that are no positions.
    pub positions: Vec<u32>,
    count: usize,
    /// The first mark that was not read.
    pub next: usize,
    /// A bit for each byte of the window that is a backslash.
    backslashes: Vec<u64>,
    window: std::ops::Range<usize>,
    /// 1 if the byte before the window's end escapes the byte after.
    carry: u64,
}

/// Bytes that are indexed at once: few enough that what is noted of them stays in the fastest cache.
const WINDOW: usize = 32 << 10;

/// Positions behind the last that may be looked at.
const SENTINELS: usize = 4;

/// No position: batches are shorter.
const NONE: u32 = u32::MAX;

impl Marks {
    pub(crate) fn new(engine: Engine) -> Marks {
        Marks {
            engine,
            positions: Vec::new(),
            count: 0,
            next: 0,
            backslashes: Vec::new(),
            window: 0..0,
            carry: 0,
        }
    }

    /// Forgets what it was about: the next bytes are others.
    pub(crate) fn reset(&mut self) {
        self.clear(0);
    }

    /// Goes on at `at`, which is not inside a string and not behind a backslash.
    #[inline]
    pub(crate) fn seek(&mut self, at: usize) {
        if !self.window.contains(&at) {
            self.clear(at);
        } else if self.next > 0 && self.positions[self.next - 1] as usize >= at {
            self.next = self.positions[..self.count].partition_point(|mark| (*mark as usize) < at);
        }
        // The line feed before, mostly.
        while self.positions.get(self.next).is_some_and(|mark| (*mark as usize) < at) {
            self.next += 1;
        }
    }

    fn clear(&mut self, at: usize) {
        self.count = 0;
        self.next = 0;
        self.window = at..at;
        self.carry = 0;
        self.set_sentinels();
    }

    /// Ends the positions with some that are none.
    fn set_sentinels(&mut self) {
        let end = self.count + SENTINELS;
        if self.positions.len() < end {
            self.positions.resize(end, 0);
        }
        self.positions[self.count..end].fill(NONE);
    }

    /// The position of the quote, or the line feed, that ends the string whose quote stands at
    /// `open`; none if the bytes end before.
    #[inline(always)]
    pub(crate) fn string_end(&mut self, bytes: &[u8], open: usize) -> Option<usize> {
        if let Some(&[first, end]) = self.positions.get(self.next..self.next + 2)
            && first as usize == open
            && end != NONE
        {
            self.next += 2;
            return Some(end as usize);
        }
        self.later_string_end(bytes, open)
    }

    #[inline(never)]
    fn later_string_end(&mut self, bytes: &[u8], open: usize) -> Option<usize> {
        loop {
            match self.positions[..self.count].get(self.next..self.next + 2) {
                Some(&[first, end]) if first as usize >= open => {
                    self.next += 2;
                    return Some(end as usize);
                }
                Some(_) => self.next += 1,
                None => {
                    if !self.refill(bytes) {
                        return None;
                    }
                }
            }
        }
    }

    /// The position of the first backslash from `at` on, or a place before it up to which there is
    /// none.
    pub(crate) fn next_backslash(&self, at: usize) -> usize {
        if !self.window.contains(&at) {
            return self.window.end.max(at);
        }
        let offset = at - self.window.start;
        let mut word = offset / BLOCK;
        let mut bits = self.backslashes[word] & (!0 << (offset % BLOCK));
        while bits == 0 {
            word += 1;
            match self.backslashes.get(word) {
                Some(next) => bits = *next,
                None => return self.window.end,
            }
        }
        self.window.start + word * BLOCK + bits.trailing_zeros() as usize
    }

    /// Indexes the next window; false if there is none.
    #[inline(never)]
    fn refill(&mut self, bytes: &[u8]) -> bool {
        let start = self.window.end;
        let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) else {
            return false;
        };
        let window = &rest[..rest.len().min(WINDOW)];
        let left = self.count - self.next;
        self.positions.copy_within(self.next..self.count, 0);
        let room = left + window.len() + BLOCK;
        if self.positions.len() < room {
            self.positions.resize(room, 0);
        }
        self.backslashes.clear();
        self.backslashes.reserve(WINDOW / BLOCK);
        self.next = 0;
        self.count = self.engine.index(
            window,
            start as u32,
            &mut self.carry,
            &mut self.positions,
            left,
            &mut self.backslashes,
        );
        self.window = start..start + window.len();
        self.set_sentinels();
        true
    }
}

/// Indexes `window` with an engine's test of a block and its way to [write](write_positions); see
/// [`Engine::index`].
#[inline(always)]
#[allow(clippy::too_many_arguments, reason = "the last two are the engine's")]
pub(crate) fn index_with(
    window: &[u8],
    start: u32,
    carry: &mut u64,
    positions: &mut [u32],
    count: usize,
    backslashes: &mut Vec<u64>,
    classify: impl Fn(&[u8; BLOCK]) -> Masks,
    write: impl Fn(&mut [u32], usize, u32, u64) -> usize,
) -> usize {
    let (blocks, rest) = window.as_chunks::<BLOCK>();
    let mut padded = [b' '; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    let last = (!rest.is_empty()).then_some(&padded);
    let (mut count, mut base) = (count, start);
    for block in blocks.iter().chain(last) {
        let masks = classify(block);
        let quotes = masks.quotes & !escaped(masks.backslashes, carry);
        backslashes.push(masks.backslashes);
        count = write(positions, count, base, quotes | masks.line_feeds);
        base += BLOCK as u32;
    }
    count
}

/// Writes the position of each byte of `window` that `classify` has a bit for, counted from `start`, to
/// `positions`; returns how many there are.
#[inline(always)]
pub(crate) fn index_cells_with(
    window: &[u8],
    start: u32,
    positions: &mut [u32],
    classify: impl Fn(&[u8; BLOCK]) -> u64,
    write: impl Fn(&mut [u32], usize, u32, u64) -> usize,
) -> usize {
    let (blocks, rest) = window.as_chunks::<BLOCK>();
    // No delimiter.
    let mut padded = [0; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    let last = (!rest.is_empty()).then_some(&padded);
    let (mut count, mut base) = (0, start);
    for block in blocks.iter().chain(last) {
        count = write(positions, count, base, classify(block));
        base += BLOCK as u32;
    }
    count
}

/// The quotes, delimiters and line feeds of some rows, in order, found a window at a time.
#[derive(Debug)]
pub(crate) struct CellMarks {
    engine: Engine,
    delimiter: u8,
    positions: Vec<u32>,
    count: usize,
    next: usize,
    window: std::ops::Range<usize>,
}

impl CellMarks {
    pub(crate) fn new(engine: Engine) -> CellMarks {
        CellMarks { engine, delimiter: 0, positions: Vec::new(), count: 0, next: 0, window: 0..0 }
    }

    /// Forgets what it was about: the next bytes are others.
    pub(crate) fn reset(&mut self, delimiter: u8) {
        self.delimiter = delimiter;
        self.window = 0..0;
        (self.count, self.next) = (0, 0);
    }

    /// The marks from `at` on, as far as they are known.
    #[inline]
    pub(crate) fn from(&mut self, bytes: &[u8], at: usize) -> &[u32] {
        if !self.window.contains(&at) {
            self.refill(bytes, at);
        }
        while self.positions[..self.count].get(self.next).is_some_and(|mark| (*mark as usize) < at) {
            self.next += 1;
        }
        &self.positions[self.next..self.count]
    }

    /// Finds the marks from `at` on; whether they are more than those that are known.
    pub(crate) fn refill(&mut self, bytes: &[u8], at: usize) -> bool {
        let window = at..bytes.len().min(at + WINDOW);
        if self.window == window {
            return false;
        }
        self.positions.resize(WINDOW + BLOCK, 0);
        self.window = window.clone();
        self.next = 0;
        self.count = self.engine.index_cells(&bytes[window], at as u32, self.delimiter, &mut self.positions);
        true
    }

    /// Takes the first `len` marks as read.
    #[inline]
    pub(crate) fn take(&mut self, len: usize) {
        self.next += len;
    }
}

/// The brackets outside of strings, in order, and the line feeds in strings, which end them; found a
/// window at a time.
#[derive(Debug)]
pub(crate) struct Brackets {
    engine: Engine,
    positions: Vec<u32>,
    count: usize,
    next: usize,
    /// Where the window ends.
    end: usize,
    strings: Strings,
}

/// Whether bytes are inside a string, carried from block to block.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strings {
    /// All ones inside of a string.
    inside: u64,
    carry: u64,
}

impl Brackets {
    pub(crate) fn new(engine: Engine) -> Brackets {
        Brackets { engine, positions: Vec::new(), count: 0, next: 0, end: 0, strings: Strings::default() }
    }

    /// Goes on at `at`, which is not inside a string.
    pub(crate) fn restart(&mut self, at: usize) {
        (self.count, self.next, self.end, self.strings) = (0, 0, at, Strings::default());
    }

    /// Goes on at `at`, which is not inside a string, behind what was found last and nothing but white
    /// space, commas and brackets.
    pub(crate) fn skip_to(&mut self, at: usize) {
        while self.next < self.count && (self.positions[self.next] as usize) < at {
            self.next += 1;
        }
        if self.next == self.count && self.end < at {
            self.restart(at);
        }
    }

    /// Forgets the first `len` bytes of the buffer; what was found behind them is found again if it is
    /// `at` that the search goes on.
    pub(crate) fn take(&mut self, len: usize, at: usize) {
        if self.next < self.count || self.end < len {
            self.restart(at);
        } else {
            self.end -= len;
        }
    }

    /// Where the search has come to.
    pub(crate) fn end(&self) -> usize {
        self.end
    }

    /// The position of the next bracket outside of strings or line feed in a string.
    #[inline(always)]
    pub(crate) fn next(&mut self, bytes: &[u8]) -> Option<usize> {
        if self.next == self.count && !self.refill(bytes) {
            return None;
        }
        let position = self.positions.get(self.next)?;
        self.next += 1;
        Some(*position as usize)
    }

    #[inline(never)]
    fn refill(&mut self, bytes: &[u8]) -> bool {
        while self.next == self.count {
            let start = self.end;
            let mut window = bytes.get(start..).unwrap_or_default();
            if window.len() > WINDOW {
                window = &window[..WINDOW];
            } else if window.len() % BLOCK != 0 {
                // What a backslash at the end escapes is not there yet.
                let len = window.iter().rposition(|byte| *byte != b'\\').map_or(0, |last| last + 1);
                window = &window[..len.max(window.len() / BLOCK * BLOCK)];
            }
            if window.is_empty() {
                return false;
            }
            if self.positions.len() < window.len() + BLOCK {
                self.positions.resize(window.len() + BLOCK, 0);
            }
            self.next = 0;
            self.count =
                self.engine.index_brackets(window, start as u32, &mut self.strings, &mut self.positions);
            self.end = start + window.len();
        }
        true
    }
}

/// Indexes `window` with an engine's test of a block and its way to [write](write_positions); see
/// [`Brackets`].
#[inline(always)]
pub(crate) fn index_brackets_with(
    window: &[u8],
    start: u32,
    strings: &mut Strings,
    positions: &mut [u32],
    classify: impl Fn(&[u8; BLOCK]) -> Masks,
    write: impl Fn(&mut [u32], usize, u32, u64) -> usize,
) -> usize {
    let (blocks, rest) = window.as_chunks::<BLOCK>();
    let mut padded = [b' '; BLOCK];
    padded[..rest.len()].copy_from_slice(rest);
    let last = (!rest.is_empty()).then_some(&padded);
    let (mut count, mut base) = (0, start);
    let Strings { mut inside, mut carry } = *strings;
    for block in blocks.iter().chain(last) {
        let masks = classify(block);
        let quotes = masks.quotes & !escaped(masks.backslashes, &mut carry);
        let in_string = prefix_xor(quotes) ^ inside;
        inside = ((in_string as i64) >> 63) as u64;
        let found = (masks.brackets & !in_string) | (masks.line_feeds & in_string);
        count = write(positions, count, base, found);
        base += BLOCK as u32;
    }
    *strings = Strings { inside, carry };
    count
}

/// For each bit whether the number of bits set up to it, with it, is odd.
#[inline(always)]
fn prefix_xor(bits: u64) -> u64 {
    let mut bits = bits;
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}
