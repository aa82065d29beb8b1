//! Reads whole inputs, which arrive in pieces.

use std::ops::Range;

use event_log_codes_records::{Options, Problem, Reader, Splitter, Time};

/// A record, with positions in the whole input.
#[derive(Clone, PartialEq)]
pub struct Record {
    pub start: usize,
    pub bytes: Vec<u8>,
    pub line: u64,
    pub codes: Vec<(usize, Vec<u8>)>,
    pub outside: usize,
    pub events: Vec<Event>,
    /// Where each event stands in the bytes.
    pub offsets: Vec<usize>,
    pub problem: Option<Problem>,
    pub uncertain: Option<(usize, Vec<u8>)>,
    pub object: Option<Range<usize>>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Record { start, bytes, line, codes, outside, events, offsets, problem, uncertain, object } = self;
        let bytes = String::from_utf8_lossy(bytes);
        let codes: Vec<_> =
            codes.iter().map(|(at, code)| format!("{} at {at}", String::from_utf8_lossy(code))).collect();
        writeln!(
            f,
            "\n{start} in line {line}: {bytes:?} {codes:?} outside {outside} {events:#?} {offsets:?} {problem:?} {uncertain:?} {object:?}"
        )
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    pub code: String,
    pub device: Option<String>,
    pub campaign: Option<String>,
    pub campaign_name: Option<String>,
    pub status: Option<&'static str>,
    pub time: Option<i64>,
}

/// The pieces of an input that arrives whole.
pub const WHOLE: &[usize] = &[usize::MAX / 2];

/// The records of `input`, which arrives in pieces of the sizes `pieces`, over and over.
pub fn read(input: &[u8], pieces: &[usize], options: &Options) -> Vec<Record> {
    let mut splitter = Splitter::new(options);
    let mut reader = Reader::new();
    let mut records = Vec::new();
    let mut sizes = pieces.iter().copied().cycle();
    let (mut start, mut arrived) = (0, 0);
    loop {
        let last = arrived == input.len();
        while let Some(batch) = splitter.split(&input[start..arrived], last) {
            let bytes = &input[start..start + batch.len()];
            reader.read(&batch, bytes, |record| {
                let offset = record.bytes().as_ptr() as usize - bytes.as_ptr() as usize;
                let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                let events = record.events().map(|event| Event {
                    code: text(event.code().as_bytes()),
                    device: event.device().map(text),
                    campaign: event.campaign().map(text),
                    campaign_name: event.campaign_name().map(text),
                    status: event.status().map(|status| status.as_str()),
                    time: match event.time() {
                        Time::At(time) => Some(time),
                        _ => None,
                    },
                });
                let start = start + offset;
                let codes = record.codes().map(|(at, code)| (start + at, code.as_bytes().to_vec()));
                records.push(Record {
                    start,
                    bytes: record.bytes().to_vec(),
                    line: record.line(),
                    codes: codes.collect(),
                    outside: record.codes_outside_events(),
                    events: events.collect(),
                    offsets: record.events().map(|event| event.offset()).collect(),
                    problem: record.problem(),
                    uncertain: record.uncertain_values().map(|(count, first)| (count, first.to_vec())),
                    object: record.object(),
                });
            });
            start += batch.len();
        }
        if last {
            break;
        }
        arrived = (arrived + sizes.next().unwrap().max(1)).min(input.len());
    }
    assert_eq!(start, input.len(), "bytes are left over");
    records
}

/// The events of `input`, read whole.
pub fn events(input: &[u8]) -> Vec<Event> {
    let records = read(input, WHOLE, &Options::default());
    records.into_iter().flat_map(|record| record.events).collect()
}
