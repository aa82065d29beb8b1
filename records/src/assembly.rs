//! From members of objects to events: which object is an event, and what the objects around it add.

use std::ops::Range;

use event_log_codes::{EventCode, find_iter};
use memchr::{memchr, memchr2};

use crate::csv::Columns;
use crate::event::{Cause, Found, Pending};
use crate::fields::{Field, FieldNames, Rank};
use crate::frames::{EventType, Frame, Frames, Role};
use crate::index::CellMarks;
use crate::slots::{Meaning, Slots};
use crate::split::Context;
use crate::text::{self, TIME_OF_LINE, Uncertain};
use crate::time;
use crate::unescape::unescape;
use crate::value::Span;

/// Objects and arrays that may be open at once.
pub(crate) const MAX_DEPTH: usize = 128;

/// Events that are kept of one record: what a line of 16 MiB with nothing but codes in it would need is many
/// times its length.
pub(crate) const MAX_EVENTS: usize = 1 << 18;

/// How deep strings of JSON may stand in strings of JSON.
pub(crate) const LEVELS: usize = 4;

/// What is gathered of one record.
///
/// An object is an event if it has an event type, that is a member that means [`Field::EventType`]
/// whose value is code-shaped, and no object in it has one. What an event lacks comes from the
/// objects in it, then from the object around it, and the objects in that one that hold no event,
/// and so on outwards. Objects in an array say nothing about what is around the array, unless they are
/// pairs of a key and a value. Of two devices that objects in it name equally well and equally deep, nothing says
/// which is meant: then none is.
///
/// A string with a code in it that no event type names, outside of every event, is read as lines of
/// text, and its codes are events too, unless it stands beside events as a page's header does.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    /// Open objects and arrays, the innermost last.
    pub frames: Frames,
    /// Events, in the order in which they end; one more than [`MAX_EVENTS`] of a record that has too many.
    pub events: Vec<Pending>,
    /// Whether there are more candidates than may be kept.
    has_too_many: bool,
    candidates: Vec<Candidate>,
    /// Codes of the record, in order.
    pub codes: Vec<Found>,
    /// Unescaped text, by level; the last is the text of the context.
    pub scratch: [Vec<u8>; LEVELS + 2],
    /// The fields of the outermost object, or of the line.
    pub slots: Slots,
    /// Objects with an event type and a count that name no device.
    pub statistics: usize,
    /// The JSON values of the record, if these are what it is made of: how many, and where the last stands.
    pub values: (usize, Range<usize>),
    /// Values in text that may be longer than said.
    pub uncertain: Uncertain,
    /// Where an object with a code begins, in text, that is not closed.
    pub cut: Option<usize>,
}

/// A string that may be text about a device.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    span: Span,
    slots: Slots,
    at: u32,
    /// Whether an array stands between it and the object that closed last around it.
    in_array: bool,
}

impl Assembly {
    /// Forgets the record before.
    #[inline]
    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.events.clear();
        self.candidates.clear();
        self.has_too_many = false;
        self.codes.clear();
        self.scratch[..=LEVELS].iter_mut().for_each(Vec::clear);
        self.slots = Slots::EMPTY;
        self.statistics = 0;
        self.values = (0, 0..0);
        self.uncertain = Uncertain::default();
        self.cut = None;
    }

    /// Notes an object with a code in text that is not closed; it begins at `at` of the input, or in the string there.
    #[cold]
    pub(crate) fn add_cut(&mut self, at: usize) {
        self.cut.get_or_insert(at);
    }

    /// Notes that a value that the record is made of stands at `range`.
    #[inline]
    pub(crate) fn add_value(&mut self, range: Range<usize>) {
        self.values = (self.values.0 + 1, range);
    }

    /// Forgets all of the record but its codes.
    pub(crate) fn clear_fields(&mut self) {
        let codes = std::mem::take(&mut self.codes);
        self.clear();
        self.codes = codes;
    }

    /// Opens an object or array that is the value of `key`.
    #[inline]
    pub(crate) fn open(&mut self, is_array: bool, key: Span, role: Role) {
        let first = (self.events.len() as u32, self.candidates.len() as u32);
        self.frames.open(is_array, key, role, first);
    }

    /// Sets a field of the innermost object; `text` is that of `span`.
    #[inline]
    pub(crate) fn set(&mut self, meaning: Meaning, span: Span, text: &[u8], at: usize) {
        if meaning.is_event_type() {
            if let Some(event_type) = EventType::new(text, at) {
                self.set_event_type(meaning, span, event_type);
            }
        } else if let Some(object) = self.object() {
            object.slots.set_member(meaning, span);
        }
    }

    /// The innermost object, or the one whose member the innermost array is: of that, the first
    /// element is the value.
    #[inline]
    fn object(&mut self) -> Option<&mut Frame> {
        match self.frames.open_mut() {
            [.., object, array] if array.is_array && !object.is_array => Some(object),
            [.., object] if !object.is_array => Some(object),
            _ => None,
        }
    }

    /// Makes the innermost object an event by a code in the catalogue or not that stands at `at`.
    #[inline]
    pub(crate) fn set_code(&mut self, meaning: Meaning, span: Span, code: Option<EventCode>, at: usize) {
        self.set_event_type(meaning, span, EventType::found(code, at));
    }

    #[inline]
    fn set_event_type(&mut self, meaning: Meaning, span: Span, event_type: EventType) {
        if let Some(object) = self.object() {
            object.set_event_type(meaning, span, event_type);
        }
    }

    /// Notes that the innermost object has a count.
    pub(crate) fn set_count(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.has_count = true;
        }
    }

    /// Notes a member of an object that may be a pair; `text` is that of `span`.
    pub(crate) fn set_pair(&mut self, key: &[u8], span: Span, text: &[u8], at: usize, names: &FieldNames) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        match key {
            b"key" | b"Key" | b"name" | b"Name" | b"k" => frame.pair.set_key(text, names),
            b"value" | b"Value" | b"v" => frame.pair.set_value(span, text, at),
            _ => {}
        }
    }

    /// Notes the value of a pair that is an object with one member such as `stringValue`.
    pub(crate) fn set_typed_value(&mut self, key: &[u8], span: Span, text: &[u8], at: usize) {
        if let [.., frame, _] = self.frames.open_mut()
            && key.ends_with(b"Value")
        {
            frame.pair.set_value(span, text, at);
        }
    }

    /// Notes a string in an array. If it is a number of nanoseconds since 1970, the array is a line of
    /// Loki, `["1756455242123456789", "..."]`, and that is its time.
    #[inline]
    pub(crate) fn set_element(&mut self, span: Span, text: &[u8]) {
        const LEN: usize = "1756455242123456789".len();
        if text.len() == LEN
            && text.iter().all(u8::is_ascii_digit)
            && let Some(frame) = self.frames.last_mut()
        {
            frame.slots.set(Field::Time, Rank(Rank::WEAK.0 - 1), span);
        }
    }

    /// Notes a string with a code in it that names no event type.
    pub(crate) fn add_candidate(&mut self, span: Span, at: usize) {
        if self.candidates.len() == MAX_EVENTS {
            self.has_too_many = true;
            return;
        }
        self.candidates.push(Candidate { span, slots: Slots::EMPTY, at: at as u32, in_array: false });
    }

    /// Whether the record has more events than may be kept.
    #[inline]
    pub(crate) fn has_too_many_events(&self) -> bool {
        self.has_too_many || self.events.len() > MAX_EVENTS
    }

    /// Closes the innermost object or array. `same` says whether two values in it or around it are the same; the
    /// scratch buffers are given to it.
    #[inline]
    pub(crate) fn close(&mut self, same: impl Fn(&[Vec<u8>], Span, Span) -> bool) {
        let scratch = &self.scratch;
        let Some((frame, around)) = self.frames.close() else {
            return;
        };
        let (first, candidates) = (frame.first_event as usize, frame.first_candidate as usize);
        let is_plain = frame.event_type.is_none()
            && self.events.len() == first
            && self.candidates.len() == candidates
            && !frame.is_array;
        match (is_plain, around) {
            (true, [.., outer]) if !outer.is_array => {
                if !frame.slots.is_empty() {
                    outer.slots.add_nested(&frame.slots, |one, other| same(scratch, one, other));
                }
            }
            _ => self.close_special(same),
        }
    }

    /// Goes on to close an object or array which is not a plain object in an object.
    fn close_special(&mut self, same: impl Fn(&[Vec<u8>], Span, Span) -> bool) {
        let scratch = &self.scratch;
        let Some((frame, around)) = self.frames.closed() else {
            return;
        };
        let (first, candidates) = (frame.first_event as usize, frame.first_candidate as usize);
        let (events, all) = (&mut self.events, &mut self.candidates);
        if frame.is_array {
            if frame.slots.get(Field::Time).is_some() {
                fill(events, all, first, candidates, &frame.slots, false);
            }
            for candidate in &mut all[candidates..] {
                candidate.in_array = true;
            }
            return;
        }
        if events.len() > first {
            fill(events, all, first, candidates, &frame.slots, true);
            if around.is_empty() {
                self.slots = frame.slots;
            }
            return;
        }
        if let Some(event_type) = frame.event_type {
            all.truncate(candidates);
            let EventType { code, literal, at } = event_type;
            add(events, Pending { slots: frame.slots, code, at, literal, counted: frame.has_count });
            if around.is_empty() {
                self.slots = frame.slots;
            }
            return;
        }
        if all.len() > candidates {
            fill(events, all, first, candidates, &frame.slots, false);
        }
        match around {
            [] => self.slots = frame.slots,
            [.., outer] if !outer.is_array => {
                outer.slots.add_nested(&frame.slots, |one, other| same(scratch, one, other));
            }
            [.., owner, _] => owner.add_pair(&frame.pair),
            _ => {}
        }
    }

    /// How many frames, events and candidates there are, to return to.
    pub(crate) fn mark(&self) -> Mark {
        Mark { frames: self.frames.len(), events: self.events.len(), candidates: self.candidates.len() }
    }

    /// Forgets what was added since `mark`.
    pub(crate) fn undo(&mut self, mark: Mark) {
        self.frames.truncate(mark.frames);
        self.events.truncate(mark.events);
        self.candidates.truncate(mark.candidates);
    }

    /// Leaves the frames above `floor`, which stay unclosed: their events are kept, their own event
    /// types and strings are not.
    pub(crate) fn unwind(&mut self, floor: usize) {
        while self.frames.len() > floor {
            if let Some((frame, _)) = self.frames.close()
                && !frame.is_array
            {
                let (first, candidates) = (frame.first_event as usize, frame.first_candidate as usize);
                fill(&mut self.events, &mut self.candidates, first, candidates, &frame.slots, true);
            }
        }
    }

    /// Ends the record: reads the strings that are text, fills in the fields that `context`, what
    /// stands around the record, has, and takes out statistics.
    pub(crate) fn finish(&mut self, context: Option<&Slots>, names: &FieldNames, input: &[u8]) {
        if !self.candidates.is_empty() {
            self.read_candidates(names, input);
        }
        self.upper_case(input);
        if let Some(context) = context {
            self.events.iter_mut().for_each(|event| event.slots.fill(context));
            self.slots.fill(context);
        }
        if self.events.iter().any(|event| event.counted) {
            let before = self.events.len();
            self.events.retain(|event| !event.counted || event.slots.get(Field::Device).is_some());
            self.statistics = before - self.events.len();
        }
    }

    /// Writes codes that the catalogue lacks in upper case: the others are those of the catalogue.
    fn upper_case(&mut self, input: &[u8]) {
        for event in self.events.iter_mut().filter(|event| event.code.is_none() && !event.literal) {
            let Some(span) = event.slots.get(Field::EventType) else {
                continue;
            };
            let code = span.of(input, &self.scratch).to_ascii_uppercase();
            let start = self.scratch[0].len();
            self.scratch[0].extend_from_slice(&code);
            event.slots.set(Field::EventType, Rank(0), Span::scratch(start, start + code.len()));
        }
    }

    fn read_candidates(&mut self, names: &FieldNames, input: &[u8]) {
        for candidate in std::mem::take(&mut self.candidates) {
            let Candidate { span, slots, at, .. } = candidate;
            // The buffer of a level is taken while the fields in it are read, which go to others.
            let level = usize::from(span.level());
            let raw = span.of(input, &self.scratch);
            if memchr(b'\\', raw).is_some() && level < LEVELS {
                let mut buffer = std::mem::take(&mut self.scratch[level]);
                let start = buffer.len();
                unescape(span.of(input, &self.scratch), &mut buffer);
                self.text_events(&buffer[start..], start, span.level() + 1, &slots, at, names);
                self.scratch[level] = buffer;
            } else if level == 0 {
                self.text_events(span.of(input, &[]), span.start(), 0, &slots, at, names);
            } else {
                let buffer = std::mem::take(&mut self.scratch[level - 1]);
                let text = buffer.get(span.start()..span.end()).unwrap_or_default();
                self.text_events(text, span.start(), span.level(), &slots, at, names);
                self.scratch[level - 1] = buffer;
            }
        }
        self.events.sort_by_key(|event| event.at);
    }

    /// Adds the events of the lines of `text`, which stands at `start` in the text of `level` and at
    /// `at` in the input. A line takes what it lacks from the lines before, then from those after,
    /// then from `outer`.
    fn text_events(
        &mut self,
        text: &[u8],
        start: usize,
        level: u8,
        outer: &Slots,
        at: u32,
        names: &FieldNames,
    ) {
        let first = self.events.len();
        let mut known = Slots::EMPTY;
        let mut start = start;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let before = self.events.len();
            let (mut slots, event_type) = self.line_fields(line, start, level, names, Some(at));
            let has_several = self.events.len() > before;
            for event in &mut self.events[before..] {
                event.slots.fill(&known);
            }
            slots.fill(&known);
            self.line_events(line, start, level, &mut slots, event_type, Some(at));
            // What a line says of the last of its events is not about those before.
            if !has_several {
                known = slots;
            }
            start += line.len();
        }
        for event in &mut self.events[first..] {
            event.slots.fill(&known);
            event.slots.fill(outer);
        }
    }

    /// Adds the event that a line of text is by its event type, or one for each code in it.
    fn line_events(
        &mut self,
        line: &[u8],
        start: usize,
        level: u8,
        slots: &mut Slots,
        event_type: Option<EventType>,
        at: Option<u32>,
    ) {
        if let Some(EventType { code, literal, at: own }) = event_type {
            let at = at.unwrap_or(own);
            add(&mut self.events, Pending { slots: *slots, code, at, literal, counted: false });
            return;
        }
        for (number, word) in find_iter(line).enumerate() {
            if number == 1 && has_times(line, start, level, slots) {
                // Which time is that of another code than the first, nothing says.
                slots.forget(Field::Time);
            }
            let mut slots = *slots;
            let (word_start, end) = (start + word.start(), start + word.end());
            slots.set(Field::EventType, Rank(0), Span::at(level, word_start, end));
            let at = at.unwrap_or(word_start as u32);
            add(&mut self.events, Pending { slots, code: word.code(), at, literal: true, counted: false });
        }
    }

    /// Reads the row of a table at `start` of the input, if it is a plain one; returns where it ends.
    #[inline]
    pub(crate) fn read_plain_row(
        &mut self,
        input: &[u8],
        start: usize,
        columns: &Columns,
        marks: &mut CellMarks,
    ) -> Option<(usize, Result<(), Cause>)> {
        let mut fields = RowFields::new(&input[start..], start);
        let (end, result) =
            columns.plain_row(input, start, marks, &mut |field, rank, span| fields.set(field, rank, span))?;
        self.add_row(&fields, columns, result.is_ok());
        Some((end, result))
    }

    /// Reads a row of a table at `start` of the input.
    pub(crate) fn read_row(&mut self, row: &[u8], start: usize, columns: &Columns) -> Result<(), Cause> {
        let mut scratch = std::mem::take(&mut self.scratch[0]);
        let mut fields = RowFields::new(row, start);
        let result =
            columns.fields(row, &mut scratch, &mut |field, rank, span| fields.set(field, rank, span));
        self.scratch[0] = scratch;
        self.add_row(&fields, columns, result.is_ok());
        result
    }

    #[inline]
    fn add_row(&mut self, fields: &RowFields<'_>, columns: &Columns, is_whole: bool) {
        self.slots = fields.slots;
        if is_whole && let Some(EventType { code, literal, at }) = fields.event_type {
            let counted = columns.has_count();
            self.events.push(Pending { slots: fields.slots, code, at, literal, counted });
        }
    }

    /// Adds the events of a line of text at `start` of the input that holds no JSON.
    pub(crate) fn read_line(&mut self, line: &[u8], start: usize, names: &FieldNames) {
        let (mut rest, mut start) = (line.trim_ascii_end(), start);
        while !rest.is_empty() {
            // A carriage return or a zero byte ends a line too, where nothing else does.
            let len = memchr2(b'\r', 0, rest).map_or(rest.len(), |end| end + 1);
            let line;
            (line, rest) = rest.split_at(len);
            let (mut slots, event_type) = self.line_fields(line, start, 0, names, None);
            self.slots = slots;
            self.line_events(line, start, 0, &mut slots, event_type, None);
            start += len;
        }
    }

    /// The fields of a line of text, its event type among them.
    ///
    /// If it has several event types of the same name, these are the fields of the last of its events; those
    /// before are added, at `at` or at their own place.
    fn line_fields(
        &mut self,
        line: &[u8],
        start: usize,
        level: u8,
        names: &FieldNames,
        at: Option<u32>,
    ) -> (Slots, Option<EventType>) {
        let Assembly { scratch, events, uncertain, .. } = self;
        let first = events.len();
        let mut slots = Slots::EMPTY;
        let mut event_type: Option<EventType> = None;
        let mut time_of_line = None;
        // Devices of the same rank as the best, of no event so far.
        let mut devices: Vec<Span> = Vec::new();
        let found = text::fields(line, names, &mut scratch[usize::from(level)], &mut |field, rank, span| {
            let placed = span.moved(level, start);
            let found = match field {
                Field::EventType if span.level() > 0 => return,
                Field::EventType => {
                    let text = &line[span.start()..span.end()];
                    let Some(found) = EventType::new(text, placed.start()) else { return };
                    Some(found)
                }
                Field::Time if rank == TIME_OF_LINE => {
                    time_of_line = Some((placed, span));
                    return;
                }
                _ => None,
            };
            if let Some(EventType { code, literal, at: own }) = event_type
                && slots.has(field, rank)
            {
                let at = at.unwrap_or(own);
                add(events, Pending { slots, code, at, literal, counted: false });
                (slots, event_type) = (Slots::EMPTY, None);
                devices.clear();
            }
            let before = slots.get(field).filter(|_| field == Field::Device);
            let is_repeated = before.is_some() && slots.has(field, rank);
            if slots.set(field, rank, placed) {
                if found.is_some() {
                    event_type = found;
                }
                if let Some(before) = before {
                    if is_repeated { devices.push(before) } else { devices.clear() }
                }
            }
        });
        uncertain.add(found.count, found.first.moved(level, start));
        let Some(mut before) = events.get(first).map(|event| event.slots) else {
            if let Some((time, _)) = time_of_line {
                slots.set(Field::Time, TIME_OF_LINE, time);
            }
            if event_type.is_none()
                && !devices.is_empty()
                && !self.are_same(&devices, &slots, line, start, level)
            {
                // Which device a code is about, nothing says.
                slots.forget(Field::Device);
            }
            return (slots, event_type);
        };
        // The time of the line is that of its first event; of the others too, if there is no other.
        if let Some((time, span)) = time_of_line {
            before.set(Field::Time, TIME_OF_LINE, time);
            events[first].slots = before;
            if span.level() == 0 && time::find(&line[span.end()..]).is_none() {
                events[first + 1..].iter_mut().for_each(|event| {
                    event.slots.set(Field::Time, TIME_OF_LINE, time);
                });
                slots.set(Field::Time, TIME_OF_LINE, time);
            }
        }
        if event_type.is_none() {
            // What stands behind the last event is about it.
            let last = events.len() - 1;
            events[last].slots.add_missing(&slots);
            let Pending { slots, code, at, literal, .. } = events.remove(last);
            return (slots, Some(EventType { code, literal, at }));
        }
        // An event without a device is one of the device before, or of the first that is named.
        for event in &mut events[first + 1..] {
            fill_from_neighbour(&mut event.slots, &before);
            before = event.slots;
        }
        fill_from_neighbour(&mut slots, &before);
        let mut behind = slots;
        for event in events[first..].iter_mut().rev() {
            fill_from_neighbour(&mut event.slots, &behind);
            behind = event.slots;
        }
        (slots, event_type)
    }

    /// Whether all of `devices` and that of `slots` are the same, in a line at `start` of the text of `level`.
    #[cold]
    fn are_same(&self, devices: &[Span], slots: &Slots, line: &[u8], start: usize, level: u8) -> bool {
        let text = |span: Span| {
            if span.level() == level {
                line.get(span.start() - start..span.end() - start)
            } else {
                self.scratch[usize::from(level)].get(span.start()..span.end())
            }
        };
        let device = slots.get(Field::Device).and_then(text);
        devices.iter().all(|other| text(*other) == device)
    }

    /// The fields of the outermost object, without its event type, and of `outer`, in a form that
    /// outlives the record; none if the object has no fields.
    pub(crate) fn context(&mut self, input: &[u8], outer: Option<&Context>) -> Option<Context> {
        let frame = self.frames.first()?;
        let mut context = Context { slots: Slots::EMPTY, text: Vec::new() };
        let Context { slots, text } = &mut context;
        let own = frame.slots.moved(|span| copy(span.of(input, &self.scratch), text))?;
        slots.fill(&own);
        if let Some(outer) = outer
            && let Some(outer) = outer.slots.moved(|span| copy(&outer.text[span.start()..span.end()], text))
        {
            slots.fill(&outer);
        }
        Some(context)
    }

    /// Sets what the spans of contexts refer to.
    pub(crate) fn set_context(&mut self, context: Option<&Context>) {
        let text = &mut self.scratch[LEVELS + 1];
        text.clear();
        text.extend_from_slice(context.map_or(&[], |context| &context.text));
    }

    /// Takes what a line of text, or a part of one, says as fields of the innermost object; `at` is where in the
    /// input the string is that it stands in, if it does.
    pub(crate) fn add_line_fields(
        &mut self,
        line: &[u8],
        start: usize,
        level: u8,
        at: Option<usize>,
        names: &FieldNames,
    ) {
        let first = self.events.len();
        let at = at.map(|at| at as u32);
        let (slots, event_type) = self.line_fields(line, start, level, names, at);
        self.events.truncate(first);
        if let Some(frame) = self.frames.last_mut() {
            frame.slots.add_missing(&slots);
            let event_type = event_type.map(|found| EventType { at: at.unwrap_or(found.at), ..found });
            frame.event_type = frame.event_type.or(event_type);
        }
    }
}

/// Whether the time of `slots` is not that of a field but the first of several in `line`, which begins at `start` of
/// the text of `level`.
fn has_times(line: &[u8], start: usize, level: u8, slots: &Slots) -> bool {
    let time = slots.get(Field::Time).filter(|time| {
        slots.has(Field::Time, TIME_OF_LINE) && time.level() == level && time.start() >= start
    });
    let behind = time.and_then(|time| line.get(time.end() - start..));
    behind.is_some_and(|behind| time::find(behind).is_some())
}

/// Adds an event, unless there are too many.
#[inline]
fn add(events: &mut Vec<Pending>, event: Pending) {
    if events.len() <= MAX_EVENTS {
        events.push(event);
    }
}

/// Fills the events and candidates from `first` and `first_candidate` on from an object around
/// them; drops the strings that stand beside events.
fn fill(
    events: &mut [Pending],
    candidates: &mut Vec<Candidate>,
    first: usize,
    first_candidate: usize,
    outer: &Slots,
    beside_events: bool,
) {
    for event in &mut events[first..] {
        event.slots.fill(outer);
    }
    if beside_events && candidates.len() > first_candidate {
        let mut index = 0;
        candidates.retain(|candidate| {
            index += 1;
            index <= first_candidate || candidate.in_array
        });
    }
    for candidate in &mut candidates[first_candidate..] {
        candidate.slots.fill(outer);
        candidate.in_array = false;
    }
}

/// Takes what is missing from the event beside it in a line, if these are the fields of an event that names no
/// device of its own.
fn fill_from_neighbour(slots: &mut Slots, neighbour: &Slots) {
    if slots.get(Field::Device).is_none() {
        slots.fill(neighbour);
    }
}

/// The fields of a row of a table that begins at `start` of the input.
struct RowFields<'r> {
    row: &'r [u8],
    start: usize,
    slots: Slots,
    event_type: Option<EventType>,
}

impl<'r> RowFields<'r> {
    fn new(row: &'r [u8], start: usize) -> Self {
        RowFields { row, start, slots: Slots::EMPTY, event_type: None }
    }

    #[inline]
    fn set(&mut self, field: Field, rank: Rank, span: Span) {
        let placed = span.moved(0, self.start);
        if field != Field::EventType {
            self.slots.set(field, rank, placed);
        } else if span.level() == 0
            && let Some(found) = EventType::new(&self.row[span.start()..span.end()], placed.start())
            && self.slots.set(field, rank, placed)
        {
            self.event_type = Some(found);
        }
    }
}

/// Appends `value` to the text of a context; returns where it is.
fn copy(value: &[u8], text: &mut Vec<u8>) -> Span {
    let start = text.len();
    text.extend_from_slice(value);
    Span::at(LEVELS as u8 + 2, start, text.len())
}

/// A place in the assembly to return to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    frames: usize,
    events: usize,
    candidates: usize,
}
