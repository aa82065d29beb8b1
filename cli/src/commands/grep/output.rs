//! Writes what is found, in the order of the inputs.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Stdout, Write};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};

use super::Grep;
use super::found::{Entry, Found, Kind};
use crate::analysis::survey;
use crate::input::pool::Stop;
use crate::output::json_within_line;

/// As other greps colour them.
const NAME: Style = AnsiColor::Magenta.on_default();
const LINE: Style = AnsiColor::Green.on_default();
const SEPARATOR: Style = AnsiColor::Cyan.on_default();

pub struct Output {
    grep: Arc<Grep>,
    stop: Arc<Stop>,
    out: BufWriter<Stdout>,
    /// Lines before the share.
    line: u64,
    /// Records of the input that are selected.
    selected: u64,
    /// Whether any record of any input is selected.
    any: bool,
    undated: u64,
    /// Whether a part of the record that is too long matches.
    long_matches: bool,
    /// Records of the input that are not selected and precede the next one, with their lines.
    before: VecDeque<(u64, Vec<u8>)>,
    /// Whether the last record is one that is selected and shown.
    is_selecting: bool,
    /// Records that are still to be shown after the last one that is selected.
    after: usize,
    /// Whether records were left out since the last that was shown.
    follows_gap: bool,
    /// Whether a record of any input was shown.
    shown: bool,
    /// Inputs that are over.
    over: usize,
    /// Whether the end of an input was not waited for.
    has_skipped: bool,
    /// Whether nothing more is wanted of any input.
    has_seen_enough: bool,
}

impl Output {
    /// Ends inputs and the run by `stop`, as soon as their rest changes nothing.
    pub fn new(grep: Arc<Grep>, stop: Arc<Stop>) -> Self {
        Output {
            grep,
            stop,
            out: BufWriter::with_capacity(64 << 10, io::stdout()),
            line: 0,
            selected: 0,
            any: false,
            undated: 0,
            long_matches: false,
            before: VecDeque::new(),
            is_selecting: false,
            after: 0,
            follows_gap: false,
            shown: false,
            over: 0,
            has_skipped: false,
            has_seen_enough: false,
        }
    }

    /// Whether a record is selected.
    pub fn any(&self) -> bool {
        self.any
    }

    pub fn has_seen_enough(&self) -> bool {
        self.has_seen_enough
    }

    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Reports what was not searched because it has no time.
    pub fn report_undated(&self) {
        if self.undated > 0 {
            let message = match self.undated {
                codes if !self.grep.args.invert_match => survey::undated(codes),
                1 => "skipped 1 record: it has no timestamp".to_owned(),
                records => format!("skipped {records} records: they have no timestamp"),
            };
            self.grep.messages.say(&message);
        }
    }

    /// Writes what is found in the next share. Fails once nothing more is wanted, to end the search.
    pub fn write(&mut self, found: Found) -> io::Result<()> {
        if self.has_seen_enough {
            return Err(enough());
        }
        if found.source < self.over {
            return Ok(());
        }
        let grep = self.grep.clone();
        let args = &grep.args;
        self.long_parts(&found);
        let is_plain =
            grep.context.is_none() && !grep.show_names && !args.output.line_number && !args.output.json;
        if is_plain && args.output.max_count.is_none() {
            self.select(found.records);
            self.out.write_all(&found.text)?;
        } else if found.entries.is_empty() {
            self.select(found.records);
        } else {
            for entry in &found.entries {
                self.entry(&found, entry)?;
            }
            self.follows_gap |= found.follows_gap;
        }
        self.undated += found.undated;
        self.line += found.share_lines;
        let is_over = found.is_end || self.is_decided();
        if is_over {
            self.end_of_input(found.source)?;
            self.over = found.source + 1;
            if !found.is_end {
                self.has_skipped = true;
                self.stop.end_input(found.source);
            }
        }
        // A thread may still wait for the next bytes of an input that was skipped.
        self.has_seen_enough =
            self.any && args.output.quiet || self.has_skipped && self.over == grep.names.len();
        if is_over || found.flush {
            self.out.flush()?;
        }
        if self.has_seen_enough { Err(enough()) } else { Ok(()) }
    }

    /// Whether the rest of the input changes nothing.
    fn is_decided(&self) -> bool {
        let output = &self.grep.args.output;
        let names_only = output.files_with_matches || output.files_without_match;
        (names_only || output.quiet) && self.selected > 0 || self.is_full() && self.after == 0
    }

    /// Whether as many records of the input are selected as are wanted.
    fn is_full(&self) -> bool {
        self.grep.args.output.max_count.is_some_and(|max| self.selected >= max)
    }

    fn select(&mut self, records: u64) {
        let max = self.grep.args.output.max_count.unwrap_or(u64::MAX);
        let records = records.min(max.saturating_sub(self.selected));
        self.selected += records;
        self.any |= records > 0;
    }

    fn entry(&mut self, found: &Found, entry: &Entry) -> io::Result<()> {
        if entry.follows_gap {
            self.before.clear();
            self.follows_gap = true;
        }
        let text = &found.text[entry.range.clone()];
        let line = self.line + entry.line;
        let context = self.grep.context;
        match entry.kind {
            Kind::Selected if !self.is_full() => {
                self.select(1);
                self.is_selecting = true;
                if context.is_some() {
                    self.separate_groups()?;
                    for (line, text) in std::mem::take(&mut self.before) {
                        self.show(found.source, line, &text, '-')?;
                    }
                }
                self.after = context.map_or(0, |context| context.after);
                self.show(found.source, line, text, ':')
            }
            Kind::NextCode if self.is_selecting => self.show(found.source, line, text, ':'),
            Kind::CodeOfLongRecord if !self.is_full() => self.show(found.source, line, text, ':'),
            Kind::NextCode | Kind::CodeOfLongRecord => Ok(()),
            Kind::Selected | Kind::Context if self.after > 0 => {
                self.is_selecting = false;
                self.after -= 1;
                self.show(found.source, line, text, '-')
            }
            Kind::Selected | Kind::Context => {
                self.is_selecting = false;
                let before = context.map_or(0, |context| context.before);
                self.before.push_back((line, text.to_vec()));
                if self.before.len() > before {
                    self.before.pop_front();
                    self.follows_gap = true;
                }
                Ok(())
            }
        }
    }

    /// Writes a line between records that do not follow one another.
    fn separate_groups(&mut self) -> io::Result<()> {
        let is_apart = std::mem::take(&mut self.follows_gap) && self.shown;
        if !is_apart {
            return Ok(());
        }
        let style = self.style(SEPARATOR);
        writeln!(self.out, "{style}--{style:#}")
    }

    fn show(&mut self, source: usize, line: u64, text: &[u8], separator: char) -> io::Result<()> {
        let grep = self.grep.clone();
        self.shown = true;
        if grep.args.output.json {
            self.out.write_all(b"{\"path\":")?;
            json_within_line(&mut self.out, &grep.names[source])?;
            write!(self.out, ",\"line\":{line},")?;
            return self.out.write_all(text.strip_prefix(b"{").unwrap_or(text));
        }
        let between = self.style(SEPARATOR);
        if grep.show_names {
            let style = self.style(NAME);
            write!(self.out, "{style}{}{style:#}{between}{separator}{between:#}", grep.names[source])?;
        }
        if grep.args.output.line_number {
            let style = self.style(LINE);
            write!(self.out, "{style}{line}{style:#}{between}{separator}{between:#}")?;
        }
        self.out.write_all(text)
    }

    fn style(&self, style: Style) -> Style {
        if self.grep.colour { style } else { Style::new() }
    }

    fn long_parts(&mut self, found: &Found) {
        let grep = self.grep.clone();
        let args = &grep.args;
        for part in &found.long_parts {
            self.long_matches |= part.matches;
            if part.last && std::mem::take(&mut self.long_matches) != args.invert_match {
                let line = self.line + part.line;
                if args.output.shows_whole_records() {
                    let selected = if args.invert_match { "is selected" } else { "matches" };
                    let message = format!("the record in line {line} {selected} and is too long to be shown");
                    grep.messages.report(&grep.names[found.source], &io::Error::other(message));
                }
                self.select(1);
            }
        }
    }

    fn end_of_input(&mut self, source: usize) -> io::Result<()> {
        let grep = self.grep.clone();
        let (output, name) = (&grep.args.output, &grep.names[source]);
        let style = self.style(NAME);
        if output.quiet {
        } else if output.files_with_matches || output.files_without_match {
            if (self.selected > 0) == output.files_with_matches {
                writeln!(self.out, "{style}{name}{style:#}")?;
            }
        } else if output.count {
            if grep.show_names {
                let between = self.style(SEPARATOR);
                write!(self.out, "{style}{name}{style:#}{between}:{between:#}")?;
            }
            writeln!(self.out, "{}", self.selected)?;
        }
        (self.line, self.selected, self.after) = (0, 0, 0);
        self.before.clear();
        // The records of the next input do not follow those of this one.
        self.follows_gap = true;
        Ok(())
    }
}

/// Ends the search.
fn enough() -> io::Error {
    io::Error::other("no more is wanted")
}
