//! `eventcodes annotate`: each line as it is, followed by the meaning of its codes.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use event_log_codes::{EventCode, Status, find_iter};
use event_log_codes_records::{Format, Options, Problem, Record};
use memchr::{memchr, memmem};
use serde::Serialize;

use crate::analysis::code::Code;
use crate::args::AnnotateArgs;
use crate::commands::reply;
use crate::console::{ExitStatus, Messages};
use crate::input;
use crate::input::in_order::InOrder;
use crate::input::pool::{self, Schedule, Share};
use crate::input::records::{self, Consumer};
use crate::output::status_style;

pub fn run(args: &AnnotateArgs, colour: bool) -> io::Result<ExitStatus> {
    if let Some(protocol) = args.reply {
        return reply::run(protocol, io::stdin(), io::stdout()).map(|()| ExitStatus::Success);
    }
    let messages = Arc::new(Messages::default());
    let sources = input::list(&args.paths, None, &messages);
    let place = match (args.json, args.inline) {
        (true, _) => Place::Field,
        (_, true) => Place::Beside,
        (_, false) => Place::Below,
    };
    let style = Style { place, colour };
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout());
    let mut codes_of_long_line = Vec::new();
    let sink: Sink = Box::new(move |annotated: Annotated| {
        for part in annotated.long_line {
            out.write_all(&part.before)?;
            part.codes.into_iter().for_each(|code| add(&mut codes_of_long_line, code));
            if part.last {
                let mut text = Vec::new();
                style.write_line(&part.bytes, &mut codes_of_long_line, &mut text)?;
                out.write_all(&text)?;
            } else {
                out.write_all(&part.bytes)?;
            }
        }
        out.write_all(&annotated.text)?;
        if annotated.flush { out.flush() } else { Ok(()) }
    });
    let (threads, stop) = (pool::threads(), Arc::new(AtomicBool::new(false)));
    let in_order = Arc::new(InOrder::new(threads, stop.clone(), sink));
    let annotator = || Annotator {
        style,
        codes: Vec::new(),
        annotated: Annotated::default(),
        in_order: in_order.clone(),
    };
    let annotators: Vec<_> = (0..threads).map(|_| Arc::new(Mutex::new(annotator()))).collect();
    let mut options = Options::default();
    options.format = Some(if args.json { Format::Ndjson } else { Format::Text });
    let signal = records::read(sources, &options, Schedule::InOrder, &annotators, stop, &messages)?;
    Ok(signal.map_or_else(|| ExitStatus::of_run(None, &messages), ExitStatus::Signal))
}

type Sink = Box<dyn FnMut(Annotated) -> io::Result<()> + Send>;

/// The lines of a share with the meaning of their codes.
#[derive(Default)]
struct Annotated {
    /// Parts of a line that is too long to be kept.
    long_line: Vec<LongPart>,
    /// What follows them.
    text: Vec<u8>,
    flush: bool,
}

struct LongPart {
    before: Vec<u8>,
    bytes: Vec<u8>,
    codes: Vec<Code>,
    last: bool,
}

/// Where the meaning of the codes of a line goes.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Lines of their own.
    Below,
    /// The end of the line.
    Beside,
    /// A field of the JSON object that the line is.
    Field,
}

struct Annotator {
    style: Style,
    /// The distinct codes of the line.
    codes: Vec<Code>,
    annotated: Annotated,
    in_order: Arc<InOrder<Annotated, Sink>>,
}

impl Consumer for Annotator {
    fn record(&mut self, share: Share, record: &Record<'_>) -> io::Result<()> {
        if self.style.place == Place::Field {
            return add_field(record, &mut self.annotated.text);
        }
        let Some(Problem::TooLong { last }) = record.problem() else {
            return self.lines(share, record.line(), record.bytes()).map(drop);
        };
        // The last part, with which the codes are written, may be in another share.
        let before = std::mem::take(&mut self.annotated.text);
        let codes = find_iter(record.bytes()).map(Code::of).collect();
        self.annotated.long_line.push(LongPart { before, bytes: record.bytes().to_vec(), codes, last });
        Ok(())
    }

    fn lines(&mut self, _share: Share, _line: u64, bytes: &[u8]) -> io::Result<bool> {
        if self.style.place == Place::Field {
            return Ok(false);
        }
        let (mut start, mut line_end) = (0, 0);
        for found in find_iter(bytes) {
            if found.start() >= line_end {
                if line_end > 0 {
                    self.style.write_line(
                        &bytes[start..line_end],
                        &mut self.codes,
                        &mut self.annotated.text,
                    )?;
                }
                start = line_end;
                line_end =
                    memchr(b'\n', &bytes[found.start()..]).map_or(bytes.len(), |at| found.start() + at + 1);
            }
            add(&mut self.codes, Code::of(found));
        }
        if line_end > 0 {
            self.style.write_line(&bytes[start..line_end], &mut self.codes, &mut self.annotated.text)?;
        }
        self.annotated.text.extend_from_slice(&bytes[line_end..]);
        Ok(true)
    }

    fn end_of_share(&mut self, share: Share, _lines: u64) -> io::Result<()> {
        let mut annotated = std::mem::take(&mut self.annotated);
        annotated.flush = share.flush;
        self.in_order.put(share.sequence, annotated)
    }

    fn end_of_input(&mut self, share: Share) -> io::Result<()> {
        self.end_of_share(share, 0)
    }
}

fn add(codes: &mut Vec<Code>, code: Code) {
    if !codes.contains(&code) {
        codes.push(code);
    }
}

/// Adds the meaning to a JSON object, before the bracket that ends it. A line that is none, or has a
/// meaning already, stays as it is.
fn add_field(record: &Record<'_>, out: &mut Vec<u8>) -> io::Result<()> {
    let line = record.bytes();
    let Some(meaning) = meaning(record) else {
        out.extend_from_slice(line);
        return Ok(());
    };
    let end = line.trim_ascii_end().len() - 1;
    out.extend_from_slice(&line[..end]);
    out.extend_from_slice(b",\"event_code\":");
    serde_json::to_writer(&mut *out, &meaning)?;
    out.extend_from_slice(&line[end..]);
    Ok(())
}

/// What is said about a code in JSON.
#[derive(Serialize)]
pub struct Meaning<'a> {
    code: Cow<'a, str>,
    status: Option<Status>,
    portal_text: Option<&'static str>,
    corrective_action: Option<&'static str>,
}

impl<'a> Meaning<'a> {
    /// What is known about the code of this name; `catalogued` if the catalogue has it.
    pub fn of(name: impl Into<Cow<'a, str>>, catalogued: Option<EventCode>) -> Self {
        Meaning {
            code: name.into(),
            status: catalogued.map(EventCode::status),
            portal_text: catalogued.and_then(EventCode::portal_text),
            corrective_action: catalogued.and_then(EventCode::corrective_action),
        }
    }
}

fn meaning<'r>(record: &Record<'r>) -> Option<Meaning<'r>> {
    let line = record.bytes();
    let is_object = record.problem().is_none() && line.trim_ascii().starts_with(b"{");
    // The type of the event, if it is one; else the first code that the record mentions.
    let event = record.events().next().map(|event| event.code());
    let code = event.or_else(|| record.codes().next().map(|(_, code)| code))?;
    if !is_object || memmem::find(line, b"\"event_code\"").is_some() {
        return None;
    }
    Some(Meaning::of(String::from_utf8_lossy(code.as_bytes()), code.catalogued()))
}

/// How the meaning of codes is written.
#[derive(Clone, Copy)]
struct Style {
    place: Place,
    colour: bool,
}

impl Style {
    /// Writes lines, the last of which has `codes`, and takes these.
    fn write_line(self, lines: &[u8], codes: &mut Vec<Code>, out: &mut Vec<u8>) -> io::Result<()> {
        let text = match self.place {
            Place::Beside => lines.strip_suffix(b"\n").unwrap_or(lines),
            Place::Below | Place::Field => lines,
        };
        let text = if self.place == Place::Beside { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
        out.extend_from_slice(text);
        if self.place == Place::Below && !codes.is_empty() && !lines.ends_with(b"\n") {
            out.push(b'\n');
        }
        for code in codes.drain(..) {
            let style = self.of(&code);
            let (code, meaning) = (code.as_str(), code.meaning());
            match self.place {
                Place::Beside => write!(out, "  {style}[{code}{style:#} {meaning}{style}]{style:#}")?,
                Place::Below | Place::Field => writeln!(out, "    {style}↳ {code}{style:#} {meaning}")?,
            }
        }
        out.extend_from_slice(&lines[text.len()..]);
        Ok(())
    }

    fn of(self, code: &Code) -> anstyle::Style {
        match code.catalogued() {
            Some(code) if self.colour => status_style(code.status()),
            _ => anstyle::Style::new(),
        }
    }
}
