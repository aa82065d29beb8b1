//! JSON values: checks their grammar and gathers their fields in one pass.

use std::ops::Range;

use event_log_codes::{FindIter, find, find_iter};
use memchr::memchr;

use crate::assembly::{Assembly, LEVELS, MAX_DEPTH};
use crate::event::{Cause, Found};
use crate::fields::{Field, FieldNames, Rank};
use crate::index::Marks;
use crate::simd::Engine;
use crate::unescape::unescape;
use crate::value::Span;

/// Reads JSON values.
///
/// As RFC 8259 has them but for what is inside of strings, where nothing that is wrong puts the
/// structure in doubt: control characters except line feeds, unknown escapes and invalid UTF-8 are
/// accepted.
#[derive(Debug)]
pub(crate) struct Json {
    /// For the text of each level, which is read while that of the level before is.
    marks: [Marks; LEVELS + 1],
}

/// Text that is read: the input, or a string of JSON without its escapes.
pub(crate) struct Text<'b> {
    pub bytes: &'b [u8],
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
        Text::new(bytes, 0, 0, None, lines)
    }

    /// What a string that stands at `at` of the input holds: `bytes` from `start` on.
    fn inner(bytes: &'b [u8], start: usize, level: u8, at: usize) -> Text<'b> {
        Text::new(bytes, start, level, Some(at), false)
    }

    fn new(bytes: &'b [u8], start: usize, level: u8, at: Option<usize>, lines: bool) -> Text<'b> {
        let codes = find_iter(bytes.get(start..).unwrap_or_default());
        let mut text = Text {
            bytes,
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

    #[inline]
    fn find_code(&mut self) {
        self.next_code = self.codes.next().map(|found| Found {
            start: (self.codes_start + found.start()) as u32,
            len: found.as_bytes().len() as u8,
            code: found.code(),
        });
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

    /// Makes the strings from an earlier place on be looked at anew.
    pub(crate) fn rewind(&mut self) {
        self.next_backslash = 0;
        self.stop = 0;
    }
}

/// The key of a member and what it means.
#[derive(Clone, Copy)]
struct Member {
    key: Span,
    meaning: Option<(Field, Rank)>,
}

impl Member {
    const NONE: Member = Member { key: Span::EMPTY, meaning: None };
}

impl Json {
    pub(crate) fn new(engine: Engine) -> Json {
        Json { marks: std::array::from_fn(|_| Marks::new(engine)) }
    }

    /// Forgets the bytes before: the next ones are others.
    pub(crate) fn reset(&mut self) {
        self.marks.iter_mut().for_each(Marks::reset);
    }

    /// Reads the value at `at`; returns where it ends.
    ///
    /// On an error the frames that are open stay so.
    pub(crate) fn value(
        &mut self,
        text: &mut Text<'_>,
        at: usize,
        names: &FieldNames,
        assembly: &mut Assembly,
    ) -> Result<usize, Broken> {
        self.marks[usize::from(text.level)].seek(at);
        let mut walk = Walk { json: self, text, names, assembly };
        walk.value(at, Member::NONE)
    }

    /// Reads text with objects in it: lines, or a string. The objects are members of one that the
    /// text around them is. False, and nothing read, if there is no object in it.
    pub(crate) fn mixed(
        &mut self,
        text: &mut Text<'_>,
        range: Range<usize>,
        names: &FieldNames,
        assembly: &mut Assembly,
    ) -> bool {
        /// Brackets that turn out to begin no object.
        const MAX_FAILURES: usize = 4;
        let bytes = text.bytes;
        let start = assembly.mark();
        assembly.open(false, Span::EMPTY);
        let (mut between, mut at, mut failures, mut objects) = (range.start, range.start, 0, 0);
        while failures < MAX_FAILURES
            && let Some(found) = memchr(b'{', &bytes[at..range.end])
        {
            let open = at + found;
            at = open + 1;
            if !begins_object(&bytes[open..range.end]) {
                continue;
            }
            let before = assembly.mark();
            match self.value(text, open, names, assembly) {
                Ok(end) if end <= range.end => {
                    add_text(text, between..open, names, assembly);
                    objects += 1;
                    (between, at) = (end, end);
                }
                _ => {
                    assembly.undo(before);
                    text.rewind();
                    failures += 1;
                }
            }
        }
        if objects == 0 {
            assembly.undo(start);
            return false;
        }
        add_text(text, between..range.end, names, assembly);
        assembly.close();
        true
    }

    /// Reads the values in `range`, elements of an array whose brackets are not in the text.
    pub(crate) fn elements(
        &mut self,
        text: &mut Text<'_>,
        range: Range<usize>,
        names: &FieldNames,
        assembly: &mut Assembly,
    ) -> Result<(), Broken> {
        let mut at = range.start;
        loop {
            let rest = &text.bytes[at..range.end];
            at += rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
            if at >= range.end {
                return Ok(());
            }
            at = self.value(text, at, names, assembly)?;
        }
    }

    /// Reads the members from `at` on of an object whose brackets are not in the text, such as
    /// `"a":1,"b":2,"c":`; returns the last key if its value is not there.
    pub(crate) fn members(
        &mut self,
        text: &mut Text<'_>,
        range: Range<usize>,
        names: &FieldNames,
        assembly: &mut Assembly,
    ) -> Result<Option<Span>, Broken> {
        self.marks[usize::from(text.level)].seek(range.start);
        let mut walk = Walk { json: self, text, names, assembly };
        let mut at = walk.skip_space(range.start);
        while at < range.end {
            if walk.text.bytes[at] == b',' {
                at = walk.skip_space(at + 1);
                continue;
            }
            let (member, value) = walk.key(at)?;
            if value >= range.end {
                return Ok(Some(member.key));
            }
            let end = walk.value(value, member)?;
            at = walk.skip_space(end);
        }
        Ok(None)
    }
}

/// Whether `text`, which begins with `{`, goes on as an object does.
pub(crate) fn begins_object(text: &[u8]) -> bool {
    let next = text.iter().skip(1).find(|byte| !byte.is_ascii_whitespace());
    matches!(next, Some(b'"' | b'}'))
}

/// Adds the text between objects: its fields to the object that it is, its codes as a candidate.
fn add_text(text: &Text<'_>, range: Range<usize>, names: &FieldNames, assembly: &mut Assembly) {
    let between = &text.bytes[range.clone()];
    if between.trim_ascii().len() > 1 {
        assembly.add_line_fields(between, range.start, text.level, names);
        if find(between).is_some() {
            let span = Span::at(text.level, range.start, range.end);
            assembly.add_candidate(span, text.position(range.start));
        }
    }
}

struct Walk<'w, 'b> {
    json: &'w mut Json,
    text: &'w mut Text<'b>,
    names: &'w FieldNames,
    assembly: &'w mut Assembly,
}

impl<'b> Walk<'_, 'b> {
    /// The place of the first byte from `at` on that is not white space.
    #[inline(always)]
    fn skip_space(&self, at: usize) -> usize {
        match self.text.bytes.get(at) {
            Some(byte) if *byte > b' ' => at,
            Some(b' ') if self.text.bytes.get(at + 1).is_some_and(|byte| *byte > b' ') => at + 1,
            _ => self.skip_more_space(at),
        }
    }

    #[inline(never)]
    fn skip_more_space(&self, at: usize) -> usize {
        let rest = self.text.bytes.get(at..).unwrap_or_default();
        let space = rest.iter().take_while(|byte| match byte {
            b' ' | b'\t' | b'\r' => true,
            b'\n' => !self.text.lines,
            _ => false,
        });
        at + space.count()
    }

    #[cold]
    fn unexpected(&self, at: usize) -> Broken {
        let cause = match self.text.bytes.get(at) {
            None => Cause::Unclosed,
            Some(b'\n') if self.text.lines => Cause::UnclosedInLine,
            Some(byte) => Cause::Unexpected(*byte),
        };
        Broken { cause, at }
    }

    /// The end of the string whose quote stands at `open`.
    #[inline(always)]
    fn string_end(&mut self, open: usize) -> Result<usize, Broken> {
        let bytes = self.text.bytes;
        match self.json.marks[usize::from(self.text.level)].string_end(bytes, open) {
            Some(end) if bytes.get(end) == Some(&b'"') => Ok(end),
            Some(end) => Err(Broken { cause: Cause::UnclosedString, at: end }),
            None => Err(Broken { cause: Cause::UnclosedString, at: bytes.len() }),
        }
    }

    /// Reads the key at `at` and its colon; also returns where its value begins.
    #[inline(always)]
    fn key(&mut self, at: usize) -> Result<(Member, usize), Broken> {
        if self.text.bytes.get(at) != Some(&b'"') {
            return Err(self.unexpected(at));
        }
        let end = self.string_end(at)?;
        let key = &self.text.bytes[at + 1..end];
        let mut meaning = self.names.get(key);
        if meaning.is_none() {
            meaning = self.joined(key);
        }
        let mut value = end + 1;
        if self.text.bytes.get(value) != Some(&b':') {
            value = self.skip_space(value);
            if self.text.bytes.get(value) != Some(&b':') {
                return Err(self.unexpected(value));
            }
        }
        let member = Member { key: Span::at(self.text.level, at + 1, end), meaning };
        Ok((member, self.skip_space(value + 1)))
    }

    /// What `key` means together with the key of the object that it is in.
    #[inline(always)]
    fn joined(&self, key: &[u8]) -> Option<(Field, Rank)> {
        let frame = self.assembly.frames.last()?;
        if frame.key.is_empty() || frame.key.level() != self.text.level {
            return None;
        }
        let parent = self.text.bytes.get(frame.key.start()..frame.key.end())?;
        self.names.get_joined(parent, key)
    }

    fn value(&mut self, at: usize, member: Member) -> Result<usize, Broken> {
        let floor = self.assembly.frames.len();
        let bytes = self.text.bytes;
        let mut at = at;
        let mut member = member;
        loop {
            // A value begins here.
            match bytes.get(at) {
                Some(b'"') => {
                    let end = self.string_end(at)?;
                    self.string(at + 1, end, member);
                    at = end + 1;
                }
                Some(b'{') => {
                    self.open(false, at, member)?;
                    at = self.skip_space(at + 1);
                    if bytes.get(at) != Some(&b'}') {
                        (member, at) = self.key(at)?;
                        continue;
                    }
                    self.assembly.close();
                    at += 1;
                }
                Some(b'[') => {
                    self.open(true, at, member)?;
                    at = self.skip_space(at + 1);
                    if bytes.get(at) != Some(&b']') {
                        member = Member { key: Span::EMPTY, meaning: member.meaning };
                        continue;
                    }
                    self.assembly.close();
                    at += 1;
                }
                _ => {
                    let end = self.scalar(at)?;
                    self.plain(at, end, member);
                    at = end;
                }
            }
            // A value ends here.
            loop {
                if self.assembly.frames.len() == floor {
                    return Ok(at);
                }
                at = self.skip_space(at);
                let is_array = self.assembly.frames.last().is_some_and(|frame| frame.is_array);
                match bytes.get(at) {
                    Some(b',') => {
                        at = self.skip_space(at + 1);
                        member = Member::NONE;
                        if !is_array {
                            (member, at) = self.key(at)?;
                        }
                        break;
                    }
                    Some(b'}') if !is_array => {}
                    Some(b']') if is_array => {}
                    _ => return Err(self.unexpected(at)),
                }
                self.assembly.close();
                at += 1;
            }
        }
    }

    fn open(&mut self, is_array: bool, at: usize, member: Member) -> Result<(), Broken> {
        if self.assembly.frames.len() == MAX_DEPTH {
            return Err(Broken { cause: Cause::TooDeep, at });
        }
        self.assembly.open(is_array, member.key);
        Ok(())
    }

    /// The end of the number or literal at `at`.
    #[inline(always)]
    fn scalar(&self, at: usize) -> Result<usize, Broken> {
        let rest = self.text.bytes.get(at..).unwrap_or_default();
        let len = match rest {
            [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => 4,
            [b'f', b'a', b'l', b's', b'e', ..] => 5,
            [b'0'..=b'9' | b'-', ..] => match number_len(rest) {
                Ok(len) => len,
                Err(len) => return Err(self.unexpected(at + len)),
            },
            _ => return Err(self.unexpected(at)),
        };
        Ok(at + len)
    }

    /// Takes a number or literal.
    #[inline(always)]
    fn plain(&mut self, start: usize, end: usize, member: Member) {
        let text = &self.text.bytes[start..end];
        if !matches!(text[0], b'0'..=b'9' | b'-') {
            return;
        }
        let span = Span::at(self.text.level, start, end);
        match member.meaning {
            Some(meaning) => self.assembly.set(meaning, span, text, self.text.position(start)),
            None if self.bytes_of(member.key) == b"count" => self.assembly.set_count(),
            None => self.pair(span, text, start, member),
        }
    }

    fn bytes_of(&self, key: Span) -> &'b [u8] {
        self.text.bytes.get(key.start()..key.end()).unwrap_or_default()
    }

    /// Takes a member that has no meaning of its own but may be half of a pair.
    #[inline(always)]
    fn pair(&mut self, span: Span, value: &[u8], at: usize, member: Member) {
        if member.key.is_empty() {
            return;
        }
        let key = self.bytes_of(member.key);
        if self.assembly.may_be_pair() {
            self.assembly.set_pair(key, span, value, self.text.position(at), self.names);
        } else if self.assembly.may_be_typed_value() {
            self.assembly.set_typed_value(key, span, value, self.text.position(at));
        }
    }

    /// Takes the string `start..end`.
    #[inline(always)]
    fn string(&mut self, start: usize, end: usize, member: Member) {
        if end > self.text.stop {
            return self.special_string(start, end, member);
        }
        let text = &self.text.bytes[start..end];
        let span = Span::at(self.text.level, start, end);
        match member.meaning {
            Some(meaning) => self.assembly.set(meaning, span, text, self.text.position(start)),
            None => self.pair(span, text, start, member),
        }
    }

    /// Takes a string that may have a code or an escape in it.
    #[inline(never)]
    fn special_string(&mut self, start: usize, end: usize, member: Member) {
        let bytes = self.text.bytes;
        let string = &bytes[start..end];
        let mut escapes = false;
        if end > self.text.next_backslash {
            escapes = memchr(b'\\', string).is_some();
            self.text.next_backslash = self.json.marks[usize::from(self.text.level)].next_backslash(end);
        }
        let (mut codes, mut only) = (0, None);
        while let Some(found) = self.text.take_code(end) {
            if self.text.level == 0 {
                self.assembly.codes.push(found);
            }
            if found.range().start >= start {
                codes += 1;
                only = (found.range() == (start..end)).then_some(found);
            }
        }
        self.text.stop = self.text.next_backslash.min(self.text.next_code_start());
        let span = Span::at(self.text.level, start, end);
        let at = self.text.position(start);
        if let (Some((Field::EventType, rank)), Some(code)) = (member.meaning, only) {
            self.assembly.set_code(rank, span, code.code, at);
            return;
        }
        if escapes && self.is_nested(start, end) {
            return;
        }
        match member.meaning {
            Some(meaning) if !escapes => self.assembly.set(meaning, span, string, at),
            Some(meaning) => {
                let level = usize::from(self.text.level);
                let mut buffer = std::mem::take(&mut self.assembly.scratch[level]);
                let from = buffer.len();
                unescape(string, &mut buffer);
                let span = Span::at(self.text.level + 1, from, buffer.len());
                self.assembly.set(meaning, span, &buffer[from..], at);
                self.assembly.scratch[level] = buffer;
            }
            None => self.pair(span, string, start, member),
        }
        if codes > 0 && matches!(member.meaning, None | Some((Field::EventType, _))) {
            self.assembly.add_candidate(span, at);
        }
    }

    /// Reads the string `start..end` as JSON if it holds some; whether it does.
    fn is_nested(&mut self, start: usize, end: usize) -> bool {
        let string = &self.text.bytes[start..end];
        let level = usize::from(self.text.level);
        if level == LEVELS || memchr(b'{', string).is_none() {
            return false;
        }
        let mut buffer = std::mem::take(&mut self.assembly.scratch[level]);
        let from = buffer.len();
        unescape(string, &mut buffer);
        self.json.marks[level + 1].reset();
        let at = self.text.position(start);
        let mut text = Text::inner(&buffer, from, self.text.level + 1, at);
        let found = self.json.mixed(&mut text, from..buffer.len(), self.names, self.assembly);
        if !found {
            buffer.truncate(from);
        }
        self.assembly.scratch[level] = buffer;
        found
    }
}

/// The length of the number that `text` begins with; an error is the length of what is right.
fn number_len(text: &[u8]) -> Result<usize, usize> {
    let digits = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    };
    let mut at = usize::from(text.first() == Some(&b'-'));
    let integer = at;
    at = digits(integer);
    if at == integer {
        return Err(at);
    }
    if text[integer] == b'0' && at > integer + 1 {
        return Err(integer + 1);
    }
    if text.get(at) == Some(&b'.') {
        let fraction = at + 1;
        at = digits(fraction);
        if at == fraction {
            return Err(at);
        }
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let exponent = at + 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at = digits(exponent);
        if at == exponent {
            return Err(at);
        }
    }
    Ok(at)
}
