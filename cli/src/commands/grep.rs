//! `eventcodes grep`: the records whose codes match.

use std::collections::HashSet;
use std::io::{self, BufWriter, Stdout, Write};
use std::ops::Range;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use event_log_codes::{Status, find_iter};
use event_log_codes_records::{Problem, Record};
use memchr::{memchr, memchr_iter, memmem, memrchr};

use crate::analysis::event::{Code, micros};
use crate::analysis::survey;
use crate::args::GrepArgs;
use crate::commands::{report_patterns, time_range};
use crate::console::{ExitStatus, Messages};
use crate::filter::TimeFilter;
use crate::input::in_order::InOrder;
use crate::input::pool::{self, Schedule, Share, lock};
use crate::input::records::{self, Consumer};
use crate::input::{self, Source};

pub fn run(args: &GrepArgs) -> io::Result<ExitStatus> {
    let messages = Arc::new(Messages::default());
    let Some(time) = time_range(&args.time, &messages) else {
        return Ok(ExitStatus::Failure);
    };
    let sources = input::list(&args.paths, None, &messages);
    let several = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
    let grep = Arc::new(Grep {
        args: args.clone(),
        time,
        names: sources.iter().map(Source::name).collect(),
        several,
        messages: messages.clone(),
    });
    let output = Output {
        grep: grep.clone(),
        out: BufWriter::with_capacity(64 << 10, io::stdout()),
        line: 0,
        records: 0,
        any: false,
        undated: 0,
        long_matches: false,
    };
    let (threads, stop) = (pool::threads(), Arc::new(AtomicBool::new(false)));
    let output = Arc::new(Mutex::new(output));
    let sink: Sink = Box::new({
        let output = output.clone();
        move |found| lock(&output).write(found)
    });
    let in_order = Arc::new(InOrder::new(threads, stop.clone(), sink));
    let search = || {
        let (grep, in_order) = (grep.clone(), in_order.clone());
        Arc::new(Mutex::new(Search { grep, found: Found::default(), in_order }))
    };
    let searches: Vec<_> = (0..threads).map(|_| search()).collect();
    let options = args.input.options(args.time.tz.as_ref());
    let signal = records::read(sources, &options, Schedule::InOrder, &searches, stop, &messages)?;
    if let Some(signal) = signal {
        return Ok(ExitStatus::Signal(signal));
    }
    let mut output = lock(&output);
    output.out.flush()?;
    if output.undated > 0 {
        messages.say(&survey::undated(output.undated));
    }
    report_patterns(&args.filter, !output.any, &messages);
    Ok(match ExitStatus::of_run(None, &messages) {
        ExitStatus::Success if !output.any => ExitStatus::NoMatch,
        status => status,
    })
}

/// What is searched for and where.
struct Grep {
    args: GrepArgs,
    time: TimeFilter,
    /// The names of the inputs.
    names: Vec<String>,
    /// Whether each line of output begins with the name of its input.
    several: bool,
    messages: Arc<Messages>,
}

impl Grep {
    fn wants(&self, code: Code<'_>, stated: Option<Status>) -> bool {
        let filter = &self.args.filter;
        match code {
            Code::Catalogued(code) => !self.args.unknown && filter.wants(code),
            Code::Uncatalogued(text) => {
                let status = code.status(stated);
                filter.section.is_empty()
                    && (filter.status.is_empty() || status.is_some())
                    && filter.may_want(&String::from_utf8_lossy(text), status)
            }
        }
    }
}

type Sink = Box<dyn FnMut(Found) -> io::Result<()> + Send>;

/// What is found in a share.
#[derive(Default)]
struct Found {
    source: usize,
    /// The lines of output, without what goes before them.
    text: Vec<u8>,
    /// The line in the share of each of them, and its place in `text`.
    lines: Vec<(u64, Range<usize>)>,
    /// Records that match.
    records: u64,
    /// Parts of records that are too long to be shown.
    long_parts: Vec<LongPart>,
    /// Codes that would match if their records had a time.
    undated: u64,
    /// Lines of the share, if the lines in it are counted from its start.
    share_lines: u64,
    /// Whether this is the end of the input.
    is_end: bool,
    flush: bool,
}

/// A part of a record that is too long.
struct LongPart {
    line: u64,
    matches: bool,
    last: bool,
}

impl Found {
    fn add(&mut self, line: u64, text: &[u8]) {
        let start = self.text.len();
        self.text.extend_from_slice(text);
        self.text.push(b'\n');
        self.lines.push((line, start..self.text.len()));
    }
}

/// Searches the records that one thread reads.
struct Search {
    grep: Arc<Grep>,
    found: Found,
    in_order: Arc<InOrder<Found, Sink>>,
}

impl Search {
    fn put(&mut self, share: Share) -> io::Result<()> {
        let mut found = std::mem::take(&mut self.found);
        (found.source, found.flush) = (share.source, share.flush);
        self.in_order.put(share.sequence, found)
    }
}

impl Consumer for Search {
    fn record(&mut self, _share: Share, record: &Record<'_>) -> io::Result<()> {
        let Search { grep, found, .. } = self;
        let args = &grep.args;
        let codes = wanted_codes(grep, record, &mut found.undated);
        if let Some(Problem::TooLong { last }) = record.problem() {
            found.long_parts.push(LongPart { line: record.line(), matches: !codes.is_empty(), last });
            if args.only_matching {
                codes.iter().for_each(|(_, code)| found.add(record.line(), code.as_bytes()));
            }
            return Ok(());
        }
        if codes.is_empty() {
            return Ok(());
        }
        let bytes = record.bytes();
        // A page over several lines holds many events: each is shown by itself.
        let is_page = record.events().len() > 1 && bytes.trim_ascii_end().contains(&b'\n');
        let whole = 0..bytes.len();
        let parts = if is_page { objects_around(bytes, &codes) } else { vec![whole] };
        found.records += parts.len() as u64;
        let line_at = |at: usize| record.line() + memchr_iter(b'\n', &bytes[..at]).count() as u64;
        if args.only_matching {
            codes.iter().for_each(|(at, code)| found.add(line_at(*at), code.as_bytes()));
        } else if !args.count {
            for part in parts {
                let text = &bytes[part.clone()];
                found.add(line_at(part.start), text.strip_suffix(b"\n").unwrap_or(text));
            }
        }
        Ok(())
    }

    fn lines(&mut self, _share: Share, line: u64, bytes: &[u8]) -> io::Result<bool> {
        let Search { grep, found, .. } = self;
        let args = &grep.args;
        // A code in lower case is one only as the type of an event.
        if grep.time.is_set() || has_lower_case(bytes) {
            return Ok(false);
        }
        // The end of the last line that matched, and its number.
        let (mut end, mut number) = (0, line - 1);
        let mut counted = 0;
        for code in find_iter(bytes).filter(|found| grep.wants(Code::of(*found), None)) {
            let is_first = code.start() >= end;
            if is_first {
                let start = memrchr(b'\n', &bytes[end..code.start()]).map_or(end, |before| end + before + 1);
                end = memchr(b'\n', &bytes[code.start()..]).map_or(bytes.len(), |at| code.start() + at + 1);
                if args.line_number {
                    number += memchr_iter(b'\n', &bytes[counted..start]).count() as u64;
                    counted = start;
                }
                found.records += 1;
                if !args.count && !args.only_matching {
                    let text = &bytes[start..end];
                    found.add(number + 1, text.strip_suffix(b"\n").unwrap_or(text));
                }
            }
            if args.only_matching {
                found.add(number + 1, code.as_bytes());
            }
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

/// The codes of `record` that are searched for, each with its offset, in order. Counts in `undated`
/// those that lack a time.
fn wanted_codes<'r>(grep: &Grep, record: &Record<'r>, undated: &mut u64) -> Vec<(usize, Code<'r>)> {
    let mut codes: Vec<_> = record.codes().map(|(at, code)| (at, Code::from(code), None)).collect();
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
    codes.retain(|(_, code, event)| {
        let wanted = grep.wants(*code, event.and_then(|event| event.status()));
        if !wanted || !grep.time.is_set() {
            return wanted;
        }
        let time = micros(event.map_or_else(|| record.time(), |event| event.time()));
        *undated += u64::from(time.is_none());
        grep.time.wants(time)
    });
    codes.into_iter().map(|(at, code, _)| (at, code)).collect()
}

/// Whether something in `bytes` may be a code in lower case.
fn has_lower_case(bytes: &[u8]) -> bool {
    let is_code = |at: usize| {
        matches!(
            bytes[at..],
            [b'u', b'p', b'd', b'0'..=b'9', b'_', ..] | [b's', b'y', b's', b'_', b'0'..=b'9', ..]
        )
    };
    memmem::find_iter(bytes, b"upd").chain(memmem::find_iter(bytes, b"sys_")).any(is_code)
}

/// The innermost JSON objects of `json` in which `codes` stand; one that stands in none is not shown
/// but as part of one around another.
fn objects_around(json: &[u8], codes: &[(usize, Code<'_>)]) -> Vec<Range<usize>> {
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

/// Writes what is found, in the order of the inputs.
struct Output {
    grep: Arc<Grep>,
    out: BufWriter<Stdout>,
    /// Lines before the share.
    line: u64,
    /// Records of the input that match.
    records: u64,
    /// Whether any record matches.
    any: bool,
    undated: u64,
    /// Whether a part of the record that is too long matches.
    long_matches: bool,
}

impl Output {
    fn write(&mut self, found: Found) -> io::Result<()> {
        let args = &self.grep.args;
        let name = self.grep.several.then(|| &self.grep.names[found.source]);
        if name.is_none() && !args.line_number {
            self.out.write_all(&found.text)?;
        } else {
            for (line, range) in found.lines {
                if let Some(name) = name {
                    write!(self.out, "{name}:")?;
                }
                if args.line_number {
                    write!(self.out, "{}:", self.line + line)?;
                }
                self.out.write_all(&found.text[range])?;
            }
        }
        for part in found.long_parts {
            self.long_matches |= part.matches;
            if part.last && std::mem::take(&mut self.long_matches) {
                self.records += 1;
                self.any = true;
                if !args.count && !args.only_matching {
                    let line = self.line + part.line;
                    let message = format!("the record in line {line} matches and is too long to be shown");
                    self.grep.messages.report(&self.grep.names[found.source], &io::Error::other(message));
                }
            }
        }
        self.records += found.records;
        self.any |= found.records > 0;
        self.undated += found.undated;
        self.line += found.share_lines;
        if found.is_end {
            if args.count {
                if let Some(name) = name {
                    write!(self.out, "{name}:")?;
                }
                writeln!(self.out, "{}", self.records)?;
            }
            (self.line, self.records) = (0, 0);
        }
        if found.flush { self.out.flush() } else { Ok(()) }
    }
}
