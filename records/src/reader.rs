//! The step that any thread can run: from a batch to its records and their events.

use std::sync::{Arc, LazyLock};

use event_log_codes::find_iter_ignore_ascii_case;
use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::{memchr, memmem};

use crate::assembly::Assembly;
use crate::csv::Columns;
use crate::event::{Cause, Code, Found, Problem, Record, Texts, is_upper_case};
use crate::fields::FieldNames;
use crate::frames::Role;
use crate::index::CellMarks;
use crate::json::{Broken, Json, Text, begins_object};
use crate::options::Options;
use crate::simd::Engine;
use crate::slots::Slots;
use crate::split::{
    BYTE_ORDER_MARK, Batch, Kind, Splitter, Unit, UnitKind, begins_array, header_len, is_rule,
};
use crate::value::Span;

/// Reads the records of [`Batch`]es. One for each thread: it keeps buffers from batch to batch.
///
/// See [`Splitter`](crate::Splitter) for an example.
#[derive(Debug)]
pub struct Reader {
    /// Of the batch before.
    options: Option<Arc<Options>>,
    json: Json,
    cells: CellMarks,
    assembly: Assembly,
}

/// What a key that may be a count of events begins with.
static COUNT: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::FinderBuilder::new().build_forward_with_ranker(RareInKeys, "\"count"));

/// The bytes of [`COUNT`] to look for first: `o` and, three bytes on, `t`, which are rarely that far
/// apart. By default a quote is one of them, which is frequent in JSON, so that the search takes twice
/// as long.
struct RareInKeys;

impl HeuristicFrequencyRank for RareInKeys {
    fn rank(&self, byte: u8) -> u8 {
        if matches!(byte, b'o' | b't') { 0 } else { u8::MAX }
    }
}

/// Where a record ends, and what is wrong with it.
type Extent = (usize, Option<Problem>);

impl Default for Reader {
    fn default() -> Self {
        Reader::new()
    }
}

impl Reader {
    /// A reader with empty buffers.
    #[must_use]
    pub fn new() -> Reader {
        let engine = Engine::detect();
        Reader {
            options: None,
            json: Json::new(engine),
            cells: CellMarks::new(engine),
            assembly: Assembly::default(),
        }
    }

    /// Calls `visit` with each record of `batch`, in order; `bytes` are those that it covers, and may
    /// be followed by others.
    ///
    /// Linear in the bytes. Allocates only when a buffer has to grow.
    pub fn read(&mut self, batch: &Batch, bytes: &[u8], mut visit: impl FnMut(Record<'_>)) {
        let bytes = &bytes[..bytes.len().min(batch.len)];
        let options = &*batch.options;
        if !self.options.as_ref().is_some_and(|before| Arc::ptr_eq(before, &batch.options)) {
            self.json.forget_names();
            self.options = Some(batch.options.clone());
        }
        self.json.reset();
        match &batch.kind {
            Kind::Lines { json } => self.lines(batch, bytes, *json, &mut visit),
            Kind::Rows { columns } => self.rows(batch, bytes, columns, &mut visit),
            Kind::Json { units, context } => {
                let context = context.as_deref();
                self.assembly.set_context(context);
                let context = context.map(|context| &context.slots);
                self.units(options, bytes, units, context, &mut visit);
            }
            Kind::Part { last } => {
                self.assembly.clear();
                Text::input(bytes, true).take_codes(bytes.len(), &mut self.assembly.codes);
                let problem = Some(Problem::TooLong { last: *last });
                self.visit(options, bytes, 0..bytes.len(), batch.line, problem, &mut visit);
            }
        }
    }

    /// Calls `visit` with each record that `pending`, the next bytes of an input that `splitter` splits, completes;
    /// with `last`, the input ends with them, and with each record that is left. Takes their bytes out of `pending`.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{Options, Reader, Splitter};
    ///
    /// let (mut reader, mut splitter) = (Reader::new(), Splitter::new(&Options::default()));
    /// let mut pending = b"m1 UPD4_FAIL_218\nm2 SYS_1".to_vec();
    /// let mut codes = 0;
    /// reader.read_complete(&mut splitter, &mut pending, false, |record| codes += record.codes().len());
    /// assert_eq!((codes, &*pending), (1, &b"m2 SYS_1"[..]));
    ///
    /// pending.extend_from_slice(b"11");
    /// reader.read_complete(&mut splitter, &mut pending, true, |record| codes += record.codes().len());
    /// assert_eq!((codes, pending.len()), (2, 0));
    /// ```
    pub fn read_complete(
        &mut self,
        splitter: &mut Splitter,
        pending: &mut Vec<u8>,
        last: bool,
        mut visit: impl FnMut(Record<'_>),
    ) {
        let mut start = 0;
        while let Some(batch) = splitter.split(&pending[start..], last) {
            let end = start + batch.len();
            self.read(&batch, &pending[start..end], &mut visit);
            start = end;
        }
        pending.drain(..start);
    }

    /// Calls `visit` with each code in `batch`, in order, without reading its records: for counts, at the
    /// speed of a search. Returns false, without a call, if that could find other codes than its records
    /// hold, because an event type in lower case or a count of events may be among them. A code whose own letters
    /// are escaped by number, which only reading finds, is missed.
    ///
    /// `bytes` are as for [`read`](Self::read).
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{Options, Reader, Splitter};
    ///
    /// let mut count = |lines: &[u8]| {
    ///     let batch = Splitter::new(&Options::default()).split(lines, true).unwrap();
    ///     let mut codes = 0;
    ///     Reader::new().codes(&batch, lines, |_| codes += 1).then_some(codes)
    /// };
    /// assert_eq!(count(b"m1 UPD4_FAIL_218, then SYS_111\n"), Some(2));
    /// assert_eq!(count(br#"{"event_type":"upd4_fail_218"}"#), None);
    /// assert_eq!(count(br#"{"event_type":"UPD4_FAIL_218","count":7}"#), None);
    /// ```
    pub fn codes(&mut self, batch: &Batch, bytes: &[u8], mut visit: impl FnMut(Code<'_>)) -> bool {
        let bytes = &bytes[..bytes.len().min(batch.len)];
        let has_counts = match &batch.kind {
            Kind::Rows { columns } => columns.has_count(),
            Kind::Lines { .. } | Kind::Json { .. } => {
                let ends = |at: usize| matches!(bytes.get(at + COUNT.needle().len()), Some(b'"' | b'\\'));
                COUNT.find_iter(bytes).any(ends)
            }
            Kind::Part { .. } => false,
        };
        if has_counts {
            return false;
        }
        let codes = &mut self.assembly.codes;
        codes.clear();
        let (mut is_complete, is_part) = (true, batch.is_part());
        find_iter_ignore_ascii_case(bytes).for_each(|found| {
            let text = found.as_bytes();
            if is_upper_case(text) {
                codes.push(Found { start: found.start() as u32, len: text.len() as u8, code: found.code() });
            } else {
                // A part has no event types.
                is_complete &= is_part;
            }
        });
        if is_complete {
            codes.iter().for_each(|found| visit(found.in_text(bytes)));
        }
        is_complete
    }

    /// Hands over the record `range` of `input`.
    #[inline]
    fn visit(
        &self,
        options: &Options,
        input: &[u8],
        range: std::ops::Range<usize>,
        line: u64,
        problem: Option<Problem>,
        visit: &mut impl FnMut(Record<'_>),
    ) {
        let assembly = &self.assembly;
        let statistics = assembly.statistics;
        let mut problem = problem.or((statistics > 0).then_some(Problem::Statistics { events: statistics }));
        if let (None, Some(at)) = (problem, assembly.cut) {
            problem =
                Some(Problem::Unreadable { cause: Cause::CutOff, offset: at.saturating_sub(range.start) });
        }
        let mut events = &*assembly.events;
        if assembly.has_too_many_events() {
            events = &[];
            problem = Some(Problem::Unreadable { cause: Cause::TooManyEvents, offset: 0 });
        }
        visit(Record {
            range: (range.start, range.end),
            line,
            texts: &Texts { input, scratch: &assembly.scratch, times: &options.times },
            events,
            codes: &assembly.codes,
            slots: &assembly.slots,
            values: &assembly.values,
            uncertain: &assembly.uncertain,
            problem,
        });
    }

    fn lines(&mut self, batch: &Batch, bytes: &[u8], json: bool, visit: &mut impl FnMut(Record<'_>)) {
        let options = &*batch.options;
        let mut text = Text::input(bytes, true);
        let (mut start, mut line) = (0, batch.line);
        while start < bytes.len() {
            self.assembly.clear();
            let (end, problem) = self.line(&mut text, start, json, options);
            text.take_codes(end, &mut self.assembly.codes);
            let (end, problem) = if end - start > options.max_record {
                self.assembly.events.clear();
                (end, Some(Problem::TooLong { last: true }))
            } else {
                self.assembly.finish(None, &options.names, bytes);
                (end, problem)
            };
            self.visit(options, bytes, start..end, line, problem, visit);
            start = end;
            line += 1;
        }
    }

    /// Reads the line that begins at `start`.
    #[inline]
    fn line(&mut self, text: &mut Text<'_>, start: usize, json: bool, options: &Options) -> Extent {
        let bytes = text.bytes;
        let mut at = start;
        while let Some(b' ' | b'\t' | b'\r' | b'\x1e' | 0 | b'\xef' | b'\xbb' | b'\xbf') = bytes.get(at) {
            at += 1;
        }
        match bytes.get(at) {
            Some(b'{') if begins_object(&bytes[at..], true) => self.values(text, start, at, &options.names),
            Some(b'[') if begins_array(&bytes[at..]) => {
                let extent = self.values(text, start, at, &options.names);
                if !json && extent.1.is_some() {
                    // Text in brackets after all.
                    self.assembly.clear_fields();
                    text.rewind();
                    return self.text_line(text, start, json, options);
                }
                extent
            }
            _ => self.text_line(text, start, json, options),
        }
    }

    /// Reads the line from `start` whose first value begins at `at`.
    #[inline]
    fn values(&mut self, text: &mut Text<'_>, start: usize, at: usize, names: &FieldNames) -> Extent {
        let bytes = text.bytes;
        let mut at = at;
        loop {
            match self.json.walk(names, &mut self.assembly).value(text, at) {
                Ok(end) => {
                    self.assembly.add_value(at..end);
                    at = end;
                }
                Err(broken) => return self.broken_line(bytes, start, broken),
            }
            while let Some(b' ' | b'\t' | b'\r' | b',' | b'\x1e' | 0) = bytes.get(at) {
                at += 1;
            }
            match bytes.get(at) {
                None => return (at, None),
                Some(b'\n') => return (at + 1, None),
                Some(b'{' | b'[') => {}
                Some(byte) => {
                    let broken = Broken { cause: Cause::Unexpected(*byte), at };
                    return self.broken_line(bytes, start, broken);
                }
            }
        }
    }

    #[cold]
    fn broken_line(&mut self, bytes: &[u8], start: usize, broken: Broken) -> Extent {
        self.assembly.unwind(0);
        let at = broken.at.min(bytes.len());
        let end = memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
        (end, Some(Problem::Unreadable { cause: broken.cause, offset: broken.at - start }))
    }

    /// Reads the line from `start` as text that may have objects in it.
    fn text_line(&mut self, text: &mut Text<'_>, start: usize, json: bool, options: &Options) -> Extent {
        let bytes = text.bytes;
        let end = memchr(b'\n', &bytes[start..]).map_or(bytes.len(), |end| start + end + 1);
        let (mut start, mut line) = (start, &bytes[start..end]);
        if let Some(behind) = line.strip_prefix(BYTE_ORDER_MARK) {
            (start, line) = (start + BYTE_ORDER_MARK.len(), behind);
        }
        // An event type may be in lower case.
        let has_codes = text.has_code(end) || find_iter_ignore_ascii_case(line).next().is_some();
        let is_wanted = has_codes || options.read_every_line;
        let names = &options.names;
        let read = (is_wanted || json) && self.json.walk(names, &mut self.assembly).mixed(text, start..end);
        if is_wanted && !read {
            self.assembly.read_line(line, start, names);
        }
        let is_problem = json && !read && !line.trim_ascii().is_empty();
        (end, is_problem.then_some(Problem::Unreadable { cause: Cause::NotJson, offset: 0 }))
    }

    fn rows(&mut self, batch: &Batch, bytes: &[u8], columns: &Columns, visit: &mut impl FnMut(Record<'_>)) {
        let options = &*batch.options;
        let mut text = Text::input(bytes, true);
        self.cells.reset(columns.delimiter());
        let (mut start, mut line) = (0, batch.line);
        let mut is_header = batch.is_start;
        while start < bytes.len() {
            self.assembly.clear();
            let rest = &bytes[start..];
            let mut line_ends = 1;
            let (end, result) = if is_header {
                let len = header_len(rest, true, &options.names).unwrap_or(rest.len());
                line_ends = memchr::memchr_iter(b'\n', &rest[..len]).count() as u64;
                (start + len, Ok(()))
            } else if let Some(plain) = self.assembly.read_plain_row(bytes, start, columns, &mut self.cells) {
                plain
            } else {
                let len = columns.row_len(rest, true, options.max_record).unwrap_or(rest.len()).max(1);
                let row = &rest[..len];
                line_ends = memchr::memchr_iter(b'\n', row).count() as u64;
                (start + len, self.assembly.read_row(row, start, columns))
            };
            let row = &bytes[start..end];
            text.take_codes(end, &mut self.assembly.codes);
            let problem = if row.len() > options.max_record {
                self.assembly.events.clear();
                Some(Problem::TooLong { last: true })
            } else {
                let cause = result.err().filter(|_| !row.trim_ascii().is_empty() && !is_rule(row));
                cause.map(|cause| Problem::Unreadable { cause, offset: 0 })
            };
            self.assembly.finish(None, &options.names, bytes);
            self.visit(options, bytes, start..end, line, problem, visit);
            line += line_ends;
            start = end;
            is_header = false;
        }
    }

    fn units(
        &mut self,
        options: &Options,
        bytes: &[u8],
        units: &[Unit],
        context: Option<&Slots>,
        visit: &mut impl FnMut(Record<'_>),
    ) {
        let mut text = Text::input(bytes, false);
        for unit in units {
            self.assembly.clear();
            text.bound(unit.end);
            let problem = self.unit(&mut text, unit, options);
            text.take_codes(unit.end, &mut self.assembly.codes);
            self.assembly.finish(context, &options.names, bytes);
            self.visit(options, bytes, unit.start..unit.end, unit.line, problem, visit);
        }
    }

    fn unit(&mut self, text: &mut Text<'_>, unit: &Unit, options: &Options) -> Option<Problem> {
        let range = unit.start..unit.end;
        let names = &options.names;
        let result = match unit.kind {
            UnitKind::Text => {
                return self.text_line(text, unit.start, false, options).1;
            }
            UnitKind::Value => self
                .json
                .walk(names, &mut self.assembly)
                .value(text, unit.start)
                .map(|end| self.assembly.add_value(unit.start..end)),
            UnitKind::Broken(cause) => {
                let broken = Broken { cause, at: unit.end - 1 };
                if matches!(text.bytes[unit.start], b'{' | b'[') {
                    self.json
                        .walk(names, &mut self.assembly)
                        .value(text, unit.start)
                        .and(Err(broken))
                        .map_err(|found| if found.at < unit.end { found } else { broken })
                } else {
                    Err(broken)
                }
            }
            UnitKind::Scalars => self.json.walk(names, &mut self.assembly).elements(text, range),
            UnitKind::Members => {
                self.assembly.open(false, Span::EMPTY, Role::Plain);
                let result = self.json.walk(names, &mut self.assembly).members(text, range);
                // It is no event, whatever it says: it is not all of its object.
                self.assembly.unwind(0);
                result
            }
        };
        let broken = result.err()?;
        self.assembly.unwind(0);
        let offset = broken.at.clamp(unit.start, unit.end) - unit.start;
        Some(Problem::Unreadable { cause: broken.cause, offset })
    }
}
