//! Cuts JSON at the top: values one after the other, elements of arrays, and what is in values that
//! are too long to be one record.

use std::sync::Arc;

use memchr::memchr_iter;

use super::{Context, Kind, PART, Unit, UnitKind, safe_cut};
use crate::assembly::{Assembly, MAX_DEPTH};
use crate::event::Cause;
use crate::fields::FieldNames;
use crate::frames::Role;
use crate::index::{BLOCK, Brackets};
use crate::json::{Json, Text};
use crate::options::Options;
use crate::simd::Engine;
use crate::value::Span;

/// Objects and arrays around records that may be open at once.
const MAX_AROUND: usize = 32;

/// Splits JSON by its brackets, which it finds without reading what is between them.
#[derive(Debug)]
pub(super) struct JsonSplitter {
    brackets: Brackets,
    /// Open objects and arrays whose members and elements are records, from the outermost.
    around: Vec<Around>,
    state: State,
    /// Where in the buffer the state is.
    at: usize,
    /// Where the unit begins that the state is in.
    start: usize,
    /// Whether the unit is handed over in parts.
    in_parts: bool,
    /// Brackets open in the unit, the innermost last; true for arrays.
    open: Vec<bool>,
    /// Whether the search for brackets can go on behind the unit before.
    in_order: bool,
    /// Whether closing brackets may be missing their opening ones, for a broken value was left.
    recovering: bool,
    context: Option<Arc<Context>>,
    json: Json,
    assembly: Assembly,
}

#[derive(Clone, Debug)]
struct Around {
    is_array: bool,
    /// The context outside of it.
    outer: Option<Arc<Context>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Between,
    Value,
    /// Scalars or members, up to a bracket.
    Loose,
    /// Text up to the end of the line; with a cause, the rest of a broken value.
    Line(Option<Cause>),
}

/// What a state found out about the bytes at hand.
enum Step {
    /// The state goes on behind them.
    More,
    /// The unit ends there, as this.
    End(usize, UnitKind),
    /// What is around the records has changed, or is about to.
    Around,
    /// The state has changed.
    Next,
}

impl JsonSplitter {
    pub(super) fn new(engine: Engine) -> JsonSplitter {
        JsonSplitter {
            brackets: Brackets::new(engine),
            around: Vec::new(),
            state: State::Between,
            at: 0,
            start: 0,
            in_parts: false,
            open: Vec::new(),
            in_order: false,
            recovering: false,
            context: None,
            json: Json::new(engine),
            assembly: Assembly::default(),
        }
    }

    /// The units at the start of `buffer`, which begins in `line`, and how many bytes they and what is
    /// between them take.
    pub(super) fn split(
        &mut self,
        buffer: &[u8],
        last: bool,
        options: &Options,
        line: u64,
    ) -> Option<(usize, Kind)> {
        let max = options.max_record;
        let enough = if self.in_parts { max.min(PART) } else { max };
        let mut units = Vec::new();
        let (mut line, mut counted) = (line, 0);
        let len = loop {
            let step = match self.state {
                State::Between => self.between(buffer, last, units.is_empty()),
                State::Value => self.value(buffer, max, &options.names),
                State::Loose => self.loose(buffer),
                State::Line(cause) => self.line(buffer, cause),
            };
            let (end, kind) = match step {
                Step::Next => continue,
                Step::Around => break self.start,
                Step::End(end, kind) => (end, kind),
                Step::More if self.state == State::Between => break self.at,
                Step::More if last => (buffer.len(), self.kind_at_end()),
                Step::More if buffer.len() - self.start <= enough => break self.start,
                Step::More if self.start > 0 => break self.start,
                Step::More => {
                    self.in_parts = true;
                    let len = safe_cut(&buffer[..self.at]);
                    return Some(self.take(len, Kind::Part { last: false }));
                }
            };
            // A unit ends.
            let too_long = self.in_parts || end - self.start > max;
            if (too_long && self.start > 0) || (kind == UnitKind::Members && !units.is_empty()) {
                // It gets a batch of its own.
                if self.state == State::Loose {
                    self.restart();
                }
                break self.start;
            }
            if too_long {
                self.in_parts = false;
                self.end_unit(end, kind);
                return Some(self.take(end, Kind::Part { last: true }));
            }
            line += memchr_iter(b'\n', &buffer[counted..self.start]).count() as u64;
            counted = self.start;
            if kind == UnitKind::Members {
                self.add_context(&buffer[self.start..end], options);
            }
            units.push(Unit { start: self.start, end, line, kind });
            self.end_unit(end, kind);
            if kind == UnitKind::Members {
                break end;
            }
        };
        // With the context of before, if that changed just now.
        if len == 0 {
            None
        } else {
            Some(self.take(len, Kind::Json { units, context: self.context.clone() }))
        }
    }

    /// Leaves the first `len` bytes of the buffer behind.
    fn take(&mut self, len: usize, kind: Kind) -> (usize, Kind) {
        self.at -= len;
        self.start = self.start.saturating_sub(len);
        self.brackets.take(len, self.at);
        (len, kind)
    }

    fn kind_at_end(&self) -> UnitKind {
        match self.state {
            State::Between | State::Line(None) => UnitKind::Text,
            State::Value => UnitKind::Broken(Cause::Unclosed),
            State::Loose => self.kind_of_loose(),
            State::Line(Some(cause)) => UnitKind::Broken(cause),
        }
    }

    fn kind_of_loose(&self) -> UnitKind {
        match self.around.last() {
            Some(around) if !around.is_array => UnitKind::Members,
            _ => UnitKind::Scalars,
        }
    }

    fn end_unit(&mut self, end: usize, kind: UnitKind) {
        self.recovering |= matches!(kind, UnitKind::Broken(_));
        self.in_order = kind == UnitKind::Value;
        self.state = State::Between;
        self.at = end;
        self.start = end;
    }

    /// Begins a state at the start of its unit.
    fn begin(&mut self, state: State, at: usize) -> Step {
        self.state = state;
        self.start = at;
        if self.in_order {
            self.at = at;
            self.open.clear();
            self.brackets.skip_to(at);
        } else {
            self.restart();
        }
        Step::Next
    }

    fn restart(&mut self) {
        self.at = self.start;
        self.open.clear();
        self.brackets.restart(self.at);
        self.in_order = false;
    }

    fn between(&mut self, buffer: &[u8], last: bool, is_empty: bool) -> Step {
        let is_space = |byte: &u8| byte.is_ascii_whitespace() || b",\x1e\0\xef\xbb\xbf".contains(byte);
        let rest = &buffer[self.at..];
        self.at += rest.iter().take_while(|byte| is_space(byte)).count();
        self.start = self.at;
        let rest = &buffer[self.at..];
        let Some(first) = rest.first() else {
            return Step::More;
        };
        let around = self.around.last().map(|around| around.is_array);
        if let (b'{' | b'[', None) = (first, around) {
            let next = if *first == b'{' { &b"\"}"[..] } else { &b"{[\"]"[..] };
            return match goes_on(rest, next, last) {
                None => Step::More,
                Some(false) => self.begin(State::Line(None), self.at),
                Some(true) if *first == b'{' => self.begin(State::Value, self.at),
                Some(true) if !is_empty => Step::Around,
                Some(true) => {
                    self.enter(true);
                    Step::Next
                }
            };
        }
        match (first, around) {
            (b'}' | b']', None) if self.recovering => {
                self.at += 1;
                Step::Next
            }
            (b']', Some(true)) | (b'}', Some(false)) => {
                if !is_empty {
                    return Step::Around;
                }
                if let Some(around) = self.around.pop() {
                    self.context = around.outer;
                }
                self.at += 1;
                Step::Next
            }
            (b'{' | b'[', Some(_)) => self.begin(State::Value, self.at),
            (byte @ (b'}' | b']'), Some(_)) => {
                self.begin(State::Line(Some(Cause::Unexpected(*byte))), self.at)
            }
            (_, Some(_)) => self.begin(State::Loose, self.at),
            (_, None) => self.begin(State::Line(None), self.at),
        }
    }

    /// Enters the array or object whose bracket stands at the state's place.
    fn enter(&mut self, is_array: bool) {
        self.around.push(Around { is_array, outer: self.context.clone() });
        self.in_order = false;
        self.state = State::Between;
        self.at = self.start + 1;
        self.start = self.at;
    }

    fn value(&mut self, buffer: &[u8], max: usize, names: &FieldNames) -> Step {
        let limit = self.start + max;
        while let Some(at) = self.brackets.next(buffer) {
            if at >= limit {
                return self.too_long(&buffer[..limit], names);
            }
            if let Some(step) = self.bracket(buffer, at) {
                return step;
            }
        }
        self.at = self.brackets.end();
        if buffer.len() < limit { Step::More } else { self.too_long(&buffer[..limit], names) }
    }

    /// Takes the bracket at `at` of a value.
    fn bracket(&mut self, buffer: &[u8], at: usize) -> Option<Step> {
        let byte = buffer[at];
        if byte == b'\n' {
            return Some(Step::End(at + 1, UnitKind::Broken(Cause::UnclosedString)));
        }
        let is_array = matches!(byte, b'[' | b']');
        if matches!(byte, b'{' | b'[') {
            if let Some(in_array) = self.open.last() {
                let before = buffer[self.start..at].iter().rev().find(|byte| !byte.is_ascii_whitespace());
                let fits = match before {
                    Some(b':') => !in_array,
                    Some(b'[' | b',') => *in_array,
                    _ => false,
                };
                if !fits && may_open_control_sequence(buffer, at) {
                    return Some(self.begin_rest(at, Cause::Unexpected(byte)));
                }
                if !fits {
                    return Some(Step::End(at, UnitKind::Broken(Cause::Unexpected(byte))));
                }
            }
            if self.open.len() + self.around.len() == MAX_DEPTH {
                return Some(self.begin_rest(at, Cause::TooDeep));
            }
            self.open.push(is_array);
            return None;
        }
        if self.open.pop() != Some(is_array) {
            return Some(self.begin_rest(at, Cause::Unexpected(byte)));
        }
        if self.open.is_empty() {
            return Some(Step::End(at + 1, UnitKind::Value));
        }
        None
    }

    /// The rest of the line belongs to the broken unit.
    fn begin_rest(&mut self, at: usize, cause: Cause) -> Step {
        self.state = State::Line(Some(cause));
        self.at = at;
        Step::Next
    }

    /// The unit, of which `buffer` has the longest part that may be a record, is too long: its members
    /// or elements become records, if it is JSON so far.
    #[cold]
    fn too_long(&mut self, buffer: &[u8], names: &FieldNames) -> Step {
        let unit = &buffer[self.start..];
        self.json.reset();
        self.assembly.clear();
        let mut text = Text::input(unit, false);
        let result = self.json.walk(names, &mut self.assembly).value(&mut text, 0);
        self.assembly.clear();
        let broken_at = match result {
            // Where the bytes end, in the middle of a number or literal at most.
            Err(broken) if broken.at + 64 > unit.len() => None,
            Err(broken) => Some(broken),
            Ok(_) => None,
        };
        match broken_at {
            None if self.around.len() < MAX_AROUND => {
                self.enter(unit[0] == b'[');
                Step::Next
            }
            None => self.begin_rest(self.start, Cause::TooDeep),
            Some(broken) => self.begin_rest(self.start + broken.at.max(1), broken.cause),
        }
    }

    fn loose(&mut self, buffer: &[u8]) -> Step {
        match self.brackets.next(buffer) {
            Some(at) if buffer[at] == b'\n' => Step::End(at + 1, UnitKind::Broken(Cause::UnclosedString)),
            Some(at) if may_open_control_sequence(buffer, at) => {
                self.begin_rest(at, Cause::Unexpected(buffer[at]))
            }
            Some(at) => Step::End(at, self.kind_of_loose()),
            None => {
                self.at = self.brackets.end();
                Step::More
            }
        }
    }

    fn line(&mut self, buffer: &[u8], cause: Option<Cause>) -> Step {
        match memchr::memchr(b'\n', &buffer[self.at..]) {
            Some(end) => {
                let kind = cause.map_or(UnitKind::Text, UnitKind::Broken);
                Step::End(self.at + end + 1, kind)
            }
            None => {
                self.at = buffer.len();
                Step::More
            }
        }
    }

    /// Takes the fields of members around the records that follow.
    fn add_context(&mut self, members: &[u8], options: &Options) {
        self.json.reset();
        self.assembly.clear();
        self.assembly.open(false, Span::EMPTY, Role::Plain);
        let mut text = Text::input(members, false);
        // What is wrong is reported when the members are read as a record.
        let _ = self.json.walk(&options.names, &mut self.assembly).members(&mut text, 0..members.len());
        if let Some(context) = self.assembly.context(members, self.context.as_deref()) {
            self.context = Some(Arc::new(context));
        }
    }
}

/// Whether the bracket at `at` may be that of a terminal's control sequence, as in `\u001b[31m`: a code behind
/// it is one only together with what stands before.
fn may_open_control_sequence(buffer: &[u8], at: usize) -> bool {
    // What the ways to write an escape character end with.
    buffer[at] == b'[' && buffer[..at].last().is_some_and(|before| b"\x1bbB3e^[".contains(before))
}

/// Whether `text`, which begins with a bracket, goes on with one of `next` after white space, of which
/// there may be any amount; `None` if there are not enough bytes to know.
fn goes_on(text: &[u8], next: &[u8], last: bool) -> Option<bool> {
    let after = &text[1..text.len().min(1 + BLOCK)];
    match after.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(byte) => Some(next.contains(byte)),
        None => (last || after.len() == BLOCK).then_some(true),
    }
}
