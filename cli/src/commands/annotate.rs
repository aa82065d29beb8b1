//! `eventcodes annotate`: each line as it is, followed by the meaning of its codes.

use std::io::{self, BufWriter, Write};
use std::sync::{Arc, LazyLock, Mutex};

use event_log_codes::{EventCode, Status, find_iter, find_iter_ignore_ascii_case};
use event_log_codes_records::{Format, Options, Problem, Record, is_upper_case};
use memchr::arch::all::packedpair::HeuristicFrequencyRank;
use memchr::{memchr, memmem};

use crate::analysis::code::Code;
use crate::analysis::event;
use crate::args::AnnotateArgs;
use crate::commands::reply;
use crate::console::{ExitStatus, Messages};
use crate::input;
use crate::input::in_order::InOrder;
use crate::input::pool::{self, Schedule, Share, Stop};
use crate::input::records::{self, Consumer, Wants};
use crate::output::{Meaning, status_style};

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
    let (threads, stop) = (pool::threads(), Arc::<Stop>::default());
    let in_order = Arc::new(InOrder::new(threads, stop.clone(), sink));
    let annotator = || Annotator {
        style,
        codes: Vec::new(),
        meanings: Meanings::default(),
        unchanged: Unchanged::default(),
        annotated: Annotated::default(),
        in_order: in_order.clone(),
    };
    let annotators: Vec<_> = (0..threads).map(|_| Arc::new(Mutex::new(annotator()))).collect();
    let mut options = Options::default();
    options.format = Some(if args.json { Format::Ndjson } else { Format::Text });
    let signal = records::read(sources, &options, Schedule::InOrder, &annotators, stop, &messages)?;
    let mut unchanged = Unchanged::default();
    for annotator in &annotators {
        let of_thread = pool::lock(annotator).unchanged;
        unchanged.not_objects += of_thread.not_objects;
        unchanged.annotated += of_thread.annotated;
    }
    unchanged.report(&messages);
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
    meanings: Meanings,
    unchanged: Unchanged,
    annotated: Annotated,
    in_order: Arc<InOrder<Annotated, Sink>>,
}

impl Consumer for Annotator {
    fn record(&mut self, _share: Share, record: &Record<'_>) -> io::Result<()> {
        if self.style.place == Place::Field {
            return add_field(record, &mut self.meanings, &mut self.unchanged, &mut self.annotated.text);
        }
        let mut codes = Vec::new();
        find_iter(record.bytes()).for_each(|found| add(&mut codes, Code::of(found)));
        // In lower case, or in a string of JSON, a code is one as the type of an event.
        record.events().for_each(|event| add(&mut codes, event.code().into()));
        let Some(Problem::TooLong { last }) = record.problem() else {
            return self.style.write_line(record.bytes(), &mut codes, &mut self.annotated.text);
        };
        // The last part, with which the codes are written, may be in another share.
        let before = std::mem::take(&mut self.annotated.text);
        self.annotated.long_line.push(LongPart { before, bytes: record.bytes().to_vec(), codes, last });
        Ok(())
    }

    fn wants(&self) -> Wants {
        if self.style.place == Place::Field { Wants::Records } else { Wants::Lines }
    }

    fn lines(&mut self, _share: Share, _line: u64, bytes: &[u8]) -> io::Result<bool> {
        let before = self.annotated.text.len();
        let (mut start, mut line_end) = (0, 0);
        for found in find_iter_ignore_ascii_case(bytes) {
            if !is_upper_case(found.as_bytes()) {
                // The records know what it is.
                self.annotated.text.truncate(before);
                self.codes.clear();
                return Ok(false);
            }
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

/// Lines with codes that stay as they are, by the reason.
#[derive(Clone, Copy, Default)]
struct Unchanged {
    /// Each is more or less than one JSON object.
    not_objects: u64,
    /// They have a field of that name.
    annotated: u64,
}

impl Unchanged {
    fn report(self, messages: &Messages) {
        let Unchanged { not_objects, annotated } = self;
        for (lines, why) in [
            (not_objects, "--json adds to lines that are one JSON object"),
            (annotated, "\"event_code\" is there already"),
        ] {
            match lines {
                0 => {}
                1 => messages.say(&format!("1 line with codes stays as it is: {why}")),
                _ => messages.say(&format!("{lines} lines with codes stay as they are: {why}")),
            }
        }
    }
}

/// The key of the field with the meaning.
static FIELD: LazyLock<memmem::Finder<'static>> =
    LazyLock::new(|| memmem::FinderBuilder::new().build_forward_with_ranker(RareInKeys, "\"event_code\""));

/// The bytes of [`FIELD`] to look for first: `c` and, two bytes on, `d`, which are rarely that far apart.
/// By default a quote is one of them, which is frequent in JSON, so that the search takes twice as long.
struct RareInKeys;

impl HeuristicFrequencyRank for RareInKeys {
    fn rank(&self, byte: u8) -> u8 {
        if matches!(byte, b'c' | b'd') { 0 } else { u8::MAX }
    }
}

/// Adds the meaning to a JSON object, before the bracket that ends it. A line that is none, or has a
/// meaning already, stays as it is.
fn add_field(
    record: &Record<'_>,
    meanings: &mut Meanings,
    unchanged: &mut Unchanged,
    out: &mut Vec<u8>,
) -> io::Result<()> {
    let line = record.bytes();
    // The type of the event, if it is one; else the first code that the record mentions.
    let types = record.events().map(|event| event.code());
    let mut codes = types.chain(record.codes().map(|(_, code)| code));
    let Some(first) = codes.next() else {
        out.extend_from_slice(line);
        return Ok(());
    };
    let end = match record.object() {
        Some(object) if FIELD.find(line).is_none() => object.end - 1,
        object => {
            let counter =
                if object.is_some() { &mut unchanged.annotated } else { &mut unchanged.not_objects };
            *counter += 1;
            out.extend_from_slice(line);
            return Ok(());
        }
    };
    out.extend_from_slice(&line[..end]);
    out.extend_from_slice(b",\"event_code\":");
    let first = event::Code::from(first);
    meanings.write(first, out)?;
    let mut others: Vec<event::Code<'_>> = Vec::new();
    for code in codes.map(Into::into) {
        if code != first && !others.contains(&code) {
            others.push(code);
        }
    }
    if !others.is_empty() {
        out.extend_from_slice(b",\"other_event_codes\":");
        for (index, code) in others.into_iter().enumerate() {
            out.push(if index == 0 { b'[' } else { b',' });
            meanings.write(code, out)?;
        }
        out.push(b']');
    }
    out.extend_from_slice(&line[end..]);
    Ok(())
}

/// The meanings of the codes of the catalogue as JSON, each written the first time that it is wanted.
struct Meanings(Vec<Option<Box<[u8]>>>);

impl Default for Meanings {
    fn default() -> Self {
        Meanings(vec![None; EventCode::COUNT])
    }
}

impl Meanings {
    fn write(&mut self, code: event::Code<'_>, out: &mut Vec<u8>) -> io::Result<()> {
        let event::Code::Catalogued(catalogued) = code else {
            return Ok(serde_json::to_writer(out, &Meaning::of(code))?);
        };
        let known = &mut self.0[catalogued.index()];
        if known.is_none() {
            *known = Some(serde_json::to_vec(&Meaning::of(code))?.into());
        }
        out.extend_from_slice(known.as_deref().unwrap_or_default());
        Ok(())
    }
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
            let status = code.status().map_or("not in the catalogue", Status::as_str);
            let (code, texts) = (code.as_str(), code.texts());
            match self.place {
                Place::Beside => write!(out, "  {style}[{code} {status}{style:#}{texts}{style}]{style:#}")?,
                Place::Below | Place::Field => writeln!(out, "    {style}↳ {code} {status}{style:#}{texts}")?,
            }
        }
        out.extend_from_slice(&lines[text.len()..]);
        Ok(())
    }

    fn of(self, code: &Code) -> anstyle::Style {
        match code.status() {
            Some(status) if self.colour => status_style(status),
            _ => anstyle::Style::new(),
        }
    }
}
