//! The walk through JSON values.

use std::ops::Range;

use event_log_codes::find;
use memchr::{memchr, memchr_iter};

use super::{Broken, Text, begins_object};
use crate::assembly::{Assembly, MAX_DEPTH};
use crate::event::Cause;
use crate::fields::FieldNames;
use crate::frames::{EventType, Role};
use crate::index::Marks;
use crate::keys::Keys;
use crate::slots::Meaning;
use crate::unescape::unescape;
use crate::value::Span;

/// Reads values: checks their grammar, and gathers their fields.
pub(crate) struct Walk<'w> {
    /// Of the text that is read.
    pub(super) marks: &'w mut Marks,
    /// Of text in strings of that text, and so on.
    pub(super) deeper: &'w mut [Marks],
    pub(super) keys: &'w mut Keys,
    pub(super) names: &'w FieldNames,
    pub(super) assembly: &'w mut Assembly,
}

/// The key of a member, where it stands, and what it means.
#[derive(Clone, Copy)]
struct Member {
    start: usize,
    end: usize,
    meaning: Meaning,
}

impl Member {
    const NONE: Member = Member { start: 0, end: 0, meaning: Meaning::OTHER };

    fn key<'b>(&self, text: &Text<'b>) -> &'b [u8] {
        text.bytes.get(self.start..self.end).unwrap_or_default()
    }
}

/// What comes next, and where.
#[derive(Clone, Copy)]
enum Next {
    /// The key of a member.
    Key(usize),
    /// A value.
    Value(usize, Member),
    /// What is behind a value.
    ValueEnd(usize),
    /// A closing bracket.
    Close(usize),
}

/// What stands between a key and a string, and between a string and the next key, in little-endian order.
const COLON: u32 = u32::from_le_bytes(*b"\":\"\0");
const COLON_SPACE: u32 = u32::from_le_bytes(*b"\": \"");
const COMMA: u32 = u32::from_le_bytes(*b"\",\"\0");
const COMMA_SPACE: u32 = u32::from_le_bytes(*b"\", \"");
const THREE_BYTES: u32 = 0xFF_FF_FF;

/// Between a key and any value.
const QUOTE_COLON: u32 = u32::from_le_bytes(*b"\":\0\0");
const TWO_BYTES: u32 = 0xFF_FF;
/// Between any value and the next key.
const COMMA_QUOTE: u32 = u32::from_le_bytes(*b",\"\0\0");
const COMMA_SPACE_QUOTE: u32 = u32::from_le_bytes(*b", \"\0");

const TRUE: u32 = u32::from_le_bytes(*b"true");
const NULL: u32 = u32::from_le_bytes(*b"null");
const FALSE: u64 = u64::from_le_bytes(*b"false\0\0\0");
const FIVE_BYTES: u64 = 0xFF_FF_FF_FF_FF;

/// The bytes from `at` on, if there are so many. Written like this, it is one comparison for an `at` that is
/// known to be a 32-bit number.
#[inline(always)]
fn chunk<const N: usize>(bytes: &[u8], at: usize) -> Option<&[u8; N]> {
    bytes.get(at..at + N)?.first_chunk()
}

/// Four bytes at `at`.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u32> {
    chunk(bytes, at).map(|bytes| u32::from_le_bytes(*bytes))
}

/// Where the next key is if a comma is at `at` and then, after at most a space, a quote.
#[inline(always)]
fn next_key(bytes: &[u8], at: u32) -> Option<u32> {
    let word = word(bytes, at as usize)?;
    if word & TWO_BYTES == COMMA_QUOTE {
        Some(at + 1)
    } else if word & THREE_BYTES == COMMA_SPACE_QUOTE {
        Some(at + 2)
    } else {
        None
    }
}

/// What has to be known of the innermost object or array.
#[derive(Clone, Copy)]
struct Place {
    depth: usize,
    is_array: bool,
    role: Role,
}

impl Walk<'_> {
    /// Reads the value at `at`; returns where it ends.
    ///
    /// On an error the frames that are open stay so.
    #[inline]
    pub(crate) fn value(&mut self, text: &mut Text<'_>, at: usize) -> Result<usize, Broken> {
        self.marks.seek(at);
        let floor = self.assembly.frames.len();
        let mut next = Next::Value(at, Member::NONE);
        // The ordinary record is an object of plain members.
        if chunk(text.bytes, at) == Some(b"{\"") && floor < MAX_DEPTH {
            self.open(text, false, Member::NONE, self.place());
            next = self.plain_members(text, at + 1, floor);
            if let Next::ValueEnd(end) = &mut next {
                if self.assembly.frames.len() == floor + 1 && text.bytes.get(*end) == Some(&b'}') {
                    self.assembly.close(text.same());
                    *end += 1;
                }
                if self.assembly.frames.len() == floor {
                    return Ok(*end);
                }
            }
        }
        self.walk(text, next, floor)
    }

    /// Reads text with objects in it: lines, or a string. The objects are members of one that the
    /// text around them is. False, and nothing read, if there is no object in it.
    pub(crate) fn mixed(&mut self, text: &mut Text<'_>, range: Range<usize>) -> bool {
        /// Brackets that turn out to begin no object.
        const MAX_FAILURES: usize = 4;
        let bytes = text.bytes;
        let start = self.assembly.mark();
        self.assembly.open(false, Span::EMPTY, Role::Plain);
        let (mut between, mut at, mut failures, mut objects) = (range.start, range.start, 0, 0);
        while failures < MAX_FAILURES
            && let Some(found) = memchr(b'{', &bytes[at..range.end])
        {
            let open = at + found;
            at = open + 1;
            // An empty one says nothing, and may be part of a name.
            let is_empty = bytes[at..range.end].trim_ascii_start().starts_with(b"}");
            if is_empty || !begins_object(&bytes[open..range.end], text.lines) {
                continue;
            }
            let before = self.assembly.mark();
            match self.value(text, open) {
                Ok(end) if end <= range.end => {
                    self.text_between(text, between..open);
                    objects += 1;
                    (between, at) = (end, end);
                }
                result => {
                    if let Err(Broken { cause, .. }) = result
                        && cause.is_end()
                        && find(&bytes[open..range.end]).is_some()
                    {
                        self.assembly.add_cut(text.position(open));
                    }
                    self.assembly.undo(before);
                    text.rewind();
                    failures += 1;
                }
            }
        }
        if objects == 0 {
            self.assembly.undo(start);
            return false;
        }
        self.text_between(text, between..range.end);
        self.assembly.close(text.same());
        true
    }

    /// Adds the text between objects: its fields to the object that it is, its codes as a candidate.
    fn text_between(&mut self, text: &Text<'_>, range: Range<usize>) {
        let between = &text.bytes[range.clone()];
        if between.trim_ascii().len() > 1 {
            self.assembly.add_line_fields(between, range.start, text.level, text.at, self.names);
            if find(between).is_some() {
                let span = Span::at(text.level, range.start, range.end);
                self.assembly.add_candidate(span, text.position(range.start));
            }
        }
    }

    /// Reads the values in `range`, elements of an array whose brackets are not in the text.
    pub(crate) fn elements(&mut self, text: &mut Text<'_>, range: Range<usize>) -> Result<(), Broken> {
        let mut at = range.start;
        loop {
            let rest = &text.bytes[at..range.end];
            at += rest.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
            if at >= range.end {
                return Ok(());
            }
            at = self.value(text, at)?;
        }
    }

    /// Reads the members in `range` of the innermost object, whose brackets are not in the text, such
    /// as `"a":1,"b":2,"c":`, where the value of the last may be missing.
    pub(crate) fn members(&mut self, text: &mut Text<'_>, range: Range<usize>) -> Result<(), Broken> {
        self.marks.seek(range.start);
        let mut at = skip_space(text, range.start);
        while at < range.end {
            if text.bytes[at] == b',' {
                at = skip_space(text, at + 1);
                continue;
            }
            let (member, value) = self.key(text, at)?;
            if value >= range.end {
                return Ok(());
            }
            let floor = self.assembly.frames.len();
            let end = self.walk(text, Next::Value(value, member), floor)?;
            at = skip_space(text, end);
        }
        Ok(())
    }

    /// Reads what is left of a value, from `next` on; returns where it ends. Around the value `floor` frames are
    /// open.
    fn walk(&mut self, text: &mut Text<'_>, next: Next, floor: usize) -> Result<usize, Broken> {
        let bytes = text.bytes;
        let mut place = self.place();
        let mut next = next;
        loop {
            next = match next {
                Next::Key(at) => {
                    let next = self.plain_members(text, at, floor);
                    place = self.place();
                    match next {
                        Next::Key(at) => {
                            let (member, at) = self.key(text, at)?;
                            Next::Value(at, member)
                        }
                        next => next,
                    }
                }
                Next::Value(at, member) => match bytes.get(at) {
                    Some(b'"') => {
                        let end = self.string_end(text, at)?;
                        if place.is_array && place.depth > floor {
                            let span = Span::at(text.level, at + 1, end);
                            self.assembly.set_element(span, &bytes[at + 1..end]);
                        }
                        self.string(text, at + 1, end, member, place.role);
                        Next::ValueEnd(end + 1)
                    }
                    Some(bracket @ (b'{' | b'[')) => {
                        if place.depth == MAX_DEPTH {
                            return Err(Broken { cause: Cause::TooDeep, at });
                        }
                        let is_array = *bracket == b'[';
                        self.open(text, is_array, member, place);
                        place = self.place();
                        let at = skip_space(text, at + 1);
                        match bytes.get(at) {
                            Some(b']') if is_array => Next::Close(at),
                            Some(b'}') if !is_array => Next::Close(at),
                            // Of several elements the first has the meaning of the key.
                            _ if is_array => {
                                Next::Value(at, Member { meaning: member.meaning, ..Member::NONE })
                            }
                            _ => Next::Key(at),
                        }
                    }
                    _ => {
                        let end = scalar_end(bytes, at).map_err(|at| unexpected(text, at))?;
                        self.scalar(text, at, end, member, place.role);
                        Next::ValueEnd(end)
                    }
                },
                Next::ValueEnd(at) => {
                    if place.depth == floor {
                        return Ok(at);
                    }
                    let at = skip_space(text, at);
                    match bytes.get(at) {
                        Some(b',') if place.is_array => Next::Value(skip_space(text, at + 1), Member::NONE),
                        Some(b',') => Next::Key(skip_space(text, at + 1)),
                        Some(b'}') if !place.is_array => Next::Close(at),
                        Some(b']') if place.is_array => Next::Close(at),
                        _ => return Err(unexpected(text, at)),
                    }
                }
                Next::Close(at) => {
                    self.assembly.close(text.same());
                    place = self.place();
                    Next::ValueEnd(at + 1)
                }
            };
        }
    }

    /// Reads members from the key at `at` on that are written with at most a space behind colons and
    /// commas, and need no closer look: strings without codes, those that mean something without escapes, event
    /// types, numbers, literals, arrays of these two, and objects of such members or of none.
    ///
    /// It is for speed only: what it leaves is read by [`walk`](Self::walk), which could read all. Which
    /// member comes next is hard to predict, so few branches depend on it.
    #[inline(never)]
    fn plain_members(&mut self, text: &mut Text<'_>, at: usize, floor: usize) -> Next {
        let (bytes, level) = (text.bytes, text.level);
        let all_marks = &*self.marks.positions;
        // Behind the last mark are some that are no place in the bytes.
        let mut marks = all_marks.get(self.marks.next..).unwrap_or_default();
        // It comes from 32-bit numbers, so that adding to it needs no check for an overflow.
        let mut key_at = at as u32 as usize + 1;
        if bytes.len() > Span::MAX_LEN || marks.first() != Some(&(at as u32)) || bytes.get(at) != Some(&b'"')
        {
            return Next::Key(at);
        }
        let result = 'all: loop {
            let depth = self.assembly.frames.len();
            let Some(frame) = self.assembly.frames.last_mut().filter(|frame| frame.role == Role::Plain)
            else {
                break Next::Key(key_at - 1);
            };
            let certain = frame.certain;
            let after = 'object: loop {
                let stop = text.stop;
                // The members that are plain strings, with keys that are known. There is nothing else in the loop, no
                // call either, so that what it needs is in registers. Each time the first of the marks is the quote
                // before `key_at`. It ends at any other member, with what its key means if that is known.
                let known = loop {
                    // The quotes of the key, and perhaps those of the value.
                    let Some((&[_, close, _, value_close], behind_both)) = marks.split_first_chunk() else {
                        break 'all Next::Key(key_at - 1);
                    };
                    let (start, end, value_end) = (key_at, close as usize, value_close as usize);
                    let Some(key) = chunk(bytes, start) else {
                        break None;
                    };
                    let Some(behind_key) = word(bytes, end) else {
                        break None;
                    };
                    let known = self.keys.known_meaning(key, end - start);
                    let Some(meaning) = known else {
                        break None;
                    };
                    if !meaning.is_plain(certain) {
                        break known;
                    }
                    let value = if behind_key == COLON_SPACE {
                        end + 4
                    } else if behind_key & THREE_BYTES == COLON {
                        end + 3
                    } else {
                        break known;
                    };
                    let Some(behind_value) = word(bytes, value_end) else {
                        break known;
                    };
                    // A line feed is a mark too, and ends a string that is not closed.
                    if behind_value as u8 != b'"' || value_end > stop {
                        break known;
                    }
                    frame.slots.set_member(meaning, Span::short(level, value, value_end));
                    marks = behind_both;
                    key_at = if behind_value == COMMA_SPACE {
                        value_end + 4
                    } else if behind_value & THREE_BYTES == COMMA {
                        value_end + 3
                    } else {
                        break 'object value_close + 1;
                    };
                };
                let Some((&[_, close, _, value_close], behind_both)) = marks.split_first_chunk() else {
                    break 'all Next::Key(key_at - 1);
                };
                let (start, end) = (key_at, close as usize);
                let Some(behind_key) = word(bytes, end) else {
                    break 'all Next::Key(key_at - 1);
                };
                let meaning = match known {
                    Some(meaning) => meaning,
                    None => self.keys.meaning(bytes.get(start..end).unwrap_or_default(), self.names),
                };
                if !meaning.is_as_certain_as(certain) {
                    break 'all Next::Key(key_at - 1);
                }
                let member = Member { start, end, meaning };
                if behind_key & TWO_BYTES != QUOTE_COLON {
                    break 'all Next::Key(key_at - 1);
                }
                marks = &marks[2..];
                let [_, _, first, second] = behind_key.to_le_bytes();
                let (value, first) =
                    if first == b' ' { (member.end + 3, second) } else { (member.end + 2, first) };
                let value_end = match first {
                    b'"' => {
                        let (string, value_end) = (value + 1, value_close as usize);
                        if bytes.get(value_end) != Some(&b'"') {
                            break 'all Next::Value(value, member);
                        }
                        if meaning.is_event_type() {
                            let code = text.next_code.filter(|code| code.range() == (string..value_end));
                            let (Some(code), 0) = (code, level) else {
                                break 'all Next::Value(value, member);
                            };
                            let event_type = EventType::found(code.code, string);
                            frame.set_event_type(meaning, Span::input(string, value_end), event_type);
                            text.take_next_code(&mut self.assembly.codes);
                        } else if value_end <= stop {
                            frame.slots.set_member(meaning, Span::short(level, string, value_end));
                        } else if !meaning.is_other() || !skip_escapes(self.marks, text, string, value_end) {
                            break 'all Next::Value(value, member);
                        }
                        marks = behind_both;
                        value_close + 1
                    }
                    _ if !meaning.is_other() => break 'all Next::Value(skip_space(text, value), member),
                    b'{' if depth < MAX_DEPTH && bytes.get(value + 1) == Some(&b'"') => {
                        let has_key = meaning.begins_name();
                        let key =
                            if has_key { Span::at(level, member.start, member.end) } else { Span::EMPTY };
                        self.assembly.open(false, key, Role::Plain);
                        key_at = value + 2;
                        continue 'all;
                    }
                    _ => {
                        let value_end = match first {
                            b'[' if depth < MAX_DEPTH => scalars_end(bytes, value),
                            b'{' if depth < MAX_DEPTH => empty_object_end(bytes, value),
                            _ => scalar_end(bytes, value).ok(),
                        };
                        let Some(value_end) = value_end else {
                            break 'all Next::Value(skip_space(text, value), member);
                        };
                        value_end as u32
                    }
                };
                let Some(key) = next_key(bytes, value_end) else {
                    break value_end;
                };
                key_at = key as usize + 1;
            };
            // The object ends, or is written in another way.
            if bytes.get(after as usize) != Some(&b'}') {
                break Next::ValueEnd(after as usize);
            }
            self.assembly.close(text.same());
            let key = next_key(bytes, after + 1);
            let (Some(key), true) = (key, depth - 1 > floor) else {
                break Next::ValueEnd(after as usize + 1);
            };
            key_at = key as usize + 1;
        };
        self.marks.next = all_marks.len() - marks.len();
        result
    }

    #[inline(always)]
    fn place(&self) -> Place {
        let depth = self.assembly.frames.len();
        match self.assembly.frames.last() {
            Some(frame) => Place { depth, is_array: frame.is_array, role: frame.role },
            None => Place { depth, is_array: false, role: Role::Plain },
        }
    }

    #[inline(always)]
    fn open(&mut self, text: &Text<'_>, is_array: bool, member: Member, place: Place) {
        let role = match place.role {
            _ if is_array => Role::Plain,
            Role::Plain if place.is_array => Role::Pair,
            Role::Pair => Role::PairValue,
            _ => Role::Plain,
        };
        let has_key = !is_array && member.meaning.begins_name() && member.end > member.start;
        let key = if has_key { Span::at(text.level, member.start, member.end) } else { Span::EMPTY };
        self.assembly.open(is_array, key, role);
    }

    /// The end of the string whose quote stands at `open`.
    #[inline(always)]
    fn string_end(&mut self, text: &Text<'_>, open: usize) -> Result<usize, Broken> {
        match self.marks.string_end(text.all, open) {
            Some(end) if text.bytes.get(end) == Some(&b'"') => Ok(end),
            end => {
                let at = end.map_or(text.bytes.len(), |end| end.min(text.bytes.len()));
                Err(Broken { cause: Cause::UnclosedString, at })
            }
        }
    }

    /// Reads the key at `at` and its colon; also returns where its value begins.
    #[inline(always)]
    fn key(&mut self, text: &Text<'_>, at: usize) -> Result<(Member, usize), Broken> {
        let bytes = text.bytes;
        if bytes.get(at) != Some(&b'"') {
            return Err(unexpected(text, at));
        }
        let end = self.string_end(text, at)?;
        let mut meaning = self.keys.meaning(&bytes[at + 1..end], self.names);
        if meaning.may_be_joined()
            && let Some(frame) = self.assembly.frames.last()
            && !frame.key.is_empty()
            && frame.key.level() == text.level
        {
            let joined =
                self.names.get_joined(&bytes[frame.key.start()..frame.key.end()], &bytes[at + 1..end]);
            if let Some((field, rank)) = joined {
                meaning = Meaning::of(field, rank).with_begins_name(meaning.begins_name());
            }
        }
        let mut value = end + 1;
        if bytes.get(value) != Some(&b':') {
            value = skip_space(text, value);
            if bytes.get(value) != Some(&b':') {
                return Err(unexpected(text, value));
            }
        }
        Ok((Member { start: at + 1, end, meaning }, skip_space(text, value + 1)))
    }

    /// Takes a number or literal.
    #[inline(always)]
    fn scalar(&mut self, text: &Text<'_>, start: usize, end: usize, member: Member, role: Role) {
        let value = &text.bytes[start..end];
        if !matches!(value[0], b'0'..=b'9' | b'-') {
            return;
        }
        let span = Span::at(text.level, start, end);
        if member.meaning.is_count() {
            self.assembly.set_count();
        } else if !member.meaning.is_other() {
            self.assembly.set(member.meaning, span, value, text.position(start));
        } else if role != Role::Plain {
            self.pair(text, span, value, start, member, role);
        }
    }

    /// Takes a member that may be half of a pair.
    #[inline(never)]
    fn pair(&mut self, text: &Text<'_>, span: Span, value: &[u8], at: usize, member: Member, role: Role) {
        let (key, at) = (member.key(text), text.position(at));
        match role {
            Role::Plain => {}
            Role::Pair => self.assembly.set_pair(key, span, value, at, self.names),
            Role::PairValue => self.assembly.set_typed_value(key, span, value, at),
        }
    }

    /// Takes the string `start..end`.
    #[inline(always)]
    fn string(&mut self, text: &mut Text<'_>, start: usize, end: usize, member: Member, role: Role) {
        if end > text.stop {
            return self.special_string(text, start, end, member, role);
        }
        let span = Span::at(text.level, start, end);
        self.plain_string(text, span, &text.bytes[start..end], start, member, role);
    }

    /// Takes `string`, without its escapes, which stands at `start`.
    #[inline(always)]
    fn plain_string(
        &mut self,
        text: &Text<'_>,
        span: Span,
        string: &[u8],
        start: usize,
        member: Member,
        role: Role,
    ) {
        if member.meaning.is_field() {
            self.assembly.set(member.meaning, span, string, text.position(start));
        } else if role != Role::Plain {
            self.pair(text, span, string, start, member, role);
        }
    }

    /// Takes a string that may have a code or an escape in it.
    #[inline(never)]
    fn special_string(&mut self, text: &mut Text<'_>, start: usize, end: usize, member: Member, role: Role) {
        let string = &text.bytes[start..end];
        let mut escapes = false;
        if end > text.next_backslash {
            let is_here = text.next_backslash >= start && text.bytes[text.next_backslash] == b'\\';
            escapes = is_here || memchr(b'\\', string).is_some();
            text.next_backslash = self.marks.next_backslash(end);
        }
        let (mut codes, mut only) = (0, None);
        while let Some(found) = text.take_code(end) {
            if text.level == 0 {
                self.assembly.codes.push(found);
            }
            if found.range().start >= start {
                codes += 1;
                only = (found.range() == (start..end)).then_some(found);
            }
        }
        text.stop = text.next_backslash.min(text.next_code_start());
        let span = Span::at(text.level, start, end);
        let at = text.position(start);
        if let (true, Some(code)) = (member.meaning.is_event_type(), only) {
            self.assembly.set_code(member.meaning, span, code.code, at);
            return;
        }
        if escapes && self.is_nested(text, start, end) {
            return;
        }
        let is_field = member.meaning.is_field();
        if escapes && (is_field || role != Role::Plain) {
            let level = usize::from(text.level);
            let mut buffer = std::mem::take(&mut self.assembly.scratch[level]);
            let from = buffer.len();
            unescape(string, &mut buffer);
            let span = Span::at(text.level + 1, from, buffer.len());
            self.plain_string(text, span, &buffer[from..], start, member, role);
            self.assembly.scratch[level] = buffer;
        } else {
            self.plain_string(text, span, string, start, member, role);
        }
        let names_other = is_field && !member.meaning.is_event_type();
        if codes > 0 && !names_other {
            self.assembly.add_candidate(span, at);
        }
    }

    /// Reads the string `start..end` as JSON if it holds some; whether it does.
    fn is_nested(&mut self, text: &Text<'_>, start: usize, end: usize) -> bool {
        let string = &text.bytes[start..end];
        if !may_hold_object(string) {
            return false;
        }
        let [marks, deeper @ ..] = &mut *self.deeper else {
            return false;
        };
        let level = usize::from(text.level);
        let mut buffer = std::mem::take(&mut self.assembly.scratch[level]);
        let from = buffer.len();
        unescape(string, &mut buffer);
        marks.reset();
        let mut inner = Text::inner(&buffer, from, text, text.position(start));
        let (keys, assembly) = (&mut *self.keys, &mut *self.assembly);
        let mut walk = Walk { marks, deeper, keys, names: self.names, assembly };
        let found = walk.mixed(&mut inner, from..buffer.len());
        if !found {
            buffer.truncate(from);
        }
        self.assembly.scratch[level] = buffer;
        found
    }
}

/// Passes by the string `start..end`, which may have escapes in it and means nothing; false if there may be a
/// code or an object in it.
#[inline(never)]
fn skip_escapes(marks: &Marks, text: &mut Text<'_>, start: usize, end: usize) -> bool {
    if text.has_code(end) || may_hold_object(&text.bytes[start..end]) {
        return false;
    }
    text.next_backslash = marks.next_backslash(end);
    text.stop = text.next_backslash.min(text.next_code_start());
    true
}

/// Whether there is an opening brace in a string, as it is or escaped by number.
fn may_hold_object(string: &[u8]) -> bool {
    memchr(b'{', string).is_some()
        || memchr_iter(b'\\', string).any(|at| is_brace_by_number(&string[at + 1..]))
}

/// Whether what follows a backslash makes it an opening brace.
fn is_brace_by_number(rest: &[u8]) -> bool {
    rest.starts_with(b"u007b") || rest.starts_with(b"u007B")
}

/// The place of the first byte from `at` on that is not white space.
#[inline(always)]
fn skip_space(text: &Text<'_>, at: usize) -> usize {
    match text.bytes.get(at) {
        Some(byte) if *byte > b' ' => at,
        Some(b' ') if text.bytes.get(at + 1).is_some_and(|byte| *byte > b' ') => at + 1,
        _ => skip_more_space(text, at),
    }
}

#[inline(never)]
fn skip_more_space(text: &Text<'_>, at: usize) -> usize {
    let rest = text.bytes.get(at..).unwrap_or_default();
    let space = rest.iter().take_while(|byte| match byte {
        b' ' | b'\t' | b'\r' => true,
        b'\n' => !text.lines,
        _ => false,
    });
    at + space.count()
}

#[cold]
fn unexpected(text: &Text<'_>, at: usize) -> Broken {
    let cause = match text.bytes.get(at) {
        None => Cause::Unclosed,
        Some(b'\n') if text.lines => Cause::UnclosedInLine,
        Some(byte) => Cause::Unexpected(*byte),
    };
    Broken { cause, at }
}

/// The end of the number or literal at `at`; an error is the end of what is right.
#[inline(always)]
fn scalar_end(bytes: &[u8], at: usize) -> Result<usize, usize> {
    // As one number: byte by byte, it would be four comparisons.
    if let Some(word) = chunk(bytes, at).map(|bytes| u64::from_le_bytes(*bytes)) {
        if matches!(word as u32, TRUE | NULL) {
            return Ok(at + 4);
        }
        if word & FIVE_BYTES == FALSE {
            return Ok(at + 5);
        }
        let digits = digits(word);
        if (1..8).contains(&digits) {
            let behind = (word >> (8 * digits)) as u8;
            let leading_zero = digits > 1 && word as u8 == b'0';
            if !leading_zero && !matches!(behind, b'.' | b'e' | b'E') {
                return Ok(at + digits);
            }
        }
    }
    other_scalar_end(bytes, at)
}

/// The same, for those that are no short integers, and near the end of the bytes.
#[inline(never)]
fn other_scalar_end(bytes: &[u8], at: usize) -> Result<usize, usize> {
    let rest = bytes.get(at..).unwrap_or_default();
    let len = match rest {
        [b'0'..=b'9' | b'-', ..] => number_len(rest).map_err(|len| at + len)?,
        [b't', b'r', b'u', b'e', ..] | [b'n', b'u', b'l', b'l', ..] => 4,
        [b'f', b'a', b'l', b's', b'e', ..] => 5,
        _ => return Err(at),
    };
    Ok(at + len)
}

/// The end of the object at `at`, if it is empty.
fn empty_object_end(bytes: &[u8], at: usize) -> Option<usize> {
    (chunk(bytes, at)? == b"{}").then_some(at + 2)
}

/// The end of the array at `at`, if it has only numbers and literals, and at most a space behind commas.
fn scalars_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let end = scalar_end(bytes, at).ok()?;
        match bytes.get(end)? {
            b']' => return Some(end + 1),
            b',' if bytes.get(end + 1) == Some(&b' ') => at = end + 2,
            b',' => at = end + 1,
            _ => return None,
        }
    }
}

/// The length of the number that `text` begins with; an error is the length of what is right.
fn number_len(text: &[u8]) -> Result<usize, usize> {
    let integer = usize::from(text.first() == Some(&b'-'));
    let at = digits_end(text, integer);
    if at == integer {
        return Err(at);
    }
    if text[integer] == b'0' && at > integer + 1 {
        return Err(integer + 1);
    }
    match text.get(at) {
        Some(b'.' | b'e' | b'E') => fraction_end(text, at),
        _ => Ok(at),
    }
}

/// The end of the fraction and the exponent at `at`.
fn fraction_end(text: &[u8], at: usize) -> Result<usize, usize> {
    let mut at = at;
    if text[at] == b'.' {
        let fraction = at + 1;
        at = digits_end(text, fraction);
        if at == fraction {
            return Err(at);
        }
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let exponent = at + 1 + usize::from(matches!(text.get(at + 1), Some(b'+' | b'-')));
        at = digits_end(text, exponent);
        if at == exponent {
            return Err(at);
        }
    }
    Ok(at)
}

/// The end of the digits at `at`.
fn digits_end(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// How many digits eight bytes begin with.
#[inline(always)]
fn digits(bytes: u64) -> usize {
    const EACH: u64 = u64::from_le_bytes([1; 8]);
    // Digits become 0 to 9. To what is more the sum adds up to the top bit; what it carries is behind the first such
    // byte.
    let differences = bytes ^ (EACH * b'0' as u64);
    let others = (differences.wrapping_add(EACH * (0x80 - 10)) | differences) & (EACH * 0x80);
    others.trailing_zeros() as usize / 8
}
