//! The objects and arrays that are open.

use event_log_codes::EventCode;

use crate::event::{code_of, is_upper_case};
use crate::fields::{Field, FieldNames, Rank};
use crate::slots::{Certain, Meaning, Slots};
use crate::value::Span;

/// Objects and arrays that are open, the innermost last.
///
/// Those that were closed stay behind them: opening one is frequent, and to make it from nothing, or to
/// move it out, takes longer than to forget what it says.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    all: Vec<Frame>,
    depth: usize,
}

/// An open object or array.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub slots: Slots,
    /// The event type: the code, unless the catalogue lacks it.
    pub event_type: Option<EventType>,
    pub is_array: bool,
    pub has_count: bool,
    /// The key of the object, if names of fields begin with it.
    pub key: Span,
    /// What the keys of members must mean for `key` to say nothing more about them.
    pub certain: Certain,
    pub role: Role,
    pub pair: Pair,
    pub first_event: u32,
    pub first_candidate: u32,
}

/// What an object may be besides an object with members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Plain,
    /// An element of an array: perhaps `{"key": "device_id", "value": "m1"}`.
    Pair,
    /// The value of such a pair: perhaps `{"stringValue": "m1"}`.
    PairValue,
}

/// The event type of an object: the code, if it is in the catalogue.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventType {
    pub code: Option<EventCode>,
    /// Whether it stands there in upper case.
    pub literal: bool,
    pub at: u32,
}

impl EventType {
    /// Of the text that stands at `at`, if all of it is a code.
    pub(crate) fn new(text: &[u8], at: usize) -> Option<EventType> {
        let code = code_of(text)?;
        Some(EventType { literal: is_upper_case(text), ..EventType::found(code, at) })
    }

    /// Of a code that was found at `at` without reading the record.
    #[inline]
    pub(crate) fn found(code: Option<EventCode>, at: usize) -> EventType {
        EventType { code, literal: true, at: at as u32 }
    }
}

/// What an object says as a pair of a key and a value: `{"key": "device_id", "value": "m1"}`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pair {
    /// What the key means.
    meaning: Option<(Field, Rank)>,
    value: Span,
    /// If the value is a code.
    event_type: Option<EventType>,
}

impl Pair {
    const EMPTY: Pair = Pair { meaning: None, value: Span::EMPTY, event_type: None };

    pub(crate) fn set_key(&mut self, text: &[u8], names: &FieldNames) {
        self.meaning = names.get(text);
    }

    pub(crate) fn set_value(&mut self, span: Span, text: &[u8], at: usize) {
        self.value = span;
        self.event_type = EventType::new(text, at);
    }
}

impl Frame {
    const EMPTY: Frame = Frame {
        slots: Slots::EMPTY,
        event_type: None,
        is_array: false,
        has_count: false,
        key: Span::EMPTY,
        certain: Certain::NOT,
        role: Role::Plain,
        pair: Pair::EMPTY,
        first_event: 0,
        first_candidate: 0,
    };

    /// Makes the object an event, unless a better event type is known.
    #[inline]
    pub(crate) fn set_event_type(&mut self, meaning: Meaning, span: Span, event_type: EventType) {
        if self.slots.set_member(meaning, span) {
            self.event_type = Some(event_type);
        }
    }

    /// Sets the field that a pair, an element of an array in this object, means.
    pub(crate) fn add_pair(&mut self, pair: &Pair) {
        match (pair.meaning, pair.event_type) {
            (Some((Field::EventType, rank)), Some(event_type)) => {
                self.set_event_type(Meaning::of(Field::EventType, rank), pair.value, event_type);
            }
            (Some((Field::EventType, _)), None) | (None, _) => {}
            (Some((field, rank)), _) => {
                self.slots.set(field, rank, pair.value);
            }
        }
    }
}

impl Frames {
    /// How many are open.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.depth
    }

    /// Forgets all of them.
    #[inline(always)]
    pub(crate) fn clear(&mut self) {
        self.depth = 0;
    }

    /// Forgets the innermost ones, so that at most `len` are left.
    pub(crate) fn truncate(&mut self, len: usize) {
        self.depth = self.depth.min(len);
    }

    /// Opens one. `first` are the numbers of the first event and candidate in it.
    #[inline(always)]
    pub(crate) fn open(&mut self, is_array: bool, key: Span, role: Role, first: (u32, u32)) {
        if self.depth == self.all.len() {
            self.all.push(Frame::EMPTY);
        }
        let frame = &mut self.all[self.depth];
        frame.slots.clear();
        frame.event_type = None;
        frame.is_array = is_array;
        frame.has_count = false;
        frame.key = key;
        frame.certain = if key.is_empty() { Certain::NOT } else { Certain::BY_ITSELF };
        frame.role = role;
        if role != Role::Plain {
            frame.pair = Pair::EMPTY;
        }
        (frame.first_event, frame.first_candidate) = first;
        self.depth += 1;
    }

    /// Closes the innermost one, which is returned with those around it.
    #[inline(always)]
    pub(crate) fn close(&mut self) -> Option<(&mut Frame, &mut [Frame])> {
        self.depth = self.depth.checked_sub(1)?;
        self.closed()
    }

    /// The one that was closed last, if none was opened since.
    #[inline(always)]
    pub(crate) fn closed(&mut self) -> Option<(&mut Frame, &mut [Frame])> {
        let (around, closed) = self.all.split_at_mut_checked(self.depth)?;
        Some((closed.first_mut()?, around))
    }

    #[inline(always)]
    pub(crate) fn open_mut(&mut self) -> &mut [Frame] {
        self.all.get_mut(..self.depth).unwrap_or_default()
    }

    pub(crate) fn first(&self) -> Option<&Frame> {
        self.all.get(..self.depth)?.first()
    }

    #[inline(always)]
    pub(crate) fn last(&self) -> Option<&Frame> {
        self.all.get(self.depth.checked_sub(1)?)
    }

    #[inline(always)]
    pub(crate) fn last_mut(&mut self) -> Option<&mut Frame> {
        self.all.get_mut(self.depth.checked_sub(1)?)
    }
}
