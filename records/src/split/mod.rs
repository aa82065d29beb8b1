//! The sequential step: where an input is cut into batches of whole records.

mod json;
mod recognise;

use std::sync::Arc;

use memchr::{memchr, memchr_iter, memrchr};

use crate::csv::Columns;
use crate::event::Cause;
use crate::fields::FieldNames;
use crate::options::{Format, Options};
use crate::simd::Engine;
use crate::slots::Slots;

pub(crate) use recognise::begins_array;
use recognise::{UNSETTLED, open_line, trim_log_start};
pub use recognise::{recognise, stays_lines};

/// Cuts an input into [`Batch`]es of whole records, which any thread can then read.
///
/// The caller keeps the bytes: it reads into a buffer of its own, calls [`split`](Self::split) until
/// that returns `None`, and keeps what is left over at the start of the next buffer. The result does
/// not depend on how the bytes arrive, but for where batches end.
///
/// ```
/// use event_log_codes_records::{Options, Reader, Splitter};
///
/// let options = Options::default();
/// let mut splitter = Splitter::new(&options);
/// let mut reader = Reader::new();
///
/// let mut buffer = br#"{"event_type":"SYS_111","device_id":"m1"}
/// {"event_type":"UPD4_FAIL_218","dev"#.to_vec();
/// let mut devices = Vec::new();
///
/// let batch = splitter.split(&buffer, false).unwrap();
/// let bytes: Vec<u8> = buffer.drain(..batch.len()).collect();
/// reader.read(&batch, &bytes, |record| {
///     devices.extend(record.events().filter_map(|event| event.device().map(<[u8]>::to_vec)));
/// });
/// assert!(splitter.split(&buffer, false).is_none());
///
/// buffer.extend_from_slice(br#"ice_id":"m2"}"#);
/// while let Some(batch) = splitter.split(&buffer, true) {
///     let bytes: Vec<u8> = buffer.drain(..batch.len()).collect();
///     reader.read(&batch, &bytes, |record| {
///         devices.extend(record.events().filter_map(|event| event.device().map(<[u8]>::to_vec)));
///     });
/// }
/// assert_eq!(devices, [b"m1", b"m2"]);
/// ```
#[derive(Debug)]
pub struct Splitter {
    options: Arc<Options>,
    format: Option<Format>,
    columns: Option<Arc<Columns>>,
    /// Only where it is needed: the pieces of a file of lines have a splitter each.
    json: Option<Box<json::JsonSplitter>>,
    /// The line that the buffer begins in.
    line: u64,
    /// Whether nothing was split so far.
    is_start: bool,
    /// Bytes from here on in which lines may turn into JSON over several lines.
    unsettled: usize,
    /// Bytes at the start of the buffer that are known not to end a record.
    scanned: usize,
    /// Whether the record that the buffer begins with is handed over in parts.
    in_parts: bool,
}

/// Whole records at the start of a buffer, not yet read.
///
/// It holds no bytes, so it can be sent to another thread with them.
#[derive(Clone, Debug)]
pub struct Batch {
    pub(crate) len: usize,
    pub(crate) line: u64,
    pub(crate) is_start: bool,
    pub(crate) kind: Kind,
    pub(crate) options: Arc<Options>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// Lines of text or JSON.
    Lines {
        /// Whether a line that is not JSON is a problem.
        json: bool,
    },
    /// Rows under a header; the first row is the header itself if this is the first batch.
    Rows { columns: Arc<Columns> },
    /// Values, text between them, and what is around them.
    Json { units: Vec<Unit>, context: Option<Arc<Context>> },
    /// A part of a record that is too long.
    Part { last: bool },
}

/// A value at the top of JSON input, or something between such values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unit {
    pub start: usize,
    pub end: usize,
    pub line: u64,
    pub kind: UnitKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitKind {
    /// An object or array.
    Value,
    /// Values in an array that are no objects or arrays, or a part of them.
    Scalars,
    /// Members of an object that is too long to be a record.
    Members,
    /// A line of text.
    Text,
    /// JSON that ends early or has the wrong brackets.
    Broken(Cause),
}

/// Fields of the objects around records.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub slots: Slots,
    /// What the spans of the slots refer to.
    pub text: Vec<u8>,
}

impl Batch {
    /// How many bytes at the start of the buffer it covers.
    #[must_use]
    #[allow(clippy::len_without_is_empty, reason = "a batch is never empty")]
    pub fn len(&self) -> usize {
        self.len
    }

    /// The line that it begins in, from 1 on.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Whole lines of the batch, if its records are lines: `len` bytes that begin in `line`. They are read with
    /// those bytes instead of all.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{Format, Options, Reader, Splitter};
    ///
    /// let lines = b"started\nm1 UPD4_FAIL_218\n";
    /// let batch = Splitter::in_lines(&Options::default(), Format::Text).split(lines, true).unwrap();
    /// let mut found = Vec::new();
    /// Reader::new().read(&batch.of_lines(2, 17), &lines[8..], |record| {
    ///     found.push((record.line(), record.bytes().to_vec()));
    /// });
    /// assert_eq!(found, [(2, b"m1 UPD4_FAIL_218\n".to_vec())]);
    /// ```
    #[must_use]
    pub fn of_lines(&self, line: u64, len: usize) -> Batch {
        Batch { len, line, ..self.clone() }
    }

    /// Whether it is a part of a record that is too long, instead of whole records.
    #[must_use]
    pub fn is_part(&self) -> bool {
        matches!(self.kind, Kind::Part { .. })
    }
}

/// The least that [`Options::max_record`] can be.
const MIN_MAX_RECORD: usize = 1 << 10;

/// Bytes that are enough for a further part of a record that is too long: only its first part is as long as
/// a record may be.
const PART: usize = 256 << 10;

/// The longest batch: positions in it are 32-bit numbers.
const MAX_BATCH: usize = 1 << 30;

impl Splitter {
    /// At the start of an input.
    #[must_use]
    pub fn new(options: &Options) -> Splitter {
        Splitter {
            options: Arc::new(Options {
                max_record: options.max_record.clamp(MIN_MAX_RECORD, MAX_BATCH / 2),
                ..options.clone()
            }),
            format: options.format,
            columns: None,
            json: None,
            line: 1,
            is_start: true,
            unsettled: if options.format.is_none() { UNSETTLED } else { 0 },
            scanned: 0,
            in_parts: false,
        }
    }

    /// In the middle of an input of lines ([`Format::Ndjson`] or [`Format::Text`]), at the start of a
    /// line. Lines are counted from there.
    #[must_use]
    pub fn in_lines(options: &Options, format: Format) -> Splitter {
        let format = if format == Format::Ndjson { format } else { Format::Text };
        let options = Options { format: Some(format), ..options.clone() };
        Splitter { is_start: false, ..Splitter::new(&options) }
    }

    /// The format, once it is known.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.format
    }

    /// The whole records at the start of `buffer`, which begins where the batch before ended; `last`
    /// if the input ends with it.
    ///
    /// `None` if there is no whole record: read more behind what is there. A buffer of
    /// [`Options::max_record`] bytes and a few more is enough for any input. With `last`, `None` means
    /// that the input has ended.
    pub fn split(&mut self, buffer: &[u8], last: bool) -> Option<Batch> {
        let last = last && buffer.len() <= MAX_BATCH;
        let buffer = &buffer[..buffer.len().min(MAX_BATCH)];
        if buffer.is_empty() {
            return None;
        }
        let format = match self.format {
            Some(format) => format,
            None => *self.format.insert(recognise(buffer, last, &self.options.names)?),
        };
        let batch = match format {
            Format::Ndjson | Format::Text => self.lines(buffer, last, format == Format::Ndjson),
            Format::Csv => self.rows(buffer, last),
            Format::Json => self.json(buffer, last),
        };
        match &batch {
            Some(batch) => {
                if self.options.number_lines {
                    self.line += memchr_iter(b'\n', &buffer[..batch.len]).count() as u64;
                }
                self.is_start = false;
                self.unsettled = self.unsettled.saturating_sub(batch.len);
                self.scanned = 0;
            }
            None => self.scanned = buffer.len(),
        }
        batch
    }

    fn json(&mut self, buffer: &[u8], last: bool) -> Option<Batch> {
        let json = self.json.get_or_insert_with(|| Box::new(json::JsonSplitter::new(Engine::detect())));
        let (len, kind) = json.split(buffer, last, &self.options, self.line)?;
        Some(self.batch(len, kind))
    }

    /// Splits lines; near the start, up to a value that goes on over several lines.
    fn lines(&mut self, buffer: &[u8], last: bool, json: bool) -> Option<Batch> {
        if self.unsettled == 0 {
            return self.settled_lines(buffer, last, json);
        }
        // Whole lines may have waited for the next one.
        self.scanned = 0;
        if self.in_parts {
            return self.settled_lines(buffer, last, json);
        }
        let Some(open) = open_line(buffer, last, self.unsettled, &self.options.names) else {
            return self.settled_lines(buffer, last, json);
        };
        if open.start > 0 {
            return self.settled_lines(&buffer[..open.start], false, json);
        }
        if open.is_certain {
            self.format = Some(Format::Json);
            return self.json(buffer, last);
        }
        // A line that is too long for a record is none of JSON over several lines.
        if buffer.len() > self.options.max_record { self.settled_lines(buffer, last, json) } else { None }
    }

    fn settled_lines(&mut self, buffer: &[u8], last: bool, json: bool) -> Option<Batch> {
        if self.in_parts {
            return self.part(buffer, last, memchr(b'\n', buffer).map(|end| end + 1));
        }
        let scanned = self.scanned.min(buffer.len());
        let len = match memrchr(b'\n', &buffer[scanned..]) {
            Some(end) => scanned + end + 1,
            None if last => buffer.len(),
            None => return self.part(buffer, last, None),
        };
        Some(self.batch(len, Kind::Lines { json }))
    }

    fn rows(&mut self, buffer: &[u8], last: bool) -> Option<Batch> {
        let columns = match &self.columns {
            Some(columns) => columns.clone(),
            None => {
                let len = header_len(buffer, last, &self.options.names)?;
                let start = Preamble::of(buffer, &self.options.names).len;
                let header = trim_log_start(&buffer[start..len]);
                let Some(columns) = Columns::detect(header, &self.options.names) else {
                    // No header: lines of text.
                    self.format = Some(Format::Text);
                    return self.lines(buffer, last, false);
                };
                self.columns.insert(Arc::new(columns)).clone()
            }
        };
        let max_record = self.options.max_record;
        let mut len = 0;
        if self.is_start {
            len = header_len(buffer, last, &self.options.names)?;
        } else if self.in_parts {
            // A row that is too long ends with its line, whatever its quotes say.
            return self.part(buffer, last, memchr(b'\n', buffer).map(|end| end + 1));
        }
        while let Some(row) = columns.row_len(&buffer[len..], last, max_record).filter(|row| *row > 0) {
            len += row;
        }
        if len == 0 {
            // However much of the row is here.
            let row = &buffer[..buffer.len().min(max_record + 1)];
            return self.part(row, last && row.len() == buffer.len(), None);
        }
        Some(self.batch(len, Kind::Rows { columns }))
    }

    /// A part of a record that is too long, which ends at `end`.
    fn part(&mut self, buffer: &[u8], last: bool, end: Option<usize>) -> Option<Batch> {
        let end = end.or(last.then_some(buffer.len()));
        let max_record = self.options.max_record;
        if end.is_none() && buffer.len() <= if self.in_parts { max_record.min(PART) } else { max_record } {
            return None;
        }
        self.in_parts = end.is_none();
        let len = end.unwrap_or_else(|| safe_cut(buffer));
        Some(self.batch(len, Kind::Part { last: end.is_some() }))
    }

    fn batch(&self, len: usize, kind: Kind) -> Batch {
        Batch { len, line: self.line, is_start: self.is_start, kind, options: self.options.clone() }
    }
}

pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The length of the header of a table, with what stands before it.
pub(crate) fn header_len(buffer: &[u8], last: bool, names: &FieldNames) -> Option<usize> {
    let start = Preamble::of(buffer, names).len;
    memchr(b'\n', &buffer[start..]).map(|end| start + end + 1).or(last.then_some(buffer.len()))
}

/// Whether a line is only drawn, as databases draw it around a header: `+----+----+`.
pub(crate) fn is_rule(line: &[u8]) -> bool {
    let line = line.trim_ascii();
    line.len() > 1 && line.iter().all(|byte| matches!(byte, b'+' | b'-' | b'='))
}

/// What may stand before the header of a table: a byte-order mark, blank lines, comments, rules (`+----+`), and
/// `sep=;`, which tells Excel the delimiter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preamble {
    /// Its length in bytes.
    pub len: usize,
    /// The delimiter that it states.
    pub delimiter: Option<u8>,
    /// How many lines are comments: they begin with `#`, and are no header that names an event type.
    pub comments: u64,
}

impl Preamble {
    /// The preamble at the start of `buffer`, as far as it has whole lines.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{FieldNames, Preamble};
    ///
    /// let table = b"sep=;\n# exported today\n\nevent_type;n\nSYS_111;7\n";
    /// let preamble = Preamble::of(table, &FieldNames::default());
    /// assert!(table[preamble.len..].starts_with(b"event_type"));
    /// assert_eq!((preamble.delimiter, preamble.comments), (Some(b';'), 1));
    /// ```
    #[must_use]
    pub fn of(buffer: &[u8], names: &FieldNames) -> Preamble {
        /// Bytes of the longest.
        const MAX: usize = 32 << 10;
        let mut preamble = Preamble::default();
        if buffer.starts_with(BYTE_ORDER_MARK) {
            preamble.len = BYTE_ORDER_MARK.len();
        }
        while let Some(end) = memchr(b'\n', &buffer[preamble.len..]).filter(|end| preamble.len + end < MAX) {
            let line = trim_log_start(&buffer[preamble.len..preamble.len + end]).trim_ascii_end();
            let quoted = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\""));
            if let [b's', b'e', b'p', b'=', delimiter] = quoted.unwrap_or(line) {
                preamble.delimiter = Some(*delimiter);
            } else if line.starts_with(b"#") && Columns::detect(line, names).is_none() {
                // A number sign may also be the name of the first column.
                preamble.comments += 1;
            } else if !(line.is_empty() || is_rule(line)) {
                break;
            }
            preamble.len += end + 1;
        }
        preamble
    }
}

/// Where near its end `bytes` can be cut without a code, or an escape before a code, being cut too.
pub(crate) fn safe_cut(bytes: &[u8]) -> usize {
    let start = bytes.len().saturating_sub(64 << 10).max(1);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_of_escape = |byte: u8| b"\\%#^[;:?\x1b".contains(&byte);
    let begins_escape = |byte: u8| b"\\%#^\x1b".contains(&byte);
    let last = |fits: &dyn Fn(usize) -> bool| (start..bytes.len()).rev().find(|at| fits(*at));
    last(&|at| !is_word(bytes[at - 1]) && !is_of_escape(bytes[at - 1]))
        .or_else(|| last(&|at| is_word(bytes[at - 1]) && begins_escape(bytes[at])))
        .or_else(|| last(&|at| !is_word(bytes[at - 1])))
        // In a word of 64 KiB, which is no code: not where the rest could be taken for one.
        .or_else(|| last(&|at| !matches!(bytes[at], b'U' | b'S')))
        .unwrap_or(bytes.len())
}
