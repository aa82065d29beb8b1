//! Looks at the records one by one: who, when, which campaign.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_log_codes::{Match, find_iter};
use serde::Serialize;

use crate::analysis::collect::{Collector, Shared, Wanted};
use crate::analysis::event::{Code, Event};
use crate::analysis::{code, fleet::Fleet};
use crate::console::Messages;
use crate::input::words::Words;
use crate::input::{Source, pool};
use crate::records::{Extent, Format, MAX_RECORD, Reader, Reading, Record, Splitter, recognise};

/// Unreadable records that are shown; all are counted.
const SHOWN: usize = 10;

/// What the records hold.
pub struct Survey {
    pub fleet: Arc<Fleet>,
    pub collected: Collector,
    pub problems: Problems,
}

/// What could not be made of the records.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Problems {
    pub unreadable_count: u64,
    /// The first of them.
    pub unreadable: Vec<Unreadable>,
    /// Codes left out because a time range was asked for and their records have no readable time.
    pub undated_codes: u64,
    /// Codes in records that name no device.
    pub codes_without_device: u64,
}

/// What one thread finds.
struct Part {
    collector: Collector,
    unreadable: u64,
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
#[derive(Clone, Debug, Serialize)]
pub struct Unreadable {
    pub input: String,
    pub line: u64,
    pub cause: String,
}

/// Surveys `sources`; also the signal that cut it short, if one did. Content decides the format of
/// each unless `input` does.
pub fn survey(
    sources: Vec<Source>,
    input: Option<Format>,
    shared: &Arc<Shared>,
    messages: &Arc<Messages>,
) -> io::Result<(Survey, Option<i32>)> {
    let names: Vec<_> = sources.iter().map(Source::name).collect();
    let worker = || Arc::new(Surveyor { input, shared: shared.clone(), part: Mutex::new(Part::new(shared)) });
    let workers: Vec<_> = (0..pool::threads()).map(|_| worker()).collect();
    let signal = pool::run(sources, &workers, messages)?;
    let mut all = Part::new(shared);
    for worker in &workers {
        all.merge(std::mem::replace(&mut *worker.part(), Part::new(shared)));
    }
    let problems = Problems {
        unreadable_count: all.unreadable,
        unreadable: all.unreadable_records(&names),
        undated_codes: all.collector.undated,
        codes_without_device: all.collector.without_device,
    };
    Ok((Survey { fleet: shared.fleet.clone(), collected: all.collector, problems }, signal))
}

impl Problems {
    /// Reports what is in the input and not in the result.
    pub fn report(&self, messages: &Messages) {
        for record in &self.unreadable {
            messages.say(&format!("{}:{}: {}", record.input, record.line, record.cause));
        }
        let more = self.unreadable_count - self.unreadable.len() as u64;
        if more > 0 {
            messages.say(&format!("{more} more unreadable records"));
        }
        if self.undated_codes > 0 {
            messages.say(&undated(self.undated_codes));
        }
        if self.codes_without_device > 0 {
            messages.say(&without_device(self.codes_without_device));
        }
    }
}

impl Part {
    fn new(shared: &Arc<Shared>) -> Self {
        Part { collector: Collector::new(shared), unreadable: 0, shown: Vec::new(), lines: BTreeMap::new() }
    }

    fn merge(&mut self, mut other: Part) {
        self.collector.merge(other.collector);
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
        // A thread reads its pieces in order, so its first ones are the first of all.
        if self.shown.len() < SHOWN {
            self.shown.push((place, cause()));
        }
    }

    fn add(&mut self, input: usize, record: &[u8], reading: &Reading<'_>, wanted: &Wanted) {
        // Reading a time takes about as long as all the rest.
        let time = if wanted.times() { reading.time().map(|time| time.as_microsecond()) } else { None };
        let event = reading.event.as_ref().map(|event| Event {
            code: match &event.code {
                code::Code::Catalogued(code) => Code::Catalogued(*code),
                code::Code::Uncatalogued(code) => Code::Uncatalogued(code.as_bytes()),
            },
            device: Some(&event.device),
            campaign: event.campaign.as_deref(),
            campaign_name: event.campaign_name.as_deref(),
            status: event.status,
            time,
            input,
        });
        for found in find_iter(record) {
            let code = Code::of(found);
            match &event {
                Some(event) if event.code == code => self.collector.add_code(event),
                Some(event) => self.collector.add_code(&Event { code, status: None, ..*event }),
                None => self.collector.add_code(&Event { time, ..Event::of_code(code, input) }),
            }
        }
        if let Some(event) = &event {
            self.collector.add_event(event);
        }
    }

    /// Counts what a record too long to be read holds.
    fn add_part(&mut self, input: usize, words: &mut Words, part: &[u8], last: bool) {
        let collector = &mut self.collector;
        let mut found = |found: Match<'_>| collector.add_code(&Event::of_code(Code::of(found), input));
        words.feed(part, &mut found);
        if last {
            words.end(&mut found);
        }
    }
}

/// The message about codes that are left out because their records have no time.
pub fn undated(codes: u64) -> String {
    match codes {
        1 => "skipped 1 code: no timestamp in its record".to_owned(),
        _ => format!("skipped {codes} codes: no timestamp in their records"),
    }
}

/// The message about codes that count for no device.
pub fn without_device(codes: u64) -> String {
    format!("{codes} {} no device", if codes == 1 { "code has" } else { "codes have" })
}

/// Surveys the bytes that one thread reads.
struct Surveyor {
    input: Option<Format>,
    shared: Arc<Shared>,
    part: Mutex<Part>,
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
    fn part(&self) -> MutexGuard<'_, Part> {
        self.part.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn decide(&self, head: &[u8], complete: bool) -> Format {
        self.input.unwrap_or_else(|| recognise(head, complete))
    }

    /// Lets `feed` push records out of the splitter and looks at each.
    fn cut<T>(
        &self,
        cutting: &mut Cutting,
        (source, piece): (usize, usize),
        feed: impl FnOnce(&mut Splitter, &mut dyn FnMut(Record<'_>)) -> T,
    ) -> T {
        let mut part = self.part();
        let wanted = &self.shared.wanted;
        let Cutting { format, splitter, reader, words } = cutting;
        feed(splitter, &mut |record| {
            let place = Place { source, piece, line: record.line };
            match record.extent {
                Extent::Whole => match reader.read(record.bytes) {
                    Ok(reading) => part.add(source, record.bytes, &reading, wanted),
                    Err(cause) => {
                        part.add(source, record.bytes, &Reading::of_text(record.bytes), wanted);
                        part.add_unreadable(place, || cause);
                    }
                },
                Extent::Part => part.add_part(source, words, record.bytes, false),
                Extent::LastPart => {
                    part.add_part(source, words, record.bytes, true);
                    if *format != Format::Text {
                        part.add_unreadable(place, || format!("longer than {} MiB", MAX_RECORD >> 20));
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
            self.part().lines.insert(place, cutting.splitter.lines());
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
