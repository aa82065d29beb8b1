//! Looks at the records one by one: who, when, which campaign.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::sync::{Arc, Mutex};

use event_log_codes_records::{self as records, Field, FieldNames, Options, Problem, Record, Time};
use foldhash::fast::RandomState;
use memchr::memchr_iter;
use serde::Serialize;

use crate::analysis::collect::{Collector, Shared};
use crate::analysis::event::{Code, Event, micros};
use crate::analysis::fleet::Fleet;
use crate::console::Messages;
use crate::input::Source;
use crate::input::pool::{self, Schedule, Share, Stop, lock};
use crate::input::records::{Consumer, Wants, read};

/// Unreadable records that are shown; all are counted.
const SHOWN: usize = 10;
/// Names of fields that are shown.
const NAMES: usize = 4;
/// Bytes of a time that cannot be read that are shown.
const MAX_TIME: usize = 64;

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
    /// Events without a time that can be read, where times matter.
    pub undated_events: u64,
    /// The first of them: where it is, and what its time looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undated: Option<Undated>,
    /// Codes of events that name no device, or several and not which of them.
    pub codes_without_device: u64,
    /// The first of the names that were looked for.
    pub device_names: Vec<String>,
    /// Codes that no event has as its type, where devices matter.
    pub codes_outside_events: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outside_events: Option<OutsideEvents>,
    /// Values of devices and campaigns in lines of text that may go on behind a space or sign, where they matter.
    pub uncertain_values: u64,
    /// The first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertain_value: Option<UncertainValue>,
    /// Codes left out because their records count events by type instead of being events.
    pub statistics_codes: u64,
}

/// The first event without a time that can be read.
#[derive(Clone, Debug, Serialize)]
pub struct Undated {
    pub input: String,
    pub line: u64,
    /// None if the record has no time.
    pub time: Option<String>,
}

/// The first code that no event has as its type.
#[derive(Clone, Debug, Serialize)]
pub struct OutsideEvents {
    pub input: String,
    pub line: u64,
    pub code: String,
}

/// The first value that may go on behind a space or sign.
#[derive(Clone, Debug, Serialize)]
pub struct UncertainValue {
    pub input: String,
    pub line: u64,
    /// With what follows it.
    pub text: String,
}

/// What one thread finds.
pub struct Part {
    pub collector: Collector,
    /// Whether the times of events matter.
    times: bool,
    /// Whether more is wanted than how often each code occurs.
    wants_records: bool,
    unreadable: u64,
    /// The first of those.
    shown: Vec<(Place, String)>,
    undated_events: u64,
    /// The first of those, and what its time looks like.
    undated: Option<(Place, Option<String>)>,
    /// Whether the devices of events matter.
    devices: bool,
    codes_outside_events: u64,
    /// The first of those.
    outside_events: Option<(Place, String)>,
    /// Whether the names of devices or campaigns matter.
    names: bool,
    uncertain_values: u64,
    /// The first of those, with what follows it.
    uncertain_value: Option<(Place, String)>,
    statistics_codes: u64,
    /// Lines of each piece of a file, to know the line that a piece begins with.
    lines: BTreeMap<(usize, usize), u64>,
}

/// A line of a share of an input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    source: usize,
    share: usize,
    line: u64,
}

/// A record that cannot be read, and why.
#[derive(Clone, Debug, Serialize)]
pub struct Unreadable {
    pub input: String,
    pub line: u64,
    pub cause: String,
}

/// Surveys `sources`; also the signal that cut it short, if one did.
pub fn survey(
    sources: Vec<Source>,
    options: &Options,
    shared: &Arc<Shared>,
    messages: &Arc<Messages>,
) -> io::Result<(Survey, Option<i32>)> {
    let names: Vec<_> = sources.iter().map(Source::name).collect();
    let parts: Vec<_> = (0..pool::threads()).map(|_| Arc::new(Mutex::new(Part::new(shared)))).collect();
    let stop = Arc::<Stop>::default();
    let mut options = options.clone();
    options.number_lines = shared.wanted.needs_records();
    let signal = read(sources, &options, Schedule::AnyOrder, &parts, stop, messages)?;
    let mut all = Part::new(shared);
    for part in &parts {
        all.merge(std::mem::replace(&mut *lock(part), Part::new(shared)));
    }
    let problems = all.problems(&names, &options.names);
    Ok((Survey { fleet: shared.fleet.clone(), collected: all.collector, problems }, signal))
}

impl Problems {
    /// How many there are of each kind: its name, what it is, the number.
    pub fn counts(&self) -> [(&'static str, &'static str, u64); 7] {
        [
            ("unreadable records", "Records that could not be read.", self.unreadable_count),
            ("undated codes", "Codes left out for want of a time.", self.undated_codes),
            ("undated events", "Events without a time that can be read.", self.undated_events),
            ("codes without device", "Codes of no device.", self.codes_without_device),
            ("codes outside events", "Codes of no event.", self.codes_outside_events),
            ("uncertain values", "Values that may go on behind a space or sign.", self.uncertain_values),
            ("statistics codes", "Codes in statistics.", self.statistics_codes),
        ]
    }

    /// Reports what is in the input and not in the result.
    pub fn report(&self, messages: &Messages) {
        for record in &self.unreadable {
            messages.say(&format!("{}:{}: {}", record.input, record.line, record.cause));
        }
        let more = self.unreadable_count - self.unreadable.len() as u64;
        if more > 0 {
            messages.say(&format!("{more} more unreadable records"));
        }
        if self.statistics_codes > 0 {
            messages.say(&statistics(self.statistics_codes));
        }
        if self.undated_codes > 0 {
            messages.say(&undated(self.undated_codes));
        }
        if let (Some(first), true) = (&self.undated, self.undated_events > 0) {
            messages.say(&undated_events(self.undated_events, first));
        }
        if self.codes_without_device > 0 {
            messages.say(&without_device(self.codes_without_device, &self.device_names));
        }
        if let Some(first) = &self.outside_events {
            messages.say(&outside_events(self.codes_outside_events, first));
        }
        if let Some(first) = &self.uncertain_value {
            messages.say(&uncertain_values(self.uncertain_values, first));
        }
    }
}

impl Part {
    pub fn new(shared: &Arc<Shared>) -> Self {
        Part {
            collector: Collector::new(shared),
            times: shared.wanted.times(),
            wants_records: shared.wanted.needs_records(),
            unreadable: 0,
            shown: Vec::new(),
            undated_events: 0,
            undated: None,
            devices: shared.wanted.needs_devices(),
            codes_outside_events: 0,
            outside_events: None,
            names: shared.wanted.needs_names(),
            uncertain_values: 0,
            uncertain_value: None,
            statistics_codes: 0,
            lines: BTreeMap::new(),
        }
    }

    fn merge(&mut self, mut other: Part) {
        self.collector.merge(other.collector);
        self.unreadable += other.unreadable;
        self.shown.append(&mut other.shown);
        self.undated_events += other.undated_events;
        self.undated = first(self.undated.take(), other.undated);
        self.codes_outside_events += other.codes_outside_events;
        self.outside_events = first(self.outside_events.take(), other.outside_events);
        self.uncertain_values += other.uncertain_values;
        self.uncertain_value = first(self.uncertain_value.take(), other.uncertain_value);
        self.statistics_codes += other.statistics_codes;
        self.lines.append(&mut other.lines);
    }

    /// What could not be made of the records; `names` are those of the inputs.
    pub fn problems(&mut self, names: &[String], fields: &FieldNames) -> Problems {
        // In one line they stay in their order.
        self.shown.sort_by_key(|(place, _)| *place);
        let shown = self.shown.iter().take(SHOWN).filter_map(|(place, cause)| {
            let (input, line) = (names[place.source].clone(), self.line(*place)?);
            Some(Unreadable { input, line, cause: cause.clone() })
        });
        let undated = self.undated.as_ref().and_then(|(place, time)| {
            let (input, line) = (names[place.source].clone(), self.line(*place)?);
            Some(Undated { input, line, time: time.clone() })
        });
        let outside_events = self.outside_events.as_ref().and_then(|(place, code)| {
            let (input, line) = (names[place.source].clone(), self.line(*place)?);
            Some(OutsideEvents { input, line, code: code.clone() })
        });
        let uncertain_value = self.uncertain_value.as_ref().and_then(|(place, text)| {
            let (input, line) = (names[place.source].clone(), self.line(*place)?);
            Some(UncertainValue { input, line, text: text.clone() })
        });
        Problems {
            unreadable_count: self.unreadable,
            unreadable: shown.collect(),
            undated_codes: self.collector.undated,
            undated_events: self.undated_events,
            undated,
            codes_without_device: self.collector.without_device,
            device_names: fields.names(Field::Device).take(NAMES).map(str::to_owned).collect(),
            codes_outside_events: self.codes_outside_events,
            outside_events,
            uncertain_values: self.uncertain_values,
            uncertain_value,
            statistics_codes: self.statistics_codes,
        }
    }

    /// The line in the input. None if the run was cut short before the shares before were read.
    fn line(&self, place: Place) -> Option<u64> {
        let before: Vec<_> = self.lines.range((place.source, 0)..(place.source, place.share)).collect();
        let lines_before: u64 = before.iter().map(|(_, lines)| **lines).sum();
        (before.len() == place.share).then_some(lines_before + place.line)
    }

    #[cold]
    fn add_unreadable(&mut self, mut place: Place, record: &[u8], problem: Problem) {
        self.unreadable += 1;
        // A thread reads its shares in order, so its first ones are the first of all.
        if self.shown.len() < SHOWN {
            if let Problem::Unreadable { offset, .. } = problem {
                place.line += memchr_iter(b'\n', &record[..offset.min(record.len())]).count() as u64;
            }
            self.shown.push((place, problem.to_string()));
        }
    }

    #[cold]
    fn add_undated(&mut self, place: Place, time: Time<'_>) {
        self.undated_events += 1;
        if self.undated.is_none() {
            let text = match time {
                Time::Unreadable(text) => Some(&text[..text.len().min(MAX_TIME)]),
                Time::At(_) | Time::Missing => None,
            };
            self.undated = Some((place, text.map(|text| String::from_utf8_lossy(text).into_owned())));
        }
    }

    #[cold]
    fn add_uncertain(&mut self, place: Place, values: usize, first: &[u8]) {
        self.uncertain_values += values as u64;
        self.uncertain_value.get_or_insert_with(|| (place, String::from_utf8_lossy(first).into_owned()));
    }

    /// Adds an event, but not its code.
    #[inline]
    fn add_event<'r>(&mut self, place: Place, event: &records::Event<'r>) -> Event<'r> {
        if !self.wants_records {
            return Event::of_code(event.code().into(), place.source);
        }
        // Reading a time takes about as long as all the rest.
        let mut time = None;
        if self.times {
            let read = event.time();
            time = micros(read);
            if time.is_none() {
                self.add_undated(place, read);
            }
        }
        let event = Event {
            code: event.code().into(),
            device: event.device(),
            campaign: event.campaign(),
            campaign_name: event.campaign_name(),
            // The catalogue's own outweighs it.
            status: if event.code().catalogued().is_none() { event.status() } else { None },
            time,
            input: place.source,
        };
        self.collector.add_event(&event);
        event
    }

    /// Adds the codes and events of a record that is not a single event with a single code.
    #[cold]
    fn add_many(&mut self, place: Place, record: &Record<'_>) {
        let mut codes = counts(record);
        let mut last = None;
        for event in record.events() {
            let event = self.add_event(place, &event);
            take(&mut codes, event.code);
            self.collector.add_code(&event);
            last = Some(event);
        }
        let is_statistics = matches!(record.problem(), Some(Problem::Statistics { .. }));
        let is_unreadable = matches!(record.problem(), Some(Problem::Unreadable { .. }));
        let is_outside = |code: &Code<'_>| codes.get(code).is_some_and(|count| *count > 0);
        let first = record.codes().map(|(_, code)| code.into()).find(is_outside);
        let outside = codes.into_iter().flat_map(|(code, count)| (0..count).map(move |_| code));
        for code in outside {
            let event = match last {
                _ if is_statistics => {
                    self.statistics_codes += 1;
                    continue;
                }
                // Where a record breaks, other events may follow.
                Some(_) if is_unreadable => Event::of_code(code, place.source),
                // Whatever else a record of one event mentions is about its device.
                Some(event) if record.events().len() == 1 => Event { code, status: None, ..event },
                _ => {
                    let time = if self.times { micros(record.time()) } else { None };
                    Event { time, ..Event::of_code(code, place.source) }
                }
            };
            if self.collector.count_code(&event) && self.devices {
                self.codes_outside_events += 1;
                let text = || String::from_utf8_lossy(first.unwrap_or(code).as_bytes()).into_owned();
                self.outside_events.get_or_insert_with(|| (place, text()));
            }
        }
    }
}

impl Consumer for Part {
    fn code(&mut self, _: Share, code: records::Code<'_>) -> io::Result<()> {
        self.collector.count(code.into());
        Ok(())
    }

    fn wants(&self) -> Wants {
        if self.wants_records { Wants::Records } else { Wants::Codes }
    }

    fn record(&mut self, share: Share, record: &Record<'_>) -> io::Result<()> {
        let place = Place { source: share.source, share: share.index, line: record.line() };
        if !self.wants_records {
            // It may be unreadable: most records are not even read for their codes.
            self.add_many(place, record);
            return Ok(());
        }
        match record.problem() {
            None | Some(Problem::Statistics { .. } | Problem::TooLong { last: false }) => {}
            Some(problem) => self.add_unreadable(place, record.bytes(), problem),
        }
        if self.names
            && let Some((values, first)) = record.uncertain_values()
        {
            self.add_uncertain(place, values, first);
        }
        let (mut events, mut codes) = (record.events(), record.codes());
        match (events.len(), codes.len()) {
            (0, 0) => {}
            (1, 1) => {
                let (Some(event), Some((_, code))) = (events.next(), codes.next()) else { return Ok(()) };
                // Those of the catalogue are not compared by their text.
                if Code::from(event.code()) != Code::from(code) {
                    self.add_many(place, record);
                    return Ok(());
                }
                let event = self.add_event(place, &event);
                self.collector.add_code(&event);
            }
            _ => self.add_many(place, record),
        }
        Ok(())
    }

    fn end_of_share(&mut self, share: Share, lines: u64) -> io::Result<()> {
        self.lines.insert((share.source, share.index), lines);
        Ok(())
    }
}

type Counts<'r> = HashMap<Code<'r>, u64, RandomState>;

/// That of two which stands first.
fn first<T>(one: Option<(Place, T)>, other: Option<(Place, T)>) -> Option<(Place, T)> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.0 < one.0 { other } else { one }),
        (one, other) => one.or(other),
    }
}

/// How often each code stands in a record.
fn counts<'r>(record: &Record<'r>) -> Counts<'r> {
    let mut counts = Counts::default();
    for (_, code) in record.codes() {
        *counts.entry(code.into()).or_default() += 1;
    }
    counts
}

/// Takes the code of an event out. It may be in lower case, and then does not count as a code.
fn take<'r>(counts: &mut Counts<'r>, code: Code<'r>) {
    if let Some(count) = counts.get_mut(&code) {
        *count = count.saturating_sub(1);
    }
}

/// The message about codes that are left out because their records have no time.
pub fn undated(codes: u64) -> String {
    match codes {
        1 => "skipped 1 code: no timestamp in its record".to_owned(),
        _ => format!("skipped {codes} codes: no timestamp in their records"),
    }
}

/// The message about events whose time cannot be read.
pub fn undated_events(events: u64, first: &Undated) -> String {
    let Undated { input, line, time } = first;
    let time = time.as_ref().map_or_else(|| "it has none".to_owned(), |time| format!("{time:?}"));
    format!(
        "no readable time in {events} {}; the first, at {input}:{line}: {time}",
        if events == 1 { "event" } else { "events" }
    )
}

/// The message about codes that count for no device.
pub fn without_device(codes: u64, names: &[String]) -> String {
    let have = if codes == 1 { "code has" } else { "codes have" };
    format!(
        "{codes} {have} no device, or more than one (looked for: {}, ...; --field device=NAME names another)",
        names.join(", ")
    )
}

/// The message about codes that belong to no event.
pub fn outside_events(codes: u64, first: &OutsideEvents) -> String {
    let OutsideEvents { input, line, code } = first;
    match codes {
        1 => format!(
            "1 code is not the type of an event, so it counts for no device: {code}, at {input}:{line}"
        ),
        _ => format!(
            "{codes} codes are not the type of an event, so they count for no device; the first, {code}, at \
             {input}:{line}"
        ),
    }
}

/// The message about values that may be longer than they are taken to be.
pub fn uncertain_values(values: u64, first: &UncertainValue) -> String {
    let UncertainValue { input, line, text } = first;
    let (may, only) = if values == 1 { ("value may go", "it") } else { ("values may go", "the first") };
    format!(
        "{values} {may} on behind a space or sign, where a value without quotes ends; {only}, at {input}:{line}: {text:?}"
    )
}

/// The message about codes in statistics.
pub fn statistics(codes: u64) -> String {
    format!(
        "skipped {codes} {}: statistics that count events by type are no events",
        if codes == 1 { "code" } else { "codes" }
    )
}
