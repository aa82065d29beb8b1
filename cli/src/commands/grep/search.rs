//! Searches the records that one thread reads.

use std::collections::HashSet;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use event_log_codes::find_iter_ignore_ascii_case;
use event_log_codes_records::{self as records, Problem, Record, is_upper_case};
use memchr::{memchr, memchr_iter, memrchr};

use super::Grep;
use super::found::{Found, LongPart, Place};
use crate::analysis::event::{Code, micros};
use crate::input::in_order::InOrder;
use crate::input::pool::Share;
use crate::input::records::{Consumer, Wants};

pub type Sink = Box<dyn FnMut(Found) -> io::Result<()> + Send>;

pub struct Search {
    grep: Arc<Grep>,
    found: Found,
    in_order: Arc<InOrder<Found, Sink>>,
}

impl Search {
    pub fn new(grep: Arc<Grep>, in_order: Arc<InOrder<Found, Sink>>) -> Self {
        Search { grep, found: Found::default(), in_order }
    }

    fn put(&mut self, share: Share) -> io::Result<()> {
        let mut found = std::mem::take(&mut self.found);
        (found.source, found.flush) = (share.source, share.flush);
        self.in_order.put(share.sequence, found)
    }

    fn pass(&mut self, line: u64, record: &[u8]) {
        if let Some(context) = self.grep.context {
            self.found.pass(context, line, record);
        }
    }

    /// Passes lines of which `line` is the number of the first.
    fn pass_lines(&mut self, mut line: u64, lines: &[u8], are_selected: bool) {
        let mut start = 0;
        while start < lines.len() {
            let end = memchr(b'\n', &lines[start..]).map_or(lines.len(), |at| start + at + 1);
            if are_selected {
                self.found.select(&self.grep, line, &lines[start..end], &[]);
            } else {
                self.pass(line, &lines[start..end]);
            }
            (start, line) = (end, line + 1);
        }
    }
}

impl Consumer for Search {
    fn record(&mut self, _share: Share, record: &Record<'_>) -> io::Result<()> {
        let Search { grep, found, .. } = self;
        let grep = grep.clone();
        let invert = grep.args.invert_match;
        let codes = Codes::of(&grep, record);
        if let Some(Problem::TooLong { last }) = record.problem() {
            let line = record.line();
            if invert {
                // The time is lost with the fields.
                let is_undated = grep.time.is_set() && last;
                found.undated += u64::from(is_undated);
                let matches = is_undated || !codes.matching.is_empty();
                found.long_parts.push(LongPart { line, matches, last });
                return Ok(());
            }
            let matching = in_time(&grep, record, &codes.matching, &mut found.undated);
            found.long_parts.push(LongPart { line, matches: !matching.is_empty(), last });
            if grep.args.output.only_matching {
                found.select_codes_of_long_record(&grep, line, &matching);
            }
            return Ok(());
        }
        let bytes = record.bytes();
        // A page over several lines holds many events: each is shown by itself.
        if record.events().len() > 1 && bytes.trim_ascii_end().contains(&b'\n') {
            let (selected, others) =
                if invert { (&codes.others, &codes.matching) } else { (&codes.matching, &codes.others) };
            let selected = in_time(&grep, record, selected, &mut found.undated);
            for part in objects_around(bytes, &selected) {
                let holds = |(at, ..): &CodeOfRecord<'_>| part.contains(at);
                if invert && others.iter().any(holds) {
                    continue;
                }
                let line = record.line() + memchr_iter(b'\n', &bytes[..part.start]).count() as u64;
                let inside = selected.iter().filter(|(at, _)| part.contains(at));
                let inside: Vec<_> = inside.map(|(at, code)| (at - part.start, *code)).collect();
                found.select(&grep, line, &bytes[part], if invert { &[] } else { &inside });
            }
            return Ok(());
        }
        if invert {
            if codes.matching.is_empty() && is_in_time(&grep, record, &mut found.undated) {
                found.select(&grep, record.line(), bytes, &[]);
            } else {
                self.pass(record.line(), bytes);
            }
            return Ok(());
        }
        let selected = in_time(&grep, record, &codes.matching, &mut found.undated);
        if selected.is_empty() {
            self.pass(record.line(), bytes);
        } else {
            found.select(&grep, record.line(), bytes, &selected);
        }
        Ok(())
    }

    fn wants(&self) -> Wants {
        if self.grep.time.is_set() { Wants::Records } else { Wants::Lines }
    }

    fn lines(&mut self, _share: Share, line: u64, bytes: &[u8]) -> io::Result<bool> {
        let grep = self.grep.clone();
        let Some(codes) = codes_in_lines(&grep, bytes) else {
            return Ok(false);
        };
        let args = &grep.args;
        let every_line = grep.context.is_some() || args.invert_match;
        let numbers = args.output.line_number || args.output.json;
        // The end of the last line with a code, and the number of the next one.
        let (mut end, mut number) = (0, line);
        let mut codes = &codes[..];
        let mut places = Vec::new();
        while let Some((first, _)) = codes.first() {
            let start = memrchr(b'\n', &bytes[end..*first]).map_or(end, |before| end + before + 1);
            if every_line {
                self.pass_lines(number, &bytes[end..start], args.invert_match);
            }
            if numbers {
                number += memchr_iter(b'\n', &bytes[end..start]).count() as u64;
            }
            end = memchr(b'\n', &bytes[*first..]).map_or(bytes.len(), |at| first + at + 1);
            let (of_line, others) = codes.split_at(codes.partition_point(|(at, _)| *at < end));
            codes = others;
            let text = &bytes[start..end];
            if args.invert_match {
                self.pass(number, text);
            } else {
                places.clear();
                places.extend(of_line.iter().map(|(at, code)| (at - start, *code)));
                self.found.select(&grep, number, text, &places);
            }
            number += 1;
        }
        if every_line {
            self.pass_lines(number, &bytes[end..], args.invert_match);
        }
        Ok(true)
    }

    fn end_of_share(&mut self, share: Share, lines: u64) -> io::Result<()> {
        self.found.share_lines = lines;
        self.put(share)
    }

    fn end_of_input(&mut self, share: Share) -> io::Result<()> {
        self.found.is_end = true;
        self.put(share)
    }
}

/// The codes in whole lines that match, each with its offset. None if that takes the records: for the
/// statuses that they state, and codes in lower case that are the types of events.
fn codes_in_lines<'b>(grep: &Grep, bytes: &'b [u8]) -> Option<Vec<Place<'b>>> {
    let may_be_stated = !grep.filter.status.is_empty();
    let mut matching = Vec::new();
    let mut add = |at: usize, code: Code<'b>| {
        if may_be_stated && code.known().is_none() {
            return false;
        }
        if grep.wants(code, None) {
            matching.push((at, code));
        }
        true
    };
    let complete = find_iter_ignore_ascii_case(bytes).all(|found| {
        (grep.args.ignore_case || is_upper_case(found.as_bytes())) && add(found.start(), Code::of(found))
    });
    complete.then_some(matching)
}

/// A code, its place in a record, and the event whose type it is.
type CodeOfRecord<'r> = (usize, Code<'r>, Option<records::Event<'r>>);

/// The codes of a record in their order.
struct Codes<'r> {
    matching: Vec<CodeOfRecord<'r>>,
    others: Vec<CodeOfRecord<'r>>,
}

impl<'r> Codes<'r> {
    fn of(grep: &Grep, record: &Record<'r>) -> Self {
        let mut codes: Vec<_> = record.codes().map(|(at, code)| (at, Code::from(code), None)).collect();
        if grep.args.ignore_case {
            let found = find_iter_ignore_ascii_case(record.bytes());
            codes = found.map(|found| (found.start(), Code::of(found), None)).collect();
        }
        let literal = codes.len();
        for event in record.events() {
            let (at, code) = (event.offset(), Code::from(event.code()));
            match codes[..literal].binary_search_by_key(&at, |(at, ..)| *at) {
                Ok(index) => codes[index].2 = Some(event),
                // In lower case, or in a string of JSON.
                Err(_) => codes.push((at, code, Some(event))),
            }
        }
        if codes.len() > literal {
            let known: HashSet<_> = codes[..literal].iter().map(|(_, code, _)| *code).collect();
            let mut index = 0;
            codes.retain(|(_, code, _)| {
                index += 1;
                index <= literal || !known.contains(code)
            });
        }
        codes.sort_by_key(|(at, ..)| *at);
        let matches = |(_, code, event): &CodeOfRecord<'r>| {
            grep.wants(*code, event.as_ref().and_then(records::Event::status))
        };
        let (matching, others) = codes.into_iter().partition(matches);
        Codes { matching, others }
    }
}

/// Those of `codes` whose time is in the range. Counts in `undated` those that lack a time.
fn in_time<'r>(
    grep: &Grep,
    record: &Record<'r>,
    codes: &[CodeOfRecord<'r>],
    undated: &mut u64,
) -> Vec<Place<'r>> {
    let is_in_time = |(_, _, event): &&CodeOfRecord<'r>| {
        if !grep.time.is_set() {
            return true;
        }
        let time = micros(event.as_ref().map_or_else(|| record.time(), records::Event::time));
        *undated += u64::from(time.is_none());
        grep.time.wants(time)
    };
    codes.iter().filter(is_in_time).map(|(at, code, _)| (*at, *code)).collect()
}

/// Whether the time of a record, or of an event in it, is in the range. Counts in `undated` a record that
/// has no time.
fn is_in_time(grep: &Grep, record: &Record<'_>, undated: &mut u64) -> bool {
    if !grep.time.is_set() {
        return true;
    }
    let of_events = record.events().filter_map(|event| micros(event.time()));
    let mut times = of_events.chain(micros(record.time())).peekable();
    *undated += u64::from(times.peek().is_none());
    times.any(|time| grep.time.wants(Some(time)))
}

/// The innermost JSON objects of `json` in which `codes` stand; one that stands in none is not shown
/// but as part of one around another.
fn objects_around(json: &[u8], codes: &[Place<'_>]) -> Vec<Range<usize>> {
    let mut objects: Vec<Range<usize>> = Vec::new();
    // Where the open objects begin, and whether a code stands in each.
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut codes = codes.iter().map(|(at, _)| *at).peekable();
    let (mut at, mut in_string) = (0, false);
    while at < json.len() {
        while codes.next_if(|code| *code <= at).is_some() {
            if let Some((_, holds_code)) = open.last_mut() {
                *holds_code = true;
            }
        }
        match json[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'{' if !in_string => open.push((at, false)),
            b'}' if !in_string => {
                if let Some((start, true)) = open.pop() {
                    objects.push(start..at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    objects.sort_by_key(|object| object.start);
    objects
}
