//! Looks at the records one by one: who, when, which campaign.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_log_codes::{Match, find_iter};
use serde::Serialize;

use crate::analysis::fleet::Fleet;
use crate::analysis::roll_up;
use crate::analysis::tally::Tally;
use crate::analysis::timeline::Timeline;
use crate::console::Messages;
use crate::filter::TimeFilter;
use crate::input::words::Words;
use crate::input::{Source, pool};
use crate::records::{Extent, Format, MAX_RECORD, Reader, Reading, Record, Splitter, recognise};

/// Unreadable records that are shown; all are counted.
const SHOWN: usize = 10;

/// What to look for.
#[derive(Clone, Default)]
pub struct Wanted {
    /// The format, if content shall not decide.
    pub input: Option<Format>,
    pub time: TimeFilter,
    pub devices: bool,
    pub timeline: bool,
}

/// What the records hold.
#[derive(Default)]
pub struct Survey {
    pub tally: Tally,
    pub devices: Fleet,
    pub timeline: Timeline,
    /// Codes left out because their records have no readable time and a time was asked for.
    pub undated: u64,
    /// Codes in records that name no device.
    pub without_device: u64,
    pub unreadable: u64,
    /// The first of those.
    shown: Vec<(Place, String)>,
    /// Lines of each piece of a file, to know the line that a piece begins with.
    lines: BTreeMap<(usize, usize), u64>,
}

/// A line of a piece of an input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    source: usize,
    piece: usize,
    line: u64,
}

/// A record that cannot be read, and why.
#[derive(Serialize)]
pub struct Unreadable {
    pub input: String,
    pub line: u64,
    pub cause: String,
}

/// Surveys `sources`; also the signal that cut it short, if one did.
pub fn survey(
    sources: Vec<Source>,
    wanted: &Wanted,
    messages: &Arc<Messages>,
) -> io::Result<(Survey, Vec<Unreadable>, Option<i32>)> {
    let names: Vec<_> = sources.iter().map(Source::name).collect();
    let worker = || Arc::new(Surveyor { wanted: wanted.clone(), survey: Mutex::default() });
    let workers: Vec<_> = (0..pool::threads()).map(|_| worker()).collect();
    let signal = pool::run(sources, &workers, messages)?;
    let mut surveys = workers.iter().map(|worker| std::mem::take(&mut *worker.survey()));
    let mut survey = surveys.next().unwrap_or_default();
    surveys.for_each(|other| survey.merge(other));
    survey.devices.settle();
    let unreadable = survey.unreadable_records(&names);
    Ok((survey, unreadable, signal))
}

impl Survey {
    /// Says on standard error what is in the input and not in the result.
    pub fn tell_what_is_missing(&self, unreadable: &[Unreadable], messages: &Messages) {
        for record in unreadable {
            messages.say(&format!("{}:{}: {}", record.input, record.line, record.cause));
        }
        let more = self.unreadable - unreadable.len() as u64;
        if more > 0 {
            messages.say(&format!("further records that cannot be read: {more}"));
        }
        if self.undated > 0 {
            messages.say(&undated(self.undated));
        }
        if self.without_device > 0 {
            messages.say(&without_device(self.without_device));
        }
    }

    fn merge(&mut self, mut other: Survey) {
        self.tally.merge(&other.tally);
        self.devices.merge(other.devices);
        self.timeline.merge(&other.timeline);
        self.undated += other.undated;
        self.without_device += other.without_device;
        self.unreadable += other.unreadable;
        self.shown.append(&mut other.shown);
        self.lines.append(&mut other.lines);
    }

    fn unreadable_records(&mut self, names: &[String]) -> Vec<Unreadable> {
        self.shown.sort();
        let shown = self.shown.iter().take(SHOWN);
        shown
            .filter_map(|(place, cause)| {
                let before: Vec<_> =
                    self.lines.range((place.source, 0)..(place.source, place.piece)).collect();
                // If the run was cut short, the pieces before may not have been read to their end.
                (before.len() == place.piece).then(|| Unreadable {
                    input: names[place.source].clone(),
                    line: before.into_iter().map(|(_, lines)| lines).sum::<u64>() + place.line,
                    cause: cause.clone(),
                })
            })
            .collect()
    }

    fn add_unreadable(&mut self, place: Place, cause: impl FnOnce() -> String) {
        self.unreadable += 1;
        // A thread intersects its pieces in order, so the first it intersects are the first it has.
        if self.shown.len() < SHOWN {
            self.shown.push((place, cause()));
        }
    }

    fn add(&mut self, record: &[u8], reading: &Reading<'_>, wanted: &Wanted) {
        let codes = find_iter(record);
        // Reading a time takes about as long as all the rest.
        let time = if wanted.time.is_set() || wanted.timeline { reading.time() } else { None };
        if !wanted.time.wants(time) {
            if time.is_none() {
                self.undated += codes.count() as u64;
            }
            return;
        }
        let mut count = 0;
        for found in codes {
            self.tally.add(found);
            count += 1;
            if let (true, Some(time), Some(code)) = (wanted.timeline, time, found.code())
                && !roll_up::is(code)
            {
                self.timeline.add(time, code);
            }
        }
        if wanted.devices {
            match &reading.event {
                Some(event) => self.devices.add(event, || reading.time()),
                None => self.without_device += count,
            }
        }
    }

    /// Counts what a record too long to be read holds.
    fn add_part(&mut self, words: &mut Words, part: &[u8], last: bool, wanted: &Wanted) {
        let (tally, undated) = (&mut self.tally, &mut self.undated);
        let mut count = 0;
        let mut found = |found: Match<'_>| {
            if wanted.time.wants(None) {
                tally.add(found);
                count += 1;
            } else {
                *undated += 1;
            }
        };
        words.feed(part, &mut found);
        if last {
            words.end(&mut found);
        }
        if wanted.devices {
            self.without_device += count;
        }
    }
}

/// Says how many codes are missing for want of a time.
pub fn undated(codes: u64) -> String {
    format!("codes left out because no time can be read in their records: {codes}")
}

/// Says how many codes count for no device.
pub fn without_device(codes: u64) -> String {
    format!("codes whose records name no device: {codes}")
}

/// Surveys the bytes that one thread reads.
struct Surveyor {
    wanted: Wanted,
    survey: Mutex<Survey>,
}

struct Cursor {
    source: usize,
    piece: usize,
    stage: Stage,
}

enum Stage {
    /// The format is not yet known; the bytes so far.
    Recognising(Vec<u8>),
    Cutting(Box<Cutting>),
}

struct Cutting {
    format: Format,
    splitter: Splitter,
    reader: Reader,
    /// In a record that is handed over in parts.
    words: Words,
}

impl Cutting {
    fn new(format: Format) -> Self {
        Cutting {
            format,
            splitter: Splitter::new(format),
            reader: Reader::new(format),
            words: Words::default(),
        }
    }
}

impl Surveyor {
    fn survey(&self) -> MutexGuard<'_, Survey> {
        self.survey.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn decide(&self, head: &[u8], complete: bool) -> Format {
        self.wanted.input.unwrap_or_else(|| recognise(head, complete))
    }

    /// Lets `feed` push records out of the splitter and looks at each.
    fn cut<T>(
        &self,
        cutting: &mut Cutting,
        (source, piece): (usize, usize),
        feed: impl FnOnce(&mut Splitter, &mut dyn FnMut(Record<'_>)) -> T,
    ) -> T {
        let mut survey = self.survey();
        let Cutting { format, splitter, reader, words } = cutting;
        feed(splitter, &mut |record| {
            let place = Place { source, piece, line: record.line };
            match record.extent {
                Extent::Whole => match reader.read(record.bytes) {
                    Ok(reading) => survey.add(record.bytes, &reading, &self.wanted),
                    Err(cause) => {
                        survey.add(record.bytes, &Reading::of_text(record.bytes), &self.wanted);
                        survey.add_unreadable(place, || cause);
                    }
                },
                Extent::Part => survey.add_part(words, record.bytes, false, &self.wanted),
                Extent::LastPart => {
                    survey.add_part(words, record.bytes, true, &self.wanted);
                    if *format != Format::Text {
                        survey.add_unreadable(place, || format!("longer than {} MiB", MAX_RECORD >> 20));
                    }
                }
            }
        })
    }
}

impl pool::Worker for Surveyor {
    type Kind = Format;
    type Cursor = Cursor;
    const HEAD: usize = 64 << 10;

    fn kind(&self, head: &[u8]) -> Option<Format> {
        Some(self.decide(head, head.len() < Self::HEAD)).filter(|format| format.is_lines())
    }

    fn start(&self, source: usize) -> Cursor {
        Cursor { source, piece: 0, stage: Stage::Recognising(Vec::new()) }
    }

    fn start_piece(&self, source: usize, piece: usize, format: Format, before: Option<u8>) -> Cursor {
        let mut cutting = Cutting::new(format);
        if before.is_some_and(|before| before != b'\n') {
            cutting.splitter.skip_line();
        }
        Cursor { source, piece, stage: Stage::Cutting(Box::new(cutting)) }
    }

    fn feed(&self, cursor: &mut Cursor, bytes: &[u8]) {
        let place = (cursor.source, cursor.piece);
        match &mut cursor.stage {
            Stage::Cutting(cutting) => {
                self.cut(cutting, place, |splitter, found| splitter.feed(bytes, found))
            }
            Stage::Recognising(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= Self::HEAD {
                    self.recognised(cursor, false);
                }
            }
        }
    }

    fn feed_open(&self, cursor: &mut Cursor, bytes: &[u8]) -> bool {
        match &mut cursor.stage {
            Stage::Cutting(cutting) => self.cut(cutting, (cursor.source, cursor.piece), |splitter, found| {
                splitter.feed_open(bytes, found)
            }),
            Stage::Recognising(_) => true,
        }
    }

    fn end(&self, mut cursor: Cursor) {
        self.recognised(&mut cursor, true);
        let place = (cursor.source, cursor.piece);
        if let Stage::Cutting(cutting) = &mut cursor.stage {
            self.cut(cutting, place, |splitter, found| splitter.end(found));
            self.survey().lines.insert(place, cutting.splitter.lines());
        }
    }
}

impl Surveyor {
    /// Starts to cut if that has not begun.
    fn recognised(&self, cursor: &mut Cursor, complete: bool) {
        if let Stage::Recognising(head) = &mut cursor.stage {
            let head = std::mem::take(head);
            let mut cutting = Cutting::new(self.decide(&head, complete));
            self.cut(&mut cutting, (cursor.source, cursor.piece), |splitter, found| {
                splitter.feed(&head, found)
            });
            cursor.stage = Stage::Cutting(Box::new(cutting));
        }
    }
}
