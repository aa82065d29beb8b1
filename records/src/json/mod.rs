//! JSON values: checks their grammar and gathers their fields in one pass.

mod walk;

use event_log_codes::{FindIter, find_iter};

use crate::assembly::{Assembly, LEVELS};
use crate::event::{Cause, Found};
use crate::fields::FieldNames;
use crate::index::Marks;
use crate::keys::Keys;
use crate::simd::Engine;
use crate::value::Span;
pub(crate) use walk::Walk;

/// Reads JSON values.
///
/// As RFC 8259 has them but for what is inside of strings, where nothing that is wrong puts the
/// structure in doubt: control characters except line feeds, unknown escapes and invalid UTF-8 are
/// accepted.
#[derive(Debug)]
pub(crate) struct Json {
    /// For the text of each level, which is read while that of the level before is.
    marks: [Marks; LEVELS + 1],
    keys: Keys,
}

/// Text that is read: the input, or a string of JSON without its escapes.
pub(crate) struct Text<'b> {
    /// What may be read: a part from the start of `all`.
    pub bytes: &'b [u8],
    all: &'b [u8],
    /// The text that the string stands in; empty if it is not in a string.
    around: &'b [u8],
    pub level: u8,
    /// Where in the input the string stands; the text itself if it is not in a string.
    at: Option<usize>,
    /// Whether a value ends with its line.
    pub lines: bool,
    codes: FindIter<'b>,
    /// Where the bytes stand that `codes` are found in.
    codes_start: usize,
    next_code: Option<Found>,
    next_backslash: usize,
    /// The first place where a string may need a closer look: a code or a backslash.
    stop: usize,
}

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub cause: Cause,
    pub at: usize,
}

impl<'b> Text<'b> {
    /// The input; `lines` if a value ends with its line.
    pub(crate) fn input(bytes: &'b [u8], lines: bool) -> Text<'b> {
        Text::new(bytes, 0, &[], 0, None, lines)
    }

    /// What a string of `around` holds that stands at `at` of the input: `bytes` from `start` on.
    fn inner(bytes: &'b [u8], start: usize, around: &'b Text<'_>, at: usize) -> Text<'b> {
        Text::new(bytes, start, around.bytes, around.level + 1, Some(at), false)
    }

    fn new(
        bytes: &'b [u8],
        start: usize,
        around: &'b [u8],
        level: u8,
        at: Option<usize>,
        lines: bool,
    ) -> Text<'b> {
        let codes = find_iter(bytes.get(start..).unwrap_or_default());
        let mut text = Text {
            bytes,
            all: bytes,
            around,
            level,
            at,
            lines,
            codes,
            codes_start: start,
            next_code: None,
            next_backslash: start,
            stop: start,
        };
        text.find_code();
        text
    }

    /// Finds the next code; returns where it begins.
    #[inline]
    fn find_code(&mut self) -> usize {
        let Some(found) = self.codes.next() else {
            self.next_code = None;
            return usize::MAX;
        };
        let start = (self.codes_start + found.start()) as u32;
        self.next_code = Some(Found { start, len: found.as_bytes().len() as u8, code: found.code() });
        start as usize
    }

    /// Whether two values are the same, of those that are known while this text is read.
    #[inline]
    fn same(&self) -> impl Fn(&[Vec<u8>], Span, Span) -> bool {
        |scratch, one, other| {
            let text = |span: Span| match span.level() {
                level if level == self.level => self.bytes.get(span.start()..span.end()),
                level if level + 1 == self.level => self.around.get(span.start()..span.end()),
                _ => Some(span.of(&[], scratch)),
            };
            text(one) == text(other)
        }
    }

    /// Where in the input `at` is, or the string that it is in.
    fn position(&self, at: usize) -> usize {
        self.at.unwrap_or(at)
    }

    /// The next code if it begins before `end`.
    #[inline]
    fn take_code(&mut self, end: usize) -> Option<Found> {
        let found = self.next_code.filter(|found| found.range().start < end)?;
        self.find_code();
        Some(found)
    }

    #[inline]
    fn next_code_start(&self) -> usize {
        self.next_code.map_or(usize::MAX, |found| found.start as usize)
    }

    /// Notes the next code as a code of the record, if there is one.
    // Inlined, it would take registers from the loop that calls it once in a record.
    #[inline(never)]
    fn take_next_code(&mut self, codes: &mut Vec<Found>) {
        codes.extend(self.next_code);
        // Read from `next_code`, the processor would wait until all of it is written.
        let start = self.find_code();
        self.stop = self.next_backslash.min(start);
    }

    /// Notes the codes before `end` as codes of the record.
    #[inline]
    pub(crate) fn take_codes(&mut self, end: usize, codes: &mut Vec<Found>) {
        while let Some(found) = self.take_code(end) {
            codes.push(found);
        }
    }

    /// Whether a code begins before `end`.
    pub(crate) fn has_code(&self, end: usize) -> bool {
        self.next_code_start() < end
    }

    /// Lets nothing be read from `end` on.
    pub(crate) fn bound(&mut self, end: usize) {
        self.bytes = &self.all[..end];
    }

    /// Makes the strings from an earlier place on be looked at anew.
    pub(crate) fn rewind(&mut self) {
        self.next_backslash = 0;
        self.stop = 0;
    }
}

impl Json {
    pub(crate) fn new(engine: Engine) -> Json {
        Json { marks: std::array::from_fn(|_| Marks::new(engine)), keys: Keys::new() }
    }

    /// Forgets the names of fields: the next ones are others.
    pub(crate) fn forget_names(&mut self) {
        self.keys.clear();
    }

    /// Forgets the bytes before: the next ones are others.
    pub(crate) fn reset(&mut self) {
        self.marks.iter_mut().for_each(Marks::reset);
    }

    /// Begins to read: fields with `names` go to `assembly`.
    #[inline]
    pub(crate) fn walk<'w>(&'w mut self, names: &'w FieldNames, assembly: &'w mut Assembly) -> Walk<'w> {
        let [marks, deeper @ ..] = &mut self.marks;
        Walk { marks, deeper, keys: &mut self.keys, names, assembly }
    }
}

/// Whether `text`, which begins with `{`, goes on as an object does; with `lines` in the same line, or
/// not at all.
pub(crate) fn begins_object(text: &[u8], lines: bool) -> bool {
    let is_space = |byte: u8| byte.is_ascii_whitespace() && !(lines && byte == b'\n');
    match text.iter().skip(1).find(|byte| !is_space(**byte)) {
        Some(next) => matches!(next, b'"' | b'}' | b'\n'),
        None => lines,
    }
}
