//! Finds codes in bytes that arrive in pieces.

use core::iter::FusedIterator;

use super::engine::{Engine, word_bytes};
use super::escape::MAX_ESCAPE_LEN;
use super::filter::may_begin_code;
use super::word::{WINDOW, is_word_byte};
use super::{BLOCK, FindIter, Match, StreamMatch, first, most_words_in};
use crate::shape::MAX_CODE_LEN;

/// Bytes at the end of what was fed that later bytes may make part of a match: all but the last byte
/// of a word, and the escape sequence before it.
const TAIL: usize = MAX_ESCAPE_LEN + MAX_CODE_LEN;

/// Bytes at the start of a buffer in which a code is searched together with the tail, because an escape
/// sequence before it may have begun in the tail. A whole block, so that the blocks of the rest have the
/// alignment of the buffer: blocks that begin anywhere in a cache line take up to 7 % more time.
const EDGE: usize = BLOCK;
const _: () = assert!(EDGE >= MAX_ESCAPE_LEN);

/// Bytes at the start of a buffer that show the end of any code that begins in the first [`EDGE`] bytes.
const HEAD: usize = EDGE + MAX_CODE_LEN;

/// Finds codes in a stream that arrives in buffers of any size.
///
/// Finds exactly what [`find_iter`](crate::find_iter) finds in all buffers joined, each word once, with
/// its offset in the stream: across the edges of buffers, and after escape sequences that an edge cuts.
/// A word is reported when its end is known, so one that reaches the end of a buffer is reported by
/// the next call of [`feed`](Self::feed) or by [`finish`](Self::finish).
///
/// Takes less than 400 bytes, wherever the caller puts it. Never allocates, never panics.
///
/// ```
/// use event_log_codes::{EventCode, StreamFinder};
///
/// let mut finder = StreamFinder::new();
/// let mut found = Vec::new();
/// for buffer in [&b"failed:\\"[..], b"nUPD4_FAIL_22", b"0, then SYS", b"_111"] {
///     found.extend(finder.feed(buffer).map(|found| (found.start(), found.code())));
/// }
/// found.extend(finder.finish().map(|found| (found.start(), found.code())));
/// assert_eq!(found, [(9, Some(EventCode::Upd4Fail220)), (29, Some(EventCode::Sys111))]);
/// ```
///
/// # Reading one input in parallel
///
/// An input can be cut into pieces anywhere, and each piece be searched by a finder of its own, so that
/// each code is found once: by the finder of the piece in which it begins.
///
/// ```
/// use event_log_codes::{StreamFinder, find_iter};
///
/// fn codes_that_begin_in(input: &[u8], piece: std::ops::Range<usize>) -> Vec<u64> {
///     let before = &input[piece.start.saturating_sub(StreamFinder::LOOK_BEHIND)..piece.start];
///     let after = &input[piece.end..input.len().min(piece.end + StreamFinder::LOOK_AHEAD)];
///     let mut finder = StreamFinder::starting_at(piece.start as u64, before);
///     let mut starts = Vec::new();
///     for buffer in input[piece].chunks(64 << 10) {
///         starts.extend(finder.feed(buffer).map(|found| found.start()));
///     }
///     starts.extend(finder.finish_before(after).map(|found| found.start()));
///     starts
/// }
///
/// let input = b"failed:\\nUPD4_FAIL_220, then SYS_111";
/// for cut in 0..input.len() {
///     let mut starts = codes_that_begin_in(input, 0..cut);
///     starts.extend(codes_that_begin_in(input, cut..input.len()));
///     assert_eq!(starts, [9, 29]);
/// }
/// ```
#[derive(Clone, Debug)]
pub struct StreamFinder {
    /// The last bytes of the stream so far. Zeros stand before its first byte: like the start of a
    /// haystack, they are neither part of a word nor of an escape sequence.
    tail: [u8; TAIL],
    /// The tail as it was before the last buffer, and the first bytes of that buffer.
    edge: [u8; TAIL + HEAD],
    /// The offset in the stream of the next byte that is fed.
    position: u64,
    /// The offset of the first byte at which a match may begin.
    start: u64,
}

impl StreamFinder {
    /// The number of bytes before a piece of a stream that [`starting_at`](Self::starting_at) needs to
    /// recognise any escape sequence.
    pub const LOOK_BEHIND: usize = MAX_ESCAPE_LEN;

    /// The number of bytes after a piece of a stream that [`finish_before`](Self::finish_before) needs
    /// to see the end of any code that begins in the piece.
    pub const LOOK_AHEAD: usize = MAX_CODE_LEN;

    /// Creates a finder for a stream that begins with the first byte fed.
    ///
    /// ```
    /// let mut finder = event_log_codes::StreamFinder::new();
    /// assert_eq!(finder.feed(b"SYS_111 ").count(), 1);
    /// ```
    #[inline]
    #[must_use]
    pub const fn new() -> Self {
        StreamFinder { tail: [0; TAIL], edge: [0; TAIL + HEAD], position: 0, start: 0 }
    }

    /// Creates a finder for the rest of a stream from `offset` on.
    ///
    /// `before` are the bytes before `offset`: the last [`LOOK_BEHIND`](Self::LOOK_BEHIND), or all if
    /// there are fewer. More are allowed. Nothing that begins in them is reported.
    ///
    /// ```
    /// use event_log_codes::StreamFinder;
    ///
    /// let mut finder = StreamFinder::starting_at(1000, b"SYS_111 failed:\\");
    /// assert_eq!(finder.feed(b"nSYS_112 ").next().unwrap().range(), 1001..1008);
    ///
    /// let mut finder = StreamFinder::starting_at(1000, b"SYS_111 UPD4_");
    /// assert!(finder.feed(b"SYS_112 ").next().is_none());
    /// ```
    #[must_use]
    pub fn starting_at(offset: u64, before: &[u8]) -> Self {
        let mut finder = StreamFinder { position: offset, start: offset, ..StreamFinder::new() };
        let len = finder.join(before.last_chunk::<TAIL>().map_or(before, |tail| tail));
        finder.keep_tail(len);
        finder
    }

    /// Takes the next bytes of the stream and finds every word whose end they show.
    ///
    /// The bytes count as fed even if the iterator is dropped early. A word that crosses the edge of a
    /// buffer is lent from the finder's own memory.
    ///
    /// Takes time in the length of `bytes`, and a constant for each call: about that of searching 1 KB.
    ///
    /// ```
    /// let mut finder = event_log_codes::StreamFinder::new();
    /// let starts: Vec<u64> = finder.feed(b"SYS_111 SYS_112 SYS_1").map(|found| found.start()).collect();
    /// assert_eq!(starts, [0, 8]);
    /// let found = finder.feed(b"13 ").next().unwrap();
    /// assert_eq!((found.start(), found.as_str()), (16, "SYS_113"));
    /// ```
    pub fn feed<'a>(&'a mut self, bytes: &'a [u8]) -> StreamMatches<'a> {
        let position = self.position;
        let start = self.start_of_last_word();
        self.position = position.wrapping_add(bytes.len() as u64);
        let engine = Engine::detect();
        let whole_words = without_last_word(bytes);
        let tail = bytes.last_chunk();
        if let Some(tail) = tail {
            // Mostly no code begins so near to where two buffers meet, and then nothing has to be joined.
            let mut words = FindIter::new(whole_words, 0, engine);
            words.next_chunk();
            if words.blocks & 1 == 0 && !may_hold_code(self.tail.get(start..).unwrap_or_default()) {
                self.tail = *tail;
                return StreamMatches { words, position, rest: None };
            }
        }
        let len = self.join(bytes);
        match tail {
            Some(tail) => self.tail = *tail,
            None => self.keep_tail(len),
        }
        let edge = self.edge.get(..len).unwrap_or_default();
        let (words, rest) = if bytes.len() < HEAD {
            (FindIter::new(without_last_word(edge), start, engine), None)
        } else {
            (FindIter::beginning_in(edge, start..TAIL + EDGE, engine), Some(whole_words))
        };
        StreamMatches { words, position: position.wrapping_sub(TAIL as u64), rest }
    }

    /// Ends the stream and returns the word that its end ends, if there is one.
    ///
    /// Afterwards the finder is ready for another stream, as if it were [new](Self::new).
    ///
    /// ```
    /// let mut finder = event_log_codes::StreamFinder::new();
    /// assert_eq!(finder.feed(b"code=SYS_111").count(), 0);
    /// assert_eq!(finder.finish().unwrap().range(), 5..12);
    /// assert!(finder.finish().is_none());
    /// ```
    pub fn finish(&mut self) -> Option<StreamMatch<'_>> {
        self.finish_before(&[])
    }

    /// Ends a piece of a stream and returns the word that begins in the piece and reaches its end, if
    /// there is one.
    ///
    /// `after` are the bytes after the piece: the first [`LOOK_AHEAD`](Self::LOOK_AHEAD), or all if
    /// there are fewer. More are allowed. Nothing that begins in them is returned.
    ///
    /// Afterwards the finder is ready for another stream, as if it were [new](Self::new).
    ///
    /// ```
    /// let mut finder = event_log_codes::StreamFinder::new();
    /// assert_eq!(finder.feed(b"code=SYS_1").count(), 0);
    /// assert_eq!(finder.finish_before(b"11;SYS_112").unwrap().as_str(), "SYS_111");
    /// ```
    pub fn finish_before(&mut self, after: &[u8]) -> Option<StreamMatch<'_>> {
        let before_edge = self.position.wrapping_sub(TAIL as u64);
        let start = self.start_of_last_word();
        let len = self.join(after);
        (self.tail, self.position, self.start) = ([0; TAIL], 0, 0);
        first(self.edge.get(..len).unwrap_or_default(), start, Engine::detect())
            .filter(|found| found.start < TAIL)
            .map(|found| in_stream(found, before_edge))
    }

    /// Returns where in the tail a match may begin that later bytes end: where the last word does, unless
    /// that is too long or begins before the stream does.
    fn start_of_last_word(&self) -> usize {
        let fed = usize::try_from(self.position.wrapping_sub(self.start)).unwrap_or(usize::MAX);
        without_last_word(&self.tail).len().max(TAIL - fed.min(MAX_CODE_LEN))
    }

    /// Joins the tail and the first of the bytes that follow it. Returns the length of both.
    fn join(&mut self, following: &[u8]) -> usize {
        let Some((tail, head)) = self.edge.split_first_chunk_mut() else {
            return 0;
        };
        *tail = self.tail;
        let len = following.len().min(HEAD);
        if let (Some(to), Some(from)) = (head.get_mut(..len), following.get(..len)) {
            to.copy_from_slice(from);
        }
        TAIL + len
    }

    /// Keeps the last of the `len` bytes that are joined.
    fn keep_tail(&mut self, len: usize) {
        if let Some(tail) = self.edge.get(..len).and_then(|edge| edge.last_chunk()) {
            self.tail = *tail;
        }
    }
}

/// To search a stream from its start.
impl Default for StreamFinder {
    #[inline]
    fn default() -> Self {
        StreamFinder::new()
    }
}

/// An iterator over the words whose end a buffer shows, returned by [`StreamFinder::feed`].
///
/// ```
/// let mut finder = event_log_codes::StreamFinder::new();
/// assert_eq!(finder.feed(b"SYS_111 after UPD2_FAIL_15 SYS_1").count(), 2);
/// ```
#[derive(Clone, Debug)]
#[must_use = "iterators are lazy and do nothing unless consumed"]
pub struct StreamMatches<'a> {
    /// Searches the edge, which is the tail of the buffers before and the head of this one; then the rest
    /// of this buffer.
    words: FindIter<'a>,
    /// The offset in the stream of the first byte that `words` searches.
    position: u64,
    /// This buffer without the word that its end cuts, while only the edge is searched.
    rest: Option<&'a [u8]>,
}

impl<'a> Iterator for StreamMatches<'a> {
    type Item = StreamMatch<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<StreamMatch<'a>> {
        loop {
            if let Some(found) = self.words.next_in_chunk() {
                return Some(in_stream(found, self.position));
            }
            if !self.words.next_chunk() && !self.go_to_rest() {
                return None;
            }
        }
    }

    /// Finds the rest without returning in between: the fastest way, which `for_each`, `count` and others
    /// take too.
    #[inline]
    fn fold<B, F: FnMut(B, StreamMatch<'a>) -> B>(mut self, init: B, mut f: F) -> B {
        let mut result = init;
        while let Some(found) = self.words.next_in_chunk() {
            result = f(result, in_stream(found, self.position));
        }
        self.go_to_rest();
        let position = self.position;
        self.words.fold(result, |result, found| f(result, in_stream(found, position)))
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let rest = self.rest.map_or(0, |bytes| most_words_in(bytes.len().saturating_sub(EDGE)));
        (0, self.words.size_hint().1.and_then(|words| words.checked_add(rest)))
    }
}

impl FusedIterator for StreamMatches<'_> {}

impl StreamMatches<'_> {
    /// Goes from the edge to the rest of the buffer, unless that was done before.
    #[cold]
    #[inline(never)]
    fn go_to_rest(&mut self) -> bool {
        let Some(bytes) = self.rest.take() else {
            return false;
        };
        self.words.restart(bytes, EDGE);
        self.position = self.position.wrapping_add(TAIL as u64);
        true
    }
}

/// Returns `bytes` without the word that may go on in the bytes after them.
fn without_last_word(bytes: &[u8]) -> &[u8] {
    let mut rest = bytes;
    while let Some((before, window)) = rest.split_last_chunk::<WINDOW>() {
        let others = WINDOW - (word_bytes(window) << (u32::BITS as usize - WINDOW)).leading_ones() as usize;
        if others > 0 {
            return rest.get(..before.len() + others).unwrap_or_default();
        }
        rest = before;
    }
    while let [before @ .., last] = rest {
        if !is_word_byte(*last) {
            break;
        }
        rest = before;
    }
    rest
}

/// Whether `bytes` have one with which codes begin. Without a branch for each byte, so that many are tested
/// at once.
fn may_hold_code(bytes: &[u8]) -> bool {
    bytes.iter().fold(false, |any, byte| any | may_begin_code(*byte))
}

fn in_stream(found: Match<'_>, position: u64) -> StreamMatch<'_> {
    let Match { bytes, start, code } = found;
    StreamMatch { bytes, start: position.wrapping_add(start as u64), code }
}
