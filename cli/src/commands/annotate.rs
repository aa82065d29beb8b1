//! `eventcodes annotate`: each line as it is, followed by the meaning of its codes.

use std::io::{self, Write};

use anstyle::Style;
use event_log_codes::{EventCode, Match, Status, find, find_iter};
use memchr::memmem;
use serde::Serialize;

use crate::analysis::code::Code;
use crate::args::AnnotateArgs;
use crate::console::ExitStatus;
use crate::console::Messages;
use crate::input::words::Words;
use crate::input::{self, stream};
use crate::output::status_style;
use crate::records::{Extent, Format, Reader, Record, Splitter};

/// Distinct codes of a line that are explained.
const MAX_CODES: usize = 16;

pub fn run(args: &AnnotateArgs, colour: bool, out: &mut dyn Write) -> io::Result<ExitStatus> {
    let messages = Messages::default();
    for source in input::list(&args.paths, None, &messages) {
        let mut annotator = Annotator {
            args,
            style: Styles { colour },
            words: Words::default(),
            codes: Vec::new(),
            out: &mut *out,
        };
        let mut splitter = Splitter::new(Format::Text);
        stream::read(&source, &messages, |bytes, flush| {
            let mut result = Ok(());
            splitter.feed(bytes, &mut |line| {
                if result.is_ok() {
                    result = annotator.line(line);
                }
            });
            result?;
            if flush { annotator.out.flush() } else { Ok(()) }
        })?;
        let mut result = Ok(());
        splitter.end(&mut |line| result = annotator.line(line));
        result?;
    }
    Ok(ExitStatus::of_run(None, &messages))
}

struct Annotator<'a> {
    args: &'a AnnotateArgs,
    style: Styles,
    /// In a line that is handed over in parts.
    words: Words,
    /// The distinct codes of the line.
    codes: Vec<Code>,
    out: &'a mut dyn Write,
}

impl Annotator<'_> {
    fn line(&mut self, line: Record<'_>) -> io::Result<()> {
        if self.args.json {
            return match line.extent {
                Extent::Whole => self.add_field(line.bytes),
                Extent::Part | Extent::LastPart => self.out.write_all(line.bytes),
            };
        }
        let codes = &mut self.codes;
        let mut found = |found: Match<'_>| {
            if codes.len() < MAX_CODES
                && !codes.iter().any(|known| known.as_str().as_bytes() == found.as_bytes())
            {
                codes.push(Code::of(found));
            }
        };
        match line.extent {
            Extent::Whole => find_iter(line.bytes).for_each(&mut found),
            Extent::Part => self.words.feed(line.bytes, &mut found),
            Extent::LastPart => {
                self.words.feed(line.bytes, &mut found);
                self.words.end(&mut found);
            }
        }
        if line.extent == Extent::Part || self.codes.is_empty() {
            self.out.write_all(line.bytes)
        } else if self.args.inline {
            self.write_beside(line.bytes)
        } else {
            self.write_below(line.bytes)
        }
    }

    fn write_below(&mut self, line: &[u8]) -> io::Result<()> {
        self.out.write_all(line)?;
        if !line.ends_with(b"\n") {
            self.out.write_all(b"\n")?;
        }
        for code in self.codes.drain(..) {
            let style = self.style.of(&code);
            writeln!(self.out, "    {style}↳ {}{style:#} {}", code.as_str(), code.meaning())?;
        }
        Ok(())
    }

    fn write_beside(&mut self, line: &[u8]) -> io::Result<()> {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        self.out.write_all(text)?;
        for code in self.codes.drain(..) {
            let style = self.style.of(&code);
            write!(self.out, "  {style}[{}{style:#} {}{style}]{style:#}", code.as_str(), code.meaning())?;
        }
        self.out.write_all(&line[text.len()..])
    }

    /// Adds the meaning to a JSON object, before the bracket that ends it. A line that is none, or
    /// has a meaning already, stays as it is.
    fn add_field(&mut self, line: &[u8]) -> io::Result<()> {
        let Some(field) = field(line) else {
            return self.out.write_all(line);
        };
        let end = line.trim_ascii_end().len() - 1;
        self.out.write_all(&line[..end])?;
        self.out.write_all(b",\"event_code\":")?;
        serde_json::to_writer(&mut *self.out, &field)?;
        self.out.write_all(&line[end..])
    }
}

/// What is added to a JSON object.
#[derive(Serialize)]
struct Field {
    code: String,
    status: Option<Status>,
    portal_text: Option<&'static str>,
    corrective_action: Option<&'static str>,
}

fn field(line: &[u8]) -> Option<Field> {
    let first = find(line)?;
    if memmem::find(line, b"\"event_code\"").is_some() {
        return None;
    }
    let reading = Reader::new(Format::Ndjson).read(line).ok()?;
    // The type of the event, if it is one; else the first code that the record mentions.
    let code = reading.event.map_or_else(|| Code::of(first), |event| event.code);
    let catalogued = code.catalogued();
    Some(Field {
        code: code.as_str().to_owned(),
        status: catalogued.map(EventCode::status),
        portal_text: catalogued.and_then(EventCode::portal_text),
        corrective_action: catalogued.and_then(EventCode::corrective_action),
    })
}

/// How codes look.
#[derive(Clone, Copy)]
struct Styles {
    colour: bool,
}

impl Styles {
    fn of(self, code: &Code) -> Style {
        match code.catalogued() {
            Some(code) if self.colour => status_style(code.status()),
            _ => Style::new(),
        }
    }
}
