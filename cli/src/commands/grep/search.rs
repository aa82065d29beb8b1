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
        if let Some(Problem::TooLong { last }) = record.problem() {
            let line = record.line();
            if invert || !(grep.time.is_set() || grep.args.output.only_matching) {
                // The time is lost with the fields.
                let is_undated = grep.time.is_set() && last;
                found.undated += u64::from(is_undated);
                // It may have millions of codes.
                let has_match = || codes_of(&grep, record).any(|(_, code)| grep.wants(code, None));
                found.long_parts.push(LongPart { line, matches: is_undated || has_match(), last });
                return Ok(());
            }
            let codes = Codes::of(&grep, record);
            let matching = in_time(&grep, record, codes.matching, &mut found.undated);
            found.long_parts.push(LongPart { line, matches: !matching.is_empty(), last });
            if grep.args.output.only_matching {
                found.select_codes_of_long_record(&grep, line, &matching);
            }
            return Ok(());
        }
        let codes = Codes::of(&grep, record);
        let bytes = record.bytes();
        // A page over several lines holds many events: each is shown by itself.
        if record.events().len() > 1 && bytes.trim_ascii_end().contains(&b'\n') {
            let (selected, others) =
                if invert { (codes.others, codes.matching) } else { (codes.matching, codes.others) };
            let selected = in_time(&grep, record, selected, &mut found.undated);
            for (part, codes) in parts_around(bytes, &selected) {
                let holds = |(at, ..): &CodeOfRecord<'_>| part.contains(at);
                if invert && others.iter().any(holds) {
                    continue;
                }
                let line = record.line() + memchr_iter(b'\n', &bytes[..part.start]).count() as u64;
                let codes: Vec<_> = codes.iter().map(|(at, code)| (at - part.start, *code)).collect();
                found.select(&grep, line, &bytes[part], if invert { &[] } else { &codes });
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
        let selected = in_time(&grep, record, codes.matching, &mut found.undated);
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
        let Some(mut codes) = codes_in_lines(&grep, bytes) else {
            return Ok(false);
        };
        let args = &grep.args;
        let every_line = grep.context.is_some() || args.invert_match;
        let numbers = args.output.line_number || args.output.json;
        // The end of the last line with a code, and the number of the next one.
        let (mut end, mut number) = (0, line);
        let mut codes = &mut codes[..];
        while let Some((first, _)) = codes.first() {
            let start = memrchr(b'\n', &bytes[end..*first]).map_or(end, |before| end + before + 1);
            if every_line {
                self.pass_lines(number, &bytes[end..start], args.invert_match);
            }
            if numbers {
                number += memchr_iter(b'\n', &bytes[end..start]).count() as u64;
            }
            end = memchr(b'\n', &bytes[*first..]).map_or(bytes.len(), |at| first + at + 1);
            let (of_line, others) = codes.split_at_mut(codes.partition_point(|(at, _)| *at < end));
            codes = others;
            let text = &bytes[start..end];
            if args.invert_match {
                self.pass(number, text);
            } else {
                of_line.iter_mut().for_each(|(at, _)| *at -= start);
                self.found.select(&grep, number, text, of_line);
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

/// A code, its place in a record, and the number of the event whose type it is.
type CodeOfRecord<'r> = (usize, Code<'r>, Option<u32>);

fn event_of<'r>(record: &Record<'r>, number: Option<u32>) -> Option<records::Event<'r>> {
    record.events().nth(number? as usize)
}

/// The codes of a record in their order.
struct Codes<'r> {
    matching: Vec<CodeOfRecord<'r>>,
    /// Only if the others are asked for.
    others: Vec<CodeOfRecord<'r>>,
}

/// The codes that stand in a record, each with its offset.
fn codes_of<'r>(grep: &Grep, record: &Record<'r>) -> impl Iterator<Item = Place<'r>> + use<'r> {
    let in_any_case = grep.args.ignore_case.then(|| find_iter_ignore_ascii_case(record.bytes()));
    let as_they_are = (!grep.args.ignore_case).then(|| record.codes());
    let in_any_case = in_any_case.into_iter().flatten().map(|found| (found.start(), Code::of(found)));
    in_any_case.chain(as_they_are.into_iter().flatten().map(|(at, code)| (at, Code::from(code))))
}

impl<'r> Codes<'r> {
    fn of(grep: &Grep, record: &Record<'r>) -> Self {
        let mut codes: Vec<_> = codes_of(grep, record).map(|(at, code)| (at, code, None)).collect();
        let literal = codes.len();
        for (number, event) in (0..).zip(record.events()) {
            let (at, code) = (event.offset(), Code::from(event.code()));
            match codes[..literal].binary_search_by_key(&at, |(at, ..)| *at) {
                Ok(index) => codes[index].2 = Some(number),
                // In lower case, or in a string of JSON.
                Err(_) => codes.push((at, code, Some(number))),
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
            grep.wants(*code, event_of(record, *event).and_then(|event| event.status()))
        };
        if grep.args.invert_match {
            let (matching, others) = codes.into_iter().partition(matches);
            return Codes { matching, others };
        }
        codes.retain(matches);
        Codes { matching: codes, others: Vec::new() }
    }
}

/// Those of `codes` whose time is in the range. Counts in `undated` those that lack a time.
fn in_time<'r>(
    grep: &Grep,
    record: &Record<'r>,
    codes: Vec<CodeOfRecord<'r>>,
    undated: &mut u64,
) -> Vec<Place<'r>> {
    let is_in_time = |(_, _, event): &CodeOfRecord<'r>| {
        if !grep.time.is_set() {
            return true;
        }
        let time = micros(event_of(record, *event).map_or_else(|| record.time(), |event| event.time()));
        *undated += u64::from(time.is_none());
        grep.time.wants(time)
    };
    codes.into_iter().filter(is_in_time).map(|(at, code, _)| (at, code)).collect()
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

/// The parts of `json` to show for `codes`, each with its codes: the innermost object in which a code stands,
/// or its line if it stands in no object or in one that is not closed.
fn parts_around<'c>(json: &[u8], codes: &[Place<'c>]) -> Vec<(Range<usize>, Vec<Place<'c>>)> {
    let mut parts = Vec::new();
    // Where the open objects begin, and the codes in each.
    let mut open: Vec<(usize, Vec<Place<'c>>)> = Vec::new();
    let mut of_lines = Vec::new();
    let mut codes = codes.iter().copied().peekable();
    let (mut at, mut in_string) = (0, false);
    while at < json.len() {
        while let Some(code) = codes.next_if(|(code, _)| *code <= at) {
            open.last_mut().map_or(&mut of_lines, |(_, codes)| codes).push(code);
        }
        match json[at] {
            b'\\' if in_string => at += 1,
            b'"' => in_string = !in_string,
            b'{' if !in_string => open.push((at, Vec::new())),
            b'}' if !in_string => {
                if let Some((start, codes)) = open.pop()
                    && !codes.is_empty()
                {
                    parts.push((start..at + 1, codes));
                }
            }
            _ => {}
        }
        at += 1;
    }
    of_lines.extend(open.into_iter().flat_map(|(_, codes)| codes));
    of_lines.extend(codes);
    of_lines.sort_by_key(|(at, _)| *at);
    for (at, code) in of_lines {
        let start = memrchr(b'\n', &json[..at]).map_or(0, |before| before + 1);
        let end = memchr(b'\n', &json[at..]).map_or(json.len(), |end| at + end + 1);
        match parts.last_mut() {
            Some((part, codes)) if *part == (start..end) => codes.push((at, code)),
            _ => parts.push((start..end, vec![(at, code)])),
        }
    }
    parts.sort_by_key(|(part, _)| part.start);
    parts
}
