//! `eventcodes grep`: the records whose codes match.

use std::io::{self, Write};

use event_log_codes::{Match, find_iter};
use jiff::Timestamp;
use memchr::memchr;

use crate::analysis::event::Code;
use crate::analysis::survey;
use crate::args::GrepArgs;
use crate::console::ExitStatus;
use crate::console::Messages;
use crate::input::words::Words;
use crate::input::{self, Source, stream};
use crate::records::{Extent, MAX_RECORD, Reader, Reading, Record, Splitter, recognise};

/// Bytes that tell the format if no line ends in them.
const HEAD: usize = 64 << 10;

pub fn run(args: &GrepArgs, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Messages::default();
    let sources = input::list(&args.paths, None, &messages);
    let several = args.paths.len() > 1 || args.paths.iter().any(|path| path.is_dir());
    let (mut matched, mut undated) = (false, 0);
    for source in &sources {
        let name = source.name();
        let mut search = Search {
            args,
            name: &name,
            prefix: if several { format!("{name}:") } else { String::new() },
            words: Words::default(),
            part_matched: false,
            records: 0,
            undated: 0,
            messages: &messages,
            out: &mut *out,
        };
        search.run(source)?;
        if args.count {
            writeln!(search.out, "{}{}", search.prefix, search.records)?;
        }
        matched |= search.records > 0;
        undated += search.undated;
    }
    if undated > 0 {
        messages.say(&survey::undated(undated));
    }
    Ok(match ExitStatus::of_run(None, &messages) {
        ExitStatus::Success if !matched => ExitStatus::NoMatch,
        status => status,
    })
}

/// The search of one input.
struct Search<'a> {
    args: &'a GrepArgs,
    name: &'a str,
    /// Before every line of output.
    prefix: String,
    /// In a record that is handed over in parts.
    words: Words,
    part_matched: bool,
    /// Records that match.
    records: u64,
    /// Codes that would match if a time could be read in their records.
    undated: u64,
    messages: &'a Messages,
    out: &'a mut dyn Write,
}

impl Search<'_> {
    fn run(&mut self, source: &Source) -> io::Result<()> {
        let mut head = Vec::new();
        let mut cutting = None;
        stream::read(source, self.messages, |bytes, flush| {
            let cutting = match &mut cutting {
                Some(cutting) => cutting,
                None => {
                    head.extend_from_slice(bytes);
                    if memchr(b'\n', &head).is_none() && head.len() < HEAD {
                        return Ok(());
                    }
                    cutting.insert(self.cutting(&head, false))
                }
            };
            let bytes = if head.is_empty() { bytes } else { &std::mem::take(&mut head) };
            self.feed(cutting, bytes)?;
            if flush { self.out.flush() } else { Ok(()) }
        })?;
        let mut cutting = match cutting {
            Some(cutting) => cutting,
            None => self.cutting(&head, true),
        };
        self.feed(&mut cutting, &head)?;
        let (splitter, reader) = &mut cutting;
        let mut result = Ok(());
        splitter.end(&mut |record| result = self.record(record, reader));
        result
    }

    fn cutting(&self, head: &[u8], complete: bool) -> (Splitter, Reader) {
        let format = self.args.input.input.unwrap_or_else(|| recognise(head, complete));
        (Splitter::new(format), Reader::new(format))
    }

    fn feed(&mut self, (splitter, reader): &mut (Splitter, Reader), bytes: &[u8]) -> io::Result<()> {
        let mut result = Ok(());
        splitter.feed(bytes, &mut |record| {
            if result.is_ok() {
                result = self.record(record, reader);
            }
        });
        result
    }

    fn record(&mut self, record: Record<'_>, reader: &mut Reader) -> io::Result<()> {
        if record.extent != Extent::Whole {
            return self.part(record);
        }
        let times = self.args.time.is_set();
        // The reader wants every record, for one may be the header of the others.
        let time = if times { time(record.bytes, reader) } else { None };
        let args = self.args;
        let codes = find_iter(record.bytes).filter(|found| wants(args, found));
        let mut codes = codes.peekable();
        if codes.peek().is_none() {
            return Ok(());
        }
        if !self.args.time.wants(time.map(|time| time.as_microsecond())) {
            if time.is_none() {
                self.undated += codes.count() as u64;
            }
            return Ok(());
        }
        self.records += 1;
        if self.args.count {
            return Ok(());
        }
        if self.args.only_matching {
            for found in codes {
                self.write(record.line, found.as_bytes())?;
            }
            return Ok(());
        }
        self.write(record.line, record.bytes.strip_suffix(b"\n").unwrap_or(record.bytes))
    }

    /// Searches a record too long to be kept, which cannot be printed when its match is found.
    fn part(&mut self, record: Record<'_>) -> io::Result<()> {
        let mut codes = Vec::new();
        let mut words = std::mem::take(&mut self.words);
        let mut found = |found: Match<'_>| {
            if wants(self.args, &found) {
                codes.push(found.as_bytes().to_vec());
            }
        };
        words.feed(record.bytes, &mut found);
        if record.extent == Extent::LastPart {
            words.end(&mut found);
        }
        self.words = words;
        if self.args.time.is_set() {
            self.undated += codes.len() as u64;
        } else {
            self.part_matched |= !codes.is_empty();
            for code in codes.iter().filter(|_| self.args.only_matching) {
                self.write(record.line, code)?;
            }
        }
        if record.extent == Extent::LastPart && std::mem::take(&mut self.part_matched) {
            self.records += 1;
            if !self.args.count && !self.args.only_matching {
                let limit = MAX_RECORD >> 20;
                let message = format!(
                    "the record in line {} matches and is not printed: it is longer than {limit} MiB",
                    record.line
                );
                self.messages.report(self.name, &io::Error::other(message));
            }
        }
        Ok(())
    }

    fn write(&mut self, line: u64, text: &[u8]) -> io::Result<()> {
        self.out.write_all(self.prefix.as_bytes())?;
        if self.args.line_number {
            write!(self.out, "{line}:")?;
        }
        self.out.write_all(text)?;
        self.out.write_all(b"\n")
    }
}

fn time(record: &[u8], reader: &mut Reader) -> Option<Timestamp> {
    match reader.read(record) {
        Ok(reading) => reading.time(),
        Err(_) => Reading::of_text(record).time(),
    }
}

fn wants(args: &GrepArgs, found: &Match<'_>) -> bool {
    let filter = &args.filter;
    match found.code() {
        Some(code) => !args.unknown && filter.wants(code),
        None => {
            let status = Code::of(*found).status(None);
            filter.section.is_empty()
                && (filter.status.is_empty() || status.is_some())
                && filter.may_want(&String::from_utf8_lossy(found.as_bytes()), status)
        }
    }
}
