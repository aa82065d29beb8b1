//! What one thread finds in a share of an input.

use std::ops::Range;

use serde::Serialize;

use super::{Context, Grep};
use crate::analysis::event::Code;
use crate::output::{Meaning, json_within_line, status_style};

/// Records that are kept, although nothing near them is selected, before the oldest of them are dropped.
const MARGIN: usize = 1024;

#[derive(Default)]
pub struct Found {
    pub source: usize,
    /// The texts of `entries`.
    pub text: Vec<u8>,
    pub entries: Vec<Entry>,
    /// Records that are selected.
    pub records: u64,
    /// Parts of records that are too long to be shown.
    pub long_parts: Vec<LongPart>,
    /// Codes that would match if their records had a time; with `-v`, records that would be selected.
    pub undated: u64,
    /// Lines of the share, if the lines in it are counted from its start.
    pub share_lines: u64,
    /// Whether this is the end of the input.
    pub is_end: bool,
    pub flush: bool,
    /// Records since the last one that is selected, or since the start of the share.
    since_selected: usize,
    /// Whether the next entry follows records that were dropped.
    pub follows_gap: bool,
}

/// Something that is written: a record, or a code of one.
pub struct Entry {
    /// The line in the share.
    pub line: u64,
    /// Its place in the text, which ends with a line feed.
    pub range: Range<usize>,
    pub kind: Kind,
    /// Whether records before it were dropped.
    pub follows_gap: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A record that is selected, or its first code.
    Selected,
    /// Another code of the same record.
    NextCode,
    /// A code of a record that is too long to be shown.
    CodeOfLongRecord,
    /// A record near one that is selected.
    Context,
}

/// A part of a record that is too long.
pub struct LongPart {
    pub line: u64,
    pub matches: bool,
    pub last: bool,
}

/// A code and its place in a record.
pub type Place<'r> = (usize, Code<'r>);

impl Found {
    /// Adds a record that is selected, in which `codes` match.
    pub fn select(&mut self, grep: &Grep, line: u64, record: &[u8], codes: &[Place<'_>]) {
        self.records += 1;
        self.since_selected = 0;
        if !grep.args.output.shows_records() {
            return;
        }
        let output = &grep.args.output;
        if output.only_matching {
            for (index, (_, code)) in codes.iter().enumerate() {
                let kind = if index == 0 { Kind::Selected } else { Kind::NextCode };
                self.add(line, kind, |text| highlighted(grep, code.as_bytes(), &[(0, *code)], text));
            }
        } else if output.json {
            self.add(line, Kind::Selected, |text| in_json(record, codes, text));
        } else {
            self.add(line, Kind::Selected, |text| highlighted(grep, without_line_end(record), codes, text));
        }
    }

    /// Adds the codes of a part of a record that is too long to be shown.
    pub fn select_codes_of_long_record(&mut self, grep: &Grep, line: u64, codes: &[Place<'_>]) {
        for (_, code) in codes.iter().filter(|_| grep.args.output.shows_records()) {
            let place = [(0, *code)];
            self.add(line, Kind::CodeOfLongRecord, |text| highlighted(grep, code.as_bytes(), &place, text));
        }
    }

    /// Adds a record that is not selected, in case that one near it is.
    pub fn pass(&mut self, context: Context, line: u64, record: &[u8]) {
        self.add(line, Kind::Context, |text| text.extend_from_slice(without_line_end(record)));
        self.since_selected += 1;
        // The first records after the last selected one are kept: they follow it. In a new share they may
        // follow one of the share before.
        let spare = self.since_selected.saturating_sub(context.after);
        if spare > context.before.saturating_add(MARGIN) {
            self.drop_spare(spare - context.before, context.before);
            self.since_selected -= spare - context.before;
        }
    }

    /// Drops `count` entries, before the last `kept` ones.
    fn drop_spare(&mut self, count: usize, kept: usize) {
        let end = self.entries.len() - kept;
        let dropped = end - count..end;
        let bytes = self.entries[dropped.start].range.start
            ..self.entries.get(end).map_or(self.text.len(), |next| next.range.start);
        self.text.drain(bytes.clone());
        self.entries.drain(dropped.clone());
        for entry in &mut self.entries[dropped.start..] {
            entry.range = entry.range.start - bytes.len()..entry.range.end - bytes.len();
        }
        match self.entries.get_mut(dropped.start) {
            Some(next) => next.follows_gap = true,
            None => self.follows_gap = true,
        }
    }

    fn add(&mut self, line: u64, kind: Kind, write: impl FnOnce(&mut Vec<u8>)) {
        let start = self.text.len();
        write(&mut self.text);
        self.text.push(b'\n');
        let follows_gap = std::mem::take(&mut self.follows_gap);
        self.entries.push(Entry { line, range: start..self.text.len(), kind, follows_gap });
    }
}

fn without_line_end(record: &[u8]) -> &[u8] {
    record.strip_suffix(b"\n").unwrap_or(record)
}

/// Writes `record` with its codes in the colours of their statuses.
fn highlighted(grep: &Grep, record: &[u8], codes: &[Place<'_>], text: &mut Vec<u8>) {
    let mut end = 0;
    for &(at, code) in codes.iter().filter(|_| grep.colour) {
        let name = code.as_bytes();
        // A code may stand in escapes, and then its place is that of the record's event.
        let stands_here = |found: &[u8]| found.eq_ignore_ascii_case(name);
        if at >= end && record.get(at..at + name.len()).is_some_and(stands_here) {
            let style = code.status(None).map_or_else(anstyle::Style::new, status_style).bold();
            text.extend_from_slice(&record[end..at]);
            end = at + name.len();
            text.extend_from_slice(style.render().to_string().as_bytes());
            text.extend_from_slice(&record[at..end]);
            text.extend_from_slice(style.render_reset().to_string().as_bytes());
        }
    }
    text.extend_from_slice(&record[end..]);
}

/// A JSON object that says what is in a record. Where the record is becomes its first members, once its line is known.
#[derive(Serialize)]
struct Selected<'a> {
    codes: Vec<Meaning<'a>>,
    /// Bytes that are not UTF-8 are replaced by U+FFFD.
    text: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    text_was_not_utf8: bool,
}

fn in_json(record: &[u8], codes: &[Place<'_>], text: &mut Vec<u8>) {
    let record = without_line_end(record);
    let utf8 = String::from_utf8_lossy(record);
    let selected = Selected {
        codes: codes.iter().map(|(_, code)| Meaning::of(*code)).collect(),
        text: &utf8,
        text_was_not_utf8: matches!(utf8, std::borrow::Cow::Owned(_)),
    };
    // Into memory, it does not fail.
    let _ = json_within_line(text, &selected);
}
