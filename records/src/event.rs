//! What a record says.

use std::fmt;
use std::ops::Range;

use event_log_codes::{EventCode, Status};

use crate::assembly::MAX_EVENTS;
use crate::fields::Field;
use crate::slots::Slots;
use crate::text::Uncertain;
use crate::time::{Time, TimeParser};
use crate::value::Span;

/// An event code, in the catalogue or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Code<'r>(Kind<'r>);

/// Without the text of a code in the catalogue: few ask for it, and to look it up for each event takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind<'r> {
    Catalogued(EventCode),
    Uncatalogued(&'r [u8]),
}

impl<'r> Code<'r> {
    /// The code in upper case, at most 64 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &'r [u8] {
        match self.0 {
            Kind::Catalogued(code) => code.as_str().as_bytes(),
            Kind::Uncatalogued(code) => code,
        }
    }

    /// The entry of the catalogue; `None` for a code that the catalogue lacks.
    #[must_use]
    pub fn catalogued(&self) -> Option<EventCode> {
        match self.0 {
            Kind::Catalogued(code) => Some(code),
            Kind::Uncatalogued(_) => None,
        }
    }

    /// The code in the catalogue if there is one, else what `text` returns.
    #[inline]
    fn new(catalogued: Option<EventCode>, text: impl FnOnce() -> &'r [u8]) -> Code<'r> {
        Code(catalogued.map_or_else(|| Kind::Uncatalogued(text()), Kind::Catalogued))
    }
}

/// A code-shaped word that stands in a record, whether it belongs to an event or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub start: u32,
    pub len: u8,
    pub code: Option<EventCode>,
}

/// An event of a record.
#[derive(Clone, Copy, Debug)]
pub struct Event<'r> {
    code: Code<'r>,
    offset: usize,
    pending: &'r Pending,
    texts: &'r Texts<'r>,
}

impl<'r> Event<'r> {
    /// The code.
    #[must_use]
    pub fn code(&self) -> Code<'r> {
        self.code
    }

    /// The identifier of the device. `None` if the record names none, or several and not which of them.
    #[must_use]
    pub fn device(&self) -> Option<&'r [u8]> {
        self.field(Field::Device)
    }

    /// The identifier of the update campaign.
    #[must_use]
    pub fn campaign(&self) -> Option<&'r [u8]> {
        self.field(Field::Campaign)
    }

    /// The name of the update campaign.
    #[must_use]
    pub fn campaign_name(&self) -> Option<&'r [u8]> {
        self.field(Field::CampaignName)
    }

    /// The summary status that the record states, which may differ from that of the catalogue.
    #[must_use]
    pub fn status(&self) -> Option<Status> {
        self.field(Field::Status).and_then(Status::from_record)
    }

    /// When it happened. Read anew by each call.
    #[must_use]
    pub fn time(&self) -> Time<'r> {
        self.texts.time(&self.pending.slots)
    }

    /// Where in [`Record::bytes`] the code stands, or the string that holds the event as JSON.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    fn field(&self, field: Field) -> Option<&'r [u8]> {
        self.pending.slots.get(field).map(|span| self.texts.text(span))
    }
}

/// What spans refer to, and how times are read.
#[derive(Clone, Copy)]
pub(crate) struct Texts<'r> {
    pub input: &'r [u8],
    pub scratch: &'r [Vec<u8>],
    pub times: &'r TimeParser,
}

impl fmt::Debug for Texts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Texts")
    }
}

impl<'r> Texts<'r> {
    pub(crate) fn text(&self, span: Span) -> &'r [u8] {
        span.of(self.input, self.scratch)
    }

    fn time(&self, slots: &Slots) -> Time<'r> {
        match slots.get(Field::Time) {
            None => Time::Missing,
            Some(span) => {
                let text = self.text(span);
                self.times.parse(text).map_or(Time::Unreadable(text), Time::At)
            }
        }
    }
}

/// An event whose fields are being gathered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pending {
    pub slots: Slots,
    pub code: Option<EventCode>,
    /// Position in the input.
    pub at: u32,
    /// Whether the code stands in the record in upper case, where it is found without reading it.
    pub literal: bool,
    /// Whether it has a count, which an event of one device does not have.
    pub counted: bool,
}

/// A line, a row, or a JSON value at the top: the unit in which an input is read.
#[derive(Clone, Copy, Debug)]
pub struct Record<'r> {
    pub(crate) range: (usize, usize),
    pub(crate) line: u64,
    pub(crate) texts: &'r Texts<'r>,
    pub(crate) events: &'r [Pending],
    pub(crate) codes: &'r [Found],
    pub(crate) slots: &'r Slots,
    pub(crate) values: &'r (usize, Range<usize>),
    pub(crate) uncertain: &'r Uncertain,
    pub(crate) problem: Option<Problem>,
}

impl<'r> Record<'r> {
    /// The record as it stands in the input; a line with its line end.
    ///
    /// The records of an input are, one after the other, all its bytes but for what is between JSON
    /// values: white space, commas, and the brackets of an array or of an object too long for a
    /// record.
    #[must_use]
    pub fn bytes(&self) -> &'r [u8] {
        self.texts.input.get(self.range.0..self.range.1).unwrap_or_default()
    }

    /// The line that it begins in, from 1 on.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Its events, in order.
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event<'r>> + use<'r> {
        let (texts, start) = (self.texts, self.range.0);
        self.events.iter().map(move |pending| {
            let event_type = || pending.slots.get(Field::EventType).map(|span| texts.text(span));
            Event {
                code: Code::new(pending.code, || event_type().unwrap_or_default()),
                offset: (pending.at as usize).saturating_sub(start),
                pending,
                texts,
            }
        })
    }

    /// The codes in it, as [`find_iter`](event_log_codes::find_iter) finds them in [`bytes`](Self::bytes),
    /// each with its offset: those of its events and any others.
    pub fn codes(&self) -> impl ExactSizeIterator<Item = (usize, Code<'r>)> + use<'r> {
        let (input, start) = (self.texts.input, self.range.0);
        self.codes.iter().map(move |found| (found.start as usize - start, found.in_text(input)))
    }

    /// How many of its [`codes`](Self::codes) belong to none of its events.
    #[must_use]
    pub fn codes_outside_events(&self) -> usize {
        let of_events = self.events.iter().filter(|event| event.literal).count();
        self.codes.len().saturating_sub(of_events)
    }

    /// The time of the record itself, for codes outside events: that of the line, or of the
    /// outermost object.
    #[must_use]
    pub fn time(&self) -> Time<'r> {
        match self.events {
            [event] => self.texts.time(&event.slots),
            _ => self.texts.time(self.slots),
        }
    }

    /// Where in [`bytes`](Self::bytes) the JSON object stands that the record is. `None` if it is none, or
    /// there is more in it than the object and what separates it from others: white space, a comma, a record
    /// separator.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{Options, Reader, Splitter};
    ///
    /// let object = |line: &[u8]| {
    ///     let batch = Splitter::new(&Options::default()).split(line, true).unwrap();
    ///     let mut object = None;
    ///     Reader::new().read(&batch, line, |record| object = record.object());
    ///     object
    /// };
    /// assert_eq!(object(b" {\"a\":1},\n"), Some(1..8));
    /// assert_eq!(object(b"{\"a\":1} {\"a\":2}\n"), None);
    /// assert_eq!(object(b"line {\"a\":1}\n"), None);
    /// ```
    #[must_use]
    pub fn object(&self) -> Option<Range<usize>> {
        let (1, value) = self.values else { return None };
        let is_object = self.texts.input.get(value.start) == Some(&b'{');
        let is_whole = match self.problem {
            None | Some(Problem::Statistics { .. }) => true,
            Some(Problem::Unreadable { cause, .. }) => cause == Cause::CutOff,
            Some(Problem::TooLong { .. }) => false,
        };
        (is_object && is_whole).then(|| value.start - self.range.0..value.end - self.range.0)
    }

    /// Values of its events, in lines of text, that may go on behind the white space or the sign that ends them: how
    /// many there are, and the first with what follows it. `None` if all are certain.
    ///
    /// They are values without quotes of a device or a campaign, if they are made of letters alone and a word
    /// follows, if they are the name of a campaign and words and another key follow, or if a bracket or another sign
    /// that could belong to them follows, and a word at once: `device=a(b)`.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::{Options, Records};
    ///
    /// let mut records = Records::new(&Options::default());
    /// records.push(b"campaign=Summer rollout device=m1 event=UPD4_FAIL_207\n", |record| {
    ///     assert_eq!(record.events().next().unwrap().campaign(), Some(&b"Summer"[..]));
    ///     assert_eq!(record.uncertain_values(), Some((1, &b"Summer rollout"[..])));
    /// });
    /// records.push(b"campaign=\"Summer rollout\" device=m1 failed: UPD4_FAIL_207\n", |record| {
    ///     assert_eq!(record.uncertain_values(), None);
    /// });
    /// ```
    #[must_use]
    pub fn uncertain_values(&self) -> Option<(usize, &'r [u8])> {
        let Uncertain { count, first } = *self.uncertain;
        (count > 0 && !self.events.is_empty()).then(|| (count as usize, self.texts.text(first)))
    }

    /// What kept the record from being read as it should, if anything did.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        self.problem
    }
}

/// Why a record, or part of it, could not be read as events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The record is broken from `offset` on; events before that are reported.
    Unreadable {
        /// What is wrong.
        cause: Cause,
        /// Where in [`Record::bytes`].
        offset: usize,
    },
    /// The record counts events by type instead of being one: `events` of its objects do.
    Statistics {
        /// How many objects with an event type and a count were left out.
        events: usize,
    },
    /// The record is longer than [`Options::max_record`](crate::Options::max_record); it is handed
    /// over in parts, which are not read but for their codes.
    TooLong {
        /// Whether this is the last part.
        last: bool,
    },
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// A line among JSON lines that is not JSON.
    NotJson,
    /// The input ends, or the next value begins, before the object or array is closed.
    Unclosed,
    /// The line ends before the object or array that it opens is closed.
    UnclosedInLine,
    /// A string is not closed where its line ends.
    UnclosedString,
    /// A JSON object in text, or in a string, is not closed: what it lacks is not known.
    CutOff,
    /// A byte that the grammar of JSON does not allow here.
    Unexpected(u8),
    /// Brackets nested deeper than 128.
    TooDeep,
    /// A row whose number of cells is not that of the header.
    Cells {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A quoted cell is not closed.
    UnclosedCell,
    /// More events in one record than are kept.
    TooManyEvents,
}

impl Cause {
    /// Whether JSON ends where more of it is expected.
    pub(crate) fn is_end(self) -> bool {
        matches!(self, Cause::Unclosed | Cause::UnclosedInLine | Cause::UnclosedString)
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::NotJson => f.write_str("expected a JSON object"),
            Cause::Unclosed => f.write_str("a JSON object or array is not closed"),
            Cause::UnclosedInLine => f.write_str("the line ends inside a JSON object or array"),
            Cause::CutOff => f.write_str("a JSON object in text is cut off"),
            Cause::UnclosedString => f.write_str("a JSON string is not closed"),
            Cause::Unexpected(byte) if byte.is_ascii() => {
                write!(f, "unexpected {:?} in JSON", char::from(*byte))
            }
            Cause::Unexpected(byte) => write!(f, "unexpected byte {byte:#04x} in JSON"),
            Cause::TooDeep => f.write_str("JSON nested deeper than 128 levels"),
            Cause::Cells { found, expected } => write!(f, "{found} cells where the header has {expected}"),
            Cause::UnclosedCell => f.write_str("a quoted cell is not closed"),
            Cause::TooManyEvents => write!(f, "more than {MAX_EVENTS} events in one record"),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Unreadable { cause, offset } => write!(f, "{cause} at byte {}", offset + 1),
            Problem::Statistics { events } => {
                write!(f, "counts of {events} event types, not events of devices")
            }
            Problem::TooLong { .. } => f.write_str("the record is too long to be read"),
        }
    }
}

impl Found {
    /// The code, which stands in `text`.
    pub(crate) fn in_text(self, text: &[u8]) -> Code<'_> {
        Code::new(self.code, || text.get(self.range()).unwrap_or_default())
    }

    /// The range that it covers.
    pub(crate) fn range(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + usize::from(self.len)
    }
}

/// Whether a code-shaped word is in upper case; one that is not is a code only as the type of an event.
///
/// # Examples
///
/// ```
/// use event_log_codes_records::is_upper_case;
///
/// assert!(is_upper_case(b"UPD4_FAIL_218"));
/// assert!(!is_upper_case(b"upd4_FAIL_218"));
/// ```
#[inline]
#[must_use]
pub fn is_upper_case(code: &[u8]) -> bool {
    // Of the bytes of a word, small letters alone have the bits 0x40 and 0x20.
    let has_small = |bytes: &[u8; 8]| {
        let bytes = u64::from_le_bytes(*bytes);
        bytes & bytes << 1 & u64::from_le_bytes([0x40; 8]) != 0
    };
    match (code.first_chunk(), code.last_chunk()) {
        (Some(first), Some(last)) if code.len() <= 16 => !(has_small(first) | has_small(last)),
        _ => !code.iter().any(|byte| byte & 0x60 == 0x60),
    }
}

/// The code that all of `text` is, in either case; the code itself if it is in the catalogue.
pub(crate) fn code_of(text: &[u8]) -> Option<Option<EventCode>> {
    if let Some(code) = EventCode::from_bytes_ignore_ascii_case(text) {
        return Some(Some(code));
    }
    let mut upper = [0; 64];
    let upper = upper.get_mut(..text.len())?;
    upper.copy_from_slice(text);
    upper.make_ascii_uppercase();
    event_log_codes::find(upper).filter(|found| found.as_bytes().len() == text.len()).map(|_| None)
}
