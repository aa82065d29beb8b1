//! Cuts bytes that arrive in pieces into records.

use memchr::{memchr, memchr_iter, memchr2, memchr3};

use super::Format;

/// Longest record that is kept whole, in bytes. A longer one is handed over in parts, so that
/// memory stays bounded.
pub const MAX_RECORD: usize = 16 << 20;

/// A record, or a part of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'b> {
    /// Line that the record begins in; the first line is 1.
    pub line: u64,
    /// With the line feed that ends it, if one does.
    pub bytes: &'b [u8],
    pub extent: Extent,
}

/// How much of a record there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Whole,
    /// A part of a record longer than [`MAX_RECORD`]; the next is of the same record.
    Part,
    LastPart,
}

/// Cuts an input into records, whatever the pieces it arrives in.
pub struct Splitter {
    rule: Rule,
    skip_line: bool,
    /// What has arrived of the record that is not yet over.
    pending: Vec<u8>,
    /// Parts of that record have been handed over.
    parted: bool,
    /// Line of the next byte.
    line: u64,
    /// Line that the record that is not yet over begins in.
    record_line: u64,
}

enum Rule {
    Lines,
    Csv { quoted: bool },
    Json(Json),
}

/// What to do with some bytes.
enum Step {
    /// They belong to the record.
    Keep,
    /// They end it.
    End,
    /// They belong to no record.
    Drop,
    /// What was kept was no record after all, nor are they.
    Forget,
}

impl Splitter {
    pub fn new(format: Format) -> Self {
        let rule = match format {
            Format::Ndjson | Format::Text => Rule::Lines,
            Format::Csv => Rule::Csv { quoted: false },
            Format::Json => Rule::Json(Json::default()),
        };
        Splitter { rule, skip_line: false, pending: Vec::new(), parted: false, line: 1, record_line: 1 }
    }

    /// Lines that have ended so far.
    pub fn lines(&self) -> u64 {
        self.line - 1
    }

    /// Makes nothing of the rest of the line that the first bytes are in the middle of.
    pub fn skip_line(&mut self) {
        self.skip_line = true;
    }

    /// Takes the next bytes and hands over every record that ends in them.
    pub fn feed(&mut self, mut bytes: &[u8], found: &mut dyn FnMut(Record<'_>)) {
        if self.skip_line {
            let Some(end) = memchr(b'\n', bytes) else {
                return;
            };
            self.skip_line = false;
            bytes = &bytes[end + 1..];
        }
        while !bytes.is_empty() {
            let (step, len) = self.rule.step(bytes);
            let (taken, rest) = bytes.split_at(len);
            bytes = rest;
            match step {
                Step::Keep => self.keep(taken, found),
                Step::End if self.pending.is_empty() && !self.parted => {
                    self.count_lines(taken);
                    found(Record { line: self.record_line, bytes: taken, extent: Extent::Whole });
                    self.record_line = self.line;
                }
                Step::End => {
                    self.keep(taken, found);
                    self.end_record(found);
                }
                Step::Drop | Step::Forget => {
                    self.count_lines(taken);
                    if self.parted {
                        self.end_record(found);
                    }
                    self.pending.clear();
                    self.record_line = self.line;
                }
            }
        }
    }

    /// Takes from `bytes` only what belongs to the record that earlier bytes began; whether it has
    /// ended.
    pub fn feed_open(&mut self, bytes: &[u8], found: &mut dyn FnMut(Record<'_>)) -> bool {
        if self.pending.is_empty() && !self.parted {
            return true;
        }
        let (step, len) = self.rule.step(bytes);
        self.keep(&bytes[..len], found);
        let ended = matches!(step, Step::End);
        if ended {
            self.end_record(found);
        }
        ended
    }

    /// Hands over the record that the end of the input ends.
    pub fn end(&mut self, found: &mut dyn FnMut(Record<'_>)) {
        if !self.pending.is_empty() || self.parted {
            self.end_record(found);
        }
    }

    fn keep(&mut self, bytes: &[u8], found: &mut dyn FnMut(Record<'_>)) {
        self.count_lines(bytes);
        for bytes in bytes.chunks(MAX_RECORD) {
            if self.pending.len() + bytes.len() > MAX_RECORD {
                found(Record { line: self.record_line, bytes: &self.pending, extent: Extent::Part });
                self.pending.clear();
                self.parted = true;
            }
            self.pending.extend_from_slice(bytes);
        }
    }

    fn end_record(&mut self, found: &mut dyn FnMut(Record<'_>)) {
        let extent = if self.parted { Extent::LastPart } else { Extent::Whole };
        found(Record { line: self.record_line, bytes: &self.pending, extent });
        self.pending.clear();
        self.parted = false;
        self.record_line = self.line;
    }

    fn count_lines(&mut self, bytes: &[u8]) {
        self.line += match self.rule {
            // A line feed ends every step that holds one.
            Rule::Lines => u64::from(bytes.ends_with(b"\n")),
            Rule::Csv { .. } | Rule::Json(_) => memchr_iter(b'\n', bytes).count() as u64,
        };
    }
}

impl Rule {
    fn step(&mut self, bytes: &[u8]) -> (Step, usize) {
        match self {
            Rule::Lines => match memchr(b'\n', bytes) {
                Some(end) => (Step::End, end + 1),
                None => (Step::Keep, bytes.len()),
            },
            Rule::Csv { quoted } => {
                let mut start = 0;
                while let Some(found) = memchr2(b'"', b'\n', &bytes[start..]) {
                    let at = start + found;
                    start = at + 1;
                    if bytes[at] == b'"' {
                        // A doubled quote leaves the quotes and enters them again.
                        *quoted = !*quoted;
                    } else if !*quoted {
                        return (Step::End, start);
                    }
                }
                (Step::Keep, bytes.len())
            }
            Rule::Json(json) => json.step(bytes),
        }
    }
}

/// Finds objects: those at the top, or in an array at the top; or, if such an object is a page, those
/// in its `data` array instead.
#[derive(Default)]
struct Json {
    place: Place,
    in_array: bool,
    in_page: bool,
    /// Brackets open in the record.
    depth: u32,
    escaped: bool,
    /// Start of the last string directly in the record, to know the key `data`.
    key: Vec<u8>,
    after_data: bool,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Place {
    #[default]
    Between,
    Object,
    String,
    /// Something between the records that is no object: handed over for what it is, a line at a time.
    Stray,
    /// After the `data` of a page.
    PageEnd,
    PageEndString,
}

impl Json {
    fn step(&mut self, bytes: &[u8]) -> (Step, usize) {
        match self.place {
            Place::Between => self.between(bytes),
            Place::Object => self.object(bytes),
            Place::String => self.string(bytes),
            Place::Stray => self.stray(bytes),
            Place::PageEnd => self.page_end(bytes),
            Place::PageEndString => self.page_end_string(bytes),
        }
    }

    fn between(&mut self, bytes: &[u8]) -> (Step, usize) {
        let separators = bytes.iter().take_while(|byte| byte.is_ascii_whitespace() || **byte == b',').count();
        if separators > 0 {
            return (Step::Drop, separators);
        }
        match bytes[0] {
            b'{' => {
                self.place = Place::Object;
                self.depth = 1;
                self.after_data = false;
                (Step::Keep, 1)
            }
            b'[' if !self.in_array && !self.in_page => {
                self.in_array = true;
                (Step::Drop, 1)
            }
            b']' if self.in_page => {
                self.in_page = false;
                self.place = Place::PageEnd;
                self.depth = 1;
                (Step::Drop, 1)
            }
            b']' if self.in_array => {
                self.in_array = false;
                (Step::Drop, 1)
            }
            // A byte-order mark, which may arrive in pieces.
            0xef | 0xbb | 0xbf => (Step::Drop, 1),
            _ => {
                self.place = Place::Stray;
                self.stray(bytes)
            }
        }
    }

    fn stray(&mut self, bytes: &[u8]) -> (Step, usize) {
        match memchr(b'\n', bytes) {
            Some(end) => {
                self.place = Place::Between;
                (Step::End, end + 1)
            }
            None => (Step::Keep, bytes.len()),
        }
    }

    fn object(&mut self, bytes: &[u8]) -> (Step, usize) {
        for (index, &byte) in bytes.iter().enumerate() {
            let len = index + 1;
            match byte {
                b'"' => {
                    self.place = Place::String;
                    self.key.clear();
                    return (Step::Keep, len);
                }
                b':' if self.depth == 1 => self.after_data = self.key == b"data",
                b'[' if self.depth == 1 && self.after_data && !self.in_page => {
                    self.place = Place::Between;
                    self.in_page = true;
                    return (Step::Forget, len);
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.place = Place::Between;
                        return (Step::End, len);
                    }
                }
                b',' => self.after_data = false,
                _ => {}
            }
        }
        (Step::Keep, bytes.len())
    }

    fn string(&mut self, bytes: &[u8]) -> (Step, usize) {
        let (text, end) = string_end(bytes, &mut self.escaped);
        const ENOUGH: usize = "data".len() + 1;
        let kept = text.min(ENOUGH.saturating_sub(self.key.len()));
        self.key.extend_from_slice(&bytes[..kept]);
        match end {
            StringEnd::Quote => {
                self.place = Place::Object;
                (Step::Keep, text + 1)
            }
            // No string holds one: the record is broken, and the next line may begin another.
            StringEnd::LineFeed => {
                self.place = Place::Between;
                (Step::End, text + 1)
            }
            StringEnd::None => (Step::Keep, bytes.len()),
        }
    }

    fn page_end(&mut self, bytes: &[u8]) -> (Step, usize) {
        for (index, &byte) in bytes.iter().enumerate() {
            let len = index + 1;
            match byte {
                b'"' => {
                    self.place = Place::PageEndString;
                    return (Step::Drop, len);
                }
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        self.place = Place::Between;
                        return (Step::Drop, len);
                    }
                }
                _ => {}
            }
        }
        (Step::Drop, bytes.len())
    }

    fn page_end_string(&mut self, bytes: &[u8]) -> (Step, usize) {
        match string_end(bytes, &mut self.escaped) {
            (text, StringEnd::Quote) => {
                self.place = Place::PageEnd;
                (Step::Drop, text + 1)
            }
            (text, StringEnd::LineFeed) => {
                self.place = Place::Between;
                (Step::Drop, text + 1)
            }
            (_, StringEnd::None) => (Step::Drop, bytes.len()),
        }
    }
}

enum StringEnd {
    Quote,
    LineFeed,
    None,
}

/// Where the string that `bytes` are in the middle of ends, if it does there.
fn string_end(bytes: &[u8], escaped: &mut bool) -> (usize, StringEnd) {
    let mut start = 0;
    if *escaped && !bytes.is_empty() {
        *escaped = false;
        start = 1;
    }
    while let Some(found) = bytes.get(start..).and_then(|rest| memchr3(b'"', b'\\', b'\n', rest)) {
        let at = start + found;
        match bytes[at] {
            b'"' => return (at, StringEnd::Quote),
            b'\n' => return (at, StringEnd::LineFeed),
            _ if at + 1 == bytes.len() => {
                *escaped = true;
                break;
            }
            _ => start = at + 2,
        }
    }
    (bytes.len(), StringEnd::None)
}
