//! Rows of delimiter-separated values under a header.
//!
//! Cells are those of [RFC 4180] as the csv crate reads them: a quote opens a cell only at its start, and
//! is itself anywhere else (`5" disk`); two quotes in a quoted cell are one.
//!
//! A quoted cell may go on over line ends. Where a quote is not closed, a strict reader takes everything up
//! to the next quote for one cell, thousands of rows perhaps. Here a row is more than one line only if
//!
//! - each of its cells that goes on over a line end is closed by a quote that a delimiter or a line end
//!   follows, after at most [`MAX_LINE_ENDS`] line ends, and
//! - it has as many cells as the header.
//!
//! Otherwise it is the first of these lines, reported as unclosed, and the next line is the next row.
//!
//! [RFC 4180]: https://www.rfc-editor.org/rfc/rfc4180

use std::ops::Range;

use memchr::{memchr, memchr2};

use crate::event::Cause;
use crate::fields::{Field, FieldNames, Rank, is_absent, is_same_name};
use crate::index::CellMarks;
use crate::time;
use crate::value::Span;

/// The delimiter of a table and what its columns mean.
#[derive(Clone, Debug)]
pub(crate) struct Columns {
    delimiter: u8,
    /// What each column means.
    meanings: Vec<Option<(Field, Rank)>>,
    has_count: bool,
    /// The columns of the date and of the time of day, if each has its own.
    date_and_clock: Option<(usize, usize)>,
}

/// Delimiters that tables have.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Line ends that a quoted cell may have.
pub(crate) const MAX_LINE_ENDS: usize = 100;

impl Columns {
    /// Of the header row `header`, with or without its line end; none if that is not a header that
    /// names an event type and at least one more field (or a count).
    pub(crate) fn detect(header: &[u8], names: &FieldNames) -> Option<Columns> {
        // Of those with equally many fields, the first: `max_by_key` returns the last.
        let delimiters = DELIMITERS.iter().rev();
        let tables = delimiters.filter_map(|delimiter| Columns::with_delimiter(header, *delimiter, names));
        tables.max_by_key(|columns| columns.meanings.iter().flatten().count())
    }

    fn with_delimiter(header: &[u8], delimiter: u8, names: &FieldNames) -> Option<Columns> {
        let header = without_line_end(header);
        memchr(delimiter, header)?;
        let mut columns = Columns { delimiter, meanings: Vec::new(), has_count: false, date_and_clock: None };
        let (mut date, mut clock) = (None, None);
        let mut unescaped = Vec::new();
        for cell in Cells::new(header, delimiter) {
            let cell = cell.ok()?;
            unescaped.clear();
            let name = match cell.append_to(header, &mut unescaped) {
                Some(range) => &header[range],
                None => &unescaped,
            };
            let name = &name[trimmed(name, 0..name.len())];
            let column = columns.meanings.len();
            // As Azure exports it. Any other zone would have to be read.
            let without_zone = name.strip_suffix(b" [UTC]").or_else(|| name.strip_suffix(b" (UTC)"));
            columns.meanings.push(names.get(without_zone.unwrap_or(name)));
            columns.has_count |= is_same_name(b"count", name);
            if is_same_name(b"date", name) {
                date = Some(column);
            } else if is_same_name(b"time", name) {
                clock = Some(column);
            }
        }
        columns.date_and_clock = date.zip(clock);
        let means = |wanted: Field| columns.meanings.iter().flatten().any(|(field, _)| *field == wanted);
        let others = [Field::Device, Field::Time, Field::Campaign, Field::CampaignName, Field::Status];
        let is_header = means(Field::EventType) && (columns.has_count || others.into_iter().any(means));
        is_header.then_some(columns)
    }

    /// Reads the row at `start` of `bytes`, if it is a line whose cells stand in it as they are: returns
    /// where it ends, and calls `found` with each field, at its place in the row. It may do so twice, and
    /// in vain if it returns `None`.
    ///
    /// It is for speed only: what it leaves is read by [`row_len`](Self::row_len) and [`fields`](Self::fields),
    /// which could read all.
    #[inline]
    pub(crate) fn plain_row(
        &self,
        bytes: &[u8],
        start: usize,
        marks: &mut CellMarks,
        found: &mut impl FnMut(Field, Rank, Span),
    ) -> Option<(usize, Result<(), Cause>)> {
        if self.date_and_clock.is_some() {
            return None;
        }
        // Once more with the marks from here on, if they end before the row.
        self.row_by_marks(bytes, start, marks, found)
            .or_else(|| marks.refill(bytes, start).then(|| self.row_by_marks(bytes, start, marks, found))?)
    }

    #[inline]
    fn row_by_marks(
        &self,
        bytes: &[u8],
        start: usize,
        marks: &mut CellMarks,
        found: &mut impl FnMut(Field, Rank, Span),
    ) -> Option<(usize, Result<(), Cause>)> {
        let (mut cells, mut cell_start, mut quoted) = (0, start, None);
        let mut end_cell = |cell: Range<usize>| {
            if let Some(Some((field, rank))) = self.meanings.get(cells) {
                let cell = trimmed(bytes, cell);
                if !is_absent(&bytes[cell.clone()]) {
                    found(*field, *rank, Span::input(cell.start - start, cell.end - start));
                }
            }
            cells += 1;
        };
        let known = marks.from(bytes, start);
        let mut read = 0;
        loop {
            let mark = *known.get(read)? as usize;
            read += 1;
            match bytes[mark] {
                b'"' if mark == cell_start => {
                    // The next quote, on this line and at the end of the cell.
                    let is_delimiter = |mark: &&u32| bytes[**mark as usize] == self.delimiter;
                    read += known[read..].iter().take_while(is_delimiter).count();
                    let close = *known.get(read)? as usize;
                    read += 1;
                    let is_last = match bytes.get(close + 1..)? {
                        [b'\n', ..] | [b'\r', b'\n', ..] => true,
                        [next, ..] => *next == self.delimiter,
                        [] => false,
                    };
                    if bytes[close] != b'"' || !is_last {
                        return None;
                    }
                    quoted = Some(mark + 1..close);
                }
                // Somewhere else, it is a byte like others.
                b'"' => {}
                b'\n' => {
                    let line = &bytes[cell_start..mark];
                    let end = cell_start + line.strip_suffix(b"\r").unwrap_or(line).len();
                    end_cell(quoted.take().unwrap_or(cell_start..end));
                    marks.take(read);
                    let result = match self.meanings.len() {
                        expected if expected == cells => Ok(()),
                        expected => Err(Cause::Cells { found: cells, expected }),
                    };
                    return Some((mark + 1, result));
                }
                _ => {
                    end_cell(quoted.take().unwrap_or(cell_start..mark));
                    cell_start = mark + 1;
                }
            }
        }
    }

    /// The delimiter.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Calls `found` with each field of `row`, a whole row with or without its line end.
    ///
    /// A value that has to be unescaped is appended to `scratch`. Errors are causes: a quoted cell
    /// that does not end, a row with more or fewer cells than the header.
    pub(crate) fn fields(
        &self,
        row: &[u8],
        scratch: &mut Vec<u8>,
        found: &mut impl FnMut(Field, Rank, Span),
    ) -> Result<(), Cause> {
        let row = without_line_end(row);
        let mut cells = 0;
        let mut date_and_clock = [Span::EMPTY; 2];
        let mut cell_of = |column: usize, cell: Range<usize>, span: Option<Span>, text: &[u8]| {
            let Some(Some((field, rank))) = self.meanings.get(column) else {
                return;
            };
            if !is_absent(text) {
                let span = span.unwrap_or_else(|| Span::input(cell.start, cell.end));
                if let Some((date, clock)) = self.date_and_clock {
                    if column == date && time::is_date(text) {
                        date_and_clock[0] = span;
                    } else if column == clock && time::is_time_of_day(text) {
                        date_and_clock[1] = span;
                    }
                }
                found(*field, *rank, span);
            }
        };
        for cell in Cells::new(row, self.delimiter) {
            let cell = cell?;
            if self.meanings.get(cells).is_some_and(Option::is_some) {
                let start = scratch.len();
                match cell.append_to(row, scratch) {
                    Some(range) => {
                        let range = trimmed(row, range);
                        cell_of(cells, range.clone(), None, &row[range]);
                    }
                    None => {
                        let range = trimmed(scratch, start..scratch.len());
                        let span = Span::scratch(range.start, range.end);
                        cell_of(cells, range.clone(), Some(span), &scratch[range]);
                    }
                }
            }
            cells += 1;
        }
        if cells != self.meanings.len() {
            return Err(Cause::Cells { found: cells, expected: self.meanings.len() });
        }
        let [date, clock] = date_and_clock;
        if !date.is_empty() && !clock.is_empty() {
            let start = scratch.len();
            for (part, separator) in [(date, &b" "[..]), (clock, b"")] {
                if part.level() == 0 {
                    scratch.extend_from_slice(&row[part.start()..part.end()]);
                } else {
                    scratch.extend_from_within(part.start()..part.end());
                }
                scratch.extend_from_slice(separator);
            }
            found(Field::Time, DATE_AND_CLOCK, Span::scratch(start, scratch.len()));
        }
        Ok(())
    }

    /// Whether a column is a count, as statistics have.
    pub(crate) fn has_count(&self) -> bool {
        self.has_count
    }

    /// The length of the first row of `bytes`, which begin at the start of a row, with its line end. None if
    /// the row does not end in them, unless they are the `last` of the input, or if it is longer than
    /// `longest`.
    ///
    /// Sequential and cheap: it is what cuts an input into batches.
    #[inline]
    pub(crate) fn row_len(&self, bytes: &[u8], last: bool, longest: usize) -> Option<usize> {
        // A quote further away closes no cell: whether it is here yet depends on how the bytes arrive.
        let near = &bytes[..bytes.len().min(longest)];
        let is_end = last && near.len() == bytes.len();
        let is_all = is_end || near.len() == longest;
        let len = match memchr2(b'"', b'\n', near) {
            Some(end) if near[end] == b'\n' => return Some(end + 1),
            Some(quote) => self.row_len_from(near, quote, is_all)?,
            None => near.len(),
        };
        (is_end || near[..len].ends_with(b"\n")).then_some(len)
    }

    /// The length of the first row of `bytes`, whose first quote is at `at`.
    fn row_len_from(&self, bytes: &[u8], at: usize, last: bool) -> Option<usize> {
        let mut at = at;
        // The end of the first line, if a cell goes on behind it.
        let mut first_line = None;
        loop {
            let opens = at == 0 || bytes[at - 1] == self.delimiter;
            let mut next = at + 1;
            if opens {
                match self.quoted(bytes, at, last) {
                    Quoted::Closed { end, line_end } => {
                        next = end;
                        first_line = first_line.or(line_end);
                    }
                    Quoted::Unclosed => {
                        let line = first_line.or_else(|| memchr(b'\n', &bytes[at..]).map(|end| at + end));
                        return Some(line.map_or(bytes.len(), |end| end + 1));
                    }
                    Quoted::Incomplete => return None,
                }
            }
            match memchr2(b'"', b'\n', &bytes[next..]) {
                Some(found) if bytes[next + found] == b'"' => at = next + found,
                end => {
                    let len = match end {
                        Some(end) => next + end + 1,
                        None if last => bytes.len(),
                        None => return None,
                    };
                    return Some(match first_line {
                        Some(first_line) if !self.is_whole(&bytes[..len]) => first_line + 1,
                        _ => len,
                    });
                }
            }
        }
    }

    /// Finds the end of the quoted cell that starts at `at`.
    fn quoted(&self, bytes: &[u8], at: usize, last: bool) -> Quoted {
        let mut line_ends = 0;
        let mut line_end = None;
        let mut from = at + 1;
        loop {
            let Some(found) = memchr2(b'"', b'\n', &bytes[from..]) else {
                return if last { Quoted::Unclosed } else { Quoted::Incomplete };
            };
            let found = from + found;
            from = found + 1;
            if bytes[found] == b'\n' {
                line_ends += 1;
                line_end = line_end.or(Some(found));
                if line_ends > MAX_LINE_ENDS {
                    return Quoted::Unclosed;
                }
                continue;
            }
            match bytes.get(from) {
                Some(b'"') => from += 1,
                Some(b'\n' | b'\r') => return Quoted::Closed { end: from, line_end },
                Some(byte) if *byte == self.delimiter => return Quoted::Closed { end: from, line_end },
                // In one line, the rest of the cell is as if there were no quotes.
                Some(_) if line_end.is_none() => return Quoted::Closed { end: from, line_end },
                Some(_) => return Quoted::Unclosed,
                None if last => return Quoted::Closed { end: from, line_end },
                None => return Quoted::Incomplete,
            }
        }
    }

    /// Whether `row` has the cells of the header.
    fn is_whole(&self, row: &[u8]) -> bool {
        let cells = Cells::new(without_line_end(row), self.delimiter);
        cells.take(self.meanings.len() + 1).filter(Result::is_ok).count() == self.meanings.len()
    }
}

/// The rank of a time whose date and time of day have a column each: neither is a time by itself.
const DATE_AND_CLOCK: Rank = Rank(1);

/// A quoted cell.
enum Quoted {
    Closed {
        /// Behind the quote that closes it.
        end: usize,
        /// The first line end in it.
        line_end: Option<usize>,
    },
    Unclosed,
    /// It takes more bytes to know.
    Incomplete,
}

/// The cells of a row without its line end.
struct Cells<'r> {
    row: &'r [u8],
    delimiter: u8,
    /// Where the next cell starts.
    at: Option<usize>,
}

/// Where the parts of a cell are.
struct Cell {
    /// What is in the quotes, or all of it.
    text: Range<usize>,
    /// Whether there are two quotes for one in it.
    has_quotes: bool,
    /// What follows the quotes.
    tail: Range<usize>,
}

impl<'r> Cells<'r> {
    fn new(row: &'r [u8], delimiter: u8) -> Self {
        Cells { row, delimiter, at: Some(0) }
    }

    /// The end of the cell from `at` on, where no quote has a meaning.
    fn end(&mut self, at: usize) -> usize {
        let end = memchr(self.delimiter, &self.row[at..]).map(|end| at + end);
        self.at = end.map(|end| end + 1);
        end.unwrap_or(self.row.len())
    }
}

impl Iterator for Cells<'_> {
    type Item = Result<Cell, Cause>;

    fn next(&mut self) -> Option<Self::Item> {
        let start = self.at.take()?;
        if self.row.get(start) != Some(&b'"') {
            let end = self.end(start);
            return Some(Ok(Cell { text: start..end, has_quotes: false, tail: end..end }));
        }
        let start = start + 1;
        let mut at = start;
        let mut has_quotes = false;
        loop {
            let Some(quote) = memchr(b'"', &self.row[at..]) else {
                return Some(Err(Cause::UnclosedCell));
            };
            let quote = at + quote;
            if self.row.get(quote + 1) != Some(&b'"') {
                let end = self.end(quote + 1);
                return Some(Ok(Cell { text: start..quote, has_quotes, tail: quote + 1..end }));
            }
            has_quotes = true;
            at = quote + 2;
        }
    }
}

impl Cell {
    /// Where the cell is in `row`, if it is there as it is; otherwise appends it to `out`.
    fn append_to(&self, row: &[u8], out: &mut Vec<u8>) -> Option<Range<usize>> {
        if !self.has_quotes && self.tail.is_empty() {
            return Some(self.text.clone());
        }
        let mut text = &row[self.text.clone()];
        while let Some(quote) = memchr(b'"', text).filter(|_| self.has_quotes) {
            out.extend_from_slice(&text[..=quote]);
            text = &text[quote + 2..];
        }
        out.extend_from_slice(text);
        out.extend_from_slice(&row[self.tail.clone()]);
        None
    }
}

fn without_line_end(row: &[u8]) -> &[u8] {
    let row = row.strip_suffix(b"\n").unwrap_or(row);
    row.strip_suffix(b"\r").unwrap_or(row)
}

/// `range` of `text` without the space around it, and without the quotes that stand behind space (`, "m1"`), or
/// that keep Excel from reading a number (`="007"`).
#[inline]
fn trimmed(text: &[u8], range: Range<usize>) -> Range<usize> {
    let cell = &text[range.clone()];
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if *first > b' ' && *last > b' ' && *first != b'=' => range,
        _ => trimmed_special(text, range),
    }
}

#[inline(never)]
fn trimmed_special(text: &[u8], range: Range<usize>) -> Range<usize> {
    let start = range.end - text[range.clone()].trim_ascii_start().len();
    let cell = text[range.clone()].trim_ascii();
    let opening = match cell {
        [b'"', _, .., b'"'] if start > range.start => 1,
        [b'=', b'"', _, .., b'"'] => 2,
        _ => return start..start + cell.len(),
    };
    start + opening..start + cell.len() - 1
}

#[cfg(test)]
mod tests {
    use csv::{ReaderBuilder, Terminator, WriterBuilder};
    use proptest::prelude::*;

    use super::{Cells, Columns, MAX_LINE_ENDS};
    use crate::event::Cause;
    use crate::fields::{Field, FieldNames};
    use crate::index::CellMarks;
    use crate::simd::Engine;

    fn columns(header: &str) -> Columns {
        Columns::detect(header.as_bytes(), &FieldNames::default()).unwrap()
    }

    /// The fields of a row, by name.
    fn read(columns: &Columns, row: &str) -> Result<Vec<(Field, String)>, Cause> {
        let mut scratch = Vec::new();
        let mut all = Vec::new();
        columns.fields(row.as_bytes(), &mut scratch, &mut |field, _, span| all.push((field, span)))?;
        let scratch = [scratch];
        let text =
            |span: crate::value::Span| String::from_utf8(span.of(row.as_bytes(), &scratch).to_vec()).unwrap();
        Ok(all.into_iter().map(|(field, span)| (field, text(span))).collect())
    }

    /// The rows that `bytes` are cut into when they arrive `piece` by piece.
    fn rows(columns: &Columns, bytes: &[u8], piece: usize) -> Vec<Vec<u8>> {
        let (mut rows, mut start, mut end) = (Vec::new(), 0, 0);
        while start < bytes.len() {
            match columns.row_len(&bytes[start..end], end == bytes.len(), usize::MAX) {
                Some(len) if end > start => {
                    rows.push(bytes[start..start + len].to_vec());
                    start += len;
                }
                _ => end = bytes.len().min(end + piece),
            }
        }
        rows
    }

    #[test]
    fn headers() {
        for (header, delimiter) in [
            ("id,date_time,device_id,event_type", b','),
            ("\"Device ID\";\"Event type\"\r\n", b';'),
            ("eventType\tendpoint_name\n", b'\t'),
            ("event_type|device_id", b'|'),
            ("event_type,count", b','),
            ("Date, Time, Device, Event", b','),
            ("date_time, \"device_id\", \"event_type\"", b','),
            ("a;b,event_type,device_id,c;d", b','),
        ] {
            assert_eq!(columns(header).delimiter, delimiter, "{header}");
        }
        for text in [
            "",
            "event_type",
            "event_type,other",
            "device_id,date_time",
            "event type: x, device_id: y",
            ",,",
            "\"",
        ] {
            assert!(Columns::detect(text.as_bytes(), &FieldNames::default()).is_none(), "{text}");
        }
        let mut names = FieldNames::default();
        names.add(Field::EventType, "Meldung");
        assert!(Columns::detect(b"Meldung;device", &names).is_some());
        assert!(columns("event_type,Count").has_count());
        assert!(!columns("event_type,device_id").has_count());
    }

    #[test]
    fn fields_of_rows() {
        use Field::{Device, EventType, Time};
        let columns = columns("event_type,device_id,date_time,description,created_at");
        let field = |field, text: &str| (field, text.to_owned());
        for (row, expected) in [
            ("SYS_111,m1,,5\" disk,\r\n", vec![field(EventType, "SYS_111"), field(Device, "m1")]),
            (" SYS_111 ,\" m1\",-,\"a, b\",null", vec![field(EventType, "SYS_111"), field(Device, "m1")]),
            ("SYS_111, \"m 1\" ,-,a,-", vec![field(EventType, "SYS_111"), field(Device, "m 1")]),
            ("SYS_111,=\"007\",-,a,-", vec![field(EventType, "SYS_111"), field(Device, "007")]),
            ("SYS_111,\"=\"\"007\"\"\",-,a,-", vec![field(EventType, "SYS_111"), field(Device, "007")]),
            ("SYS_111, \"m1,-,a,-", vec![field(EventType, "SYS_111"), field(Device, "\"m1")]),
            (
                "SYS_111,\"m\"\"1\",1,x,2",
                vec![field(EventType, "SYS_111"), field(Device, "m\"1"), field(Time, "1"), field(Time, "2")],
            ),
            ("\"SYS_111\",\"m\"1,,\"a\nb\",\n", vec![field(EventType, "SYS_111"), field(Device, "m1")]),
        ] {
            assert_eq!(read(&columns, row), Ok(expected), "{row}");
        }
        for (row, cause) in [
            ("SYS_111,m1,,\n", Cause::Cells { found: 4, expected: 5 }),
            ("SYS_111,m1,,,,\n", Cause::Cells { found: 6, expected: 5 }),
            ("SYS_111,m1,,\"a\",\"\",x\n", Cause::Cells { found: 6, expected: 5 }),
            ("SYS_111,m1,,\"a,\n", Cause::UnclosedCell),
        ] {
            assert_eq!(read(&columns, row), Err(cause), "{row}");
        }
    }

    #[test]
    fn a_column_may_name_its_zone() {
        for (header, is_time) in
            [("Time [UTC]", true), ("Time (UTC)", true), ("Time [local]", false), ("x [UTC]", false)]
        {
            let columns = columns(&format!("Event,Device,{header}"));
            let fields = read(&columns, "SYS_111,m1,1756455242").unwrap();
            assert_eq!(fields.iter().any(|(field, _)| *field == Field::Time), is_time, "{header}");
        }
    }

    #[test]
    fn date_and_time_of_day_in_two_columns() {
        let columns = columns("Date;Time;Device;Event");
        for (row, expected) in [
            ("2025-08-29;08:14:02.5;m1;SYS_111", "2025-08-29 08:14:02.5"),
            ("\"29.08.2025\";\"08:14:02 \"\"\"\"\";m1;SYS_111", "08:14:02 \"\""),
            ("29.08.2025;\"08:14\":02;m1;SYS_111", "29.08.2025 08:14:02"),
            ("2025-08-29T08:14:02Z;08:14:03;m1;SYS_111", "08:14:03"),
        ] {
            let fields = read(&columns, row).unwrap();
            let last = fields.iter().rfind(|(field, _)| *field == Field::Time);
            assert_eq!(last.unwrap().1, expected, "{row}");
        }
    }

    #[test]
    fn unclosed_quotes_end_with_their_line() {
        let columns = columns("event_type,device_id,description");
        let many_lines = format!("a,b,\"{}\"\nc,d,e\n", "x\n".repeat(MAX_LINE_ENDS));
        let too_many_lines = format!("a,b,\"x{}\"\nc,d,e\n", "\nx".repeat(MAX_LINE_ENDS + 1));
        for (bytes, expected) in [
            ("a,b,\"c\nd,e,f\n", vec!["a,b,\"c\n", "d,e,f\n"]),
            ("a,\"b,c\nd,\"e\",f\n", vec!["a,\"b,c\n", "d,\"e\",f\n"]),
            // Closed as if it had two lines, but not with the cells of two.
            ("a,\"b,c\nd,e\",f,g\n", vec!["a,\"b,c\n", "d,e\",f,g\n"]),
            ("\"a\nb\",c,d\n", vec!["\"a\nb\",c,d\n"]),
            ("\"a\nb\",c,\"d\ne\"\nf", vec!["\"a\nb\",c,\"d\ne\"\n", "f"]),
            ("\"a\nb\",c,\"d\ne", vec!["\"a\n", "b\",c,\"d\n", "e"]),
            ("a,b,\"c", vec!["a,b,\"c"]),
            ("a,b,\"c\"", vec!["a,b,\"c\""]),
            ("\"\"\"\n\"\"\",b,c\r\nd", vec!["\"\"\"\n\"\"\",b,c\r\n", "d"]),
            (&many_lines, vec![&many_lines[..many_lines.len() - 6], "c,d,e\n"]),
        ] {
            for piece in 1..=bytes.len() {
                let rows = rows(&columns, bytes.as_bytes(), piece);
                let rows: Vec<_> = rows.iter().map(|row| std::str::from_utf8(row).unwrap()).collect();
                assert_eq!(rows, expected, "{bytes:?} {piece}");
            }
        }
        assert_eq!(rows(&columns, too_many_lines.as_bytes(), 7).len(), MAX_LINE_ENDS + 3);
    }

    #[test]
    fn many_unclosed_quotes_take_linear_time() {
        let columns = columns("event_type,device_id,description");
        for row in ["a,b,\"c\n", "\"\n", "\"a\"\"\n", "a,\"b\"c\n", "\"\"\"a\n"] {
            let bytes = row.repeat((256 << 10) / row.len());
            let rows = rows(&columns, bytes.as_bytes(), 64 << 10);
            assert_eq!(rows.concat(), bytes.as_bytes(), "{row}");
        }
    }

    fn by_the_csv_crate(bytes: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let mut reader = ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).delimiter(delimiter);
        let mut reader = reader.terminator(Terminator::Any(b'\n')).from_reader(bytes);
        let rows = reader.byte_records().map(|row| row.unwrap().iter().map(<[u8]>::to_vec).collect());
        rows.collect()
    }

    fn cells(row: &[u8], delimiter: u8) -> Vec<Vec<u8>> {
        let cells = Cells::new(row, delimiter).map(|cell| {
            let mut out = Vec::new();
            match cell.unwrap().append_to(row, &mut out) {
                Some(range) => row[range].to_vec(),
                None => out,
            }
        });
        cells.collect()
    }

    proptest! {
        /// What the csv crate writes is cut where it was put together, however it arrives.
        #[test]
        fn rows_and_cells_of_the_csv_crate(
            table in prop::collection::vec(prop::collection::vec("[a-z\",; \n]{0,6}", 3), 1..10),
            delimiter in prop::sample::select(b",;".to_vec()),
            crlf in any::<bool>(),
            piece in 1..50_usize,
        ) {
            let mut writer = WriterBuilder::new();
            let terminator = if crlf { Terminator::CRLF } else { Terminator::Any(b'\n') };
            let mut writer = writer.delimiter(delimiter).terminator(terminator).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).unwrap();
            }
            let bytes = writer.into_inner().unwrap();
            let header = ["event_type", "device_id", "x"].join(char::from(delimiter).to_string().as_str());
            let columns = columns(&header);
            let rows = rows(&columns, &bytes, piece);
            prop_assert_eq!(rows.concat(), &bytes[..]);
            let read: Vec<Vec<Vec<u8>>> =
                rows.iter().map(|row| cells(super::without_line_end(row), delimiter)).collect();
            let expected: Vec<Vec<Vec<u8>>> =
                table.iter().map(|row| row.iter().map(|cell| cell.as_bytes().to_vec()).collect()).collect();
            prop_assert_eq!(&read, &expected, "{}", bytes.escape_ascii());
        }

        /// One line of anything, if its quotes are closed, has the cells that the csv crate reads.
        #[test]
        fn cells_of_any_line(line in "[a,\"; ]{1,12}", delimiter in prop::sample::select(b",;".to_vec())) {
            let closed = Cells::new(line.as_bytes(), delimiter).all(|cell| cell.is_ok());
            prop_assume!(closed);
            let expected = by_the_csv_crate(line.as_bytes(), delimiter);
            prop_assert_eq!(vec![cells(line.as_bytes(), delimiter)], expected);
            let columns = columns("event_type,device_id");
            prop_assert_eq!(columns.row_len(line.as_bytes(), true, usize::MAX), Some(line.len()));
        }

        /// A row that is read by its marks is read alike without them.
        #[test]
        fn plain_rows_are_rows(
            bytes in prop_oneof!["([ab ,=\"\r]{0,5}\n){0,9}", "((\"[a,]{0,3}\"|[a ]{0,3}),){1,2}\r?\n"],
            long in 0..40_usize,
        ) {
            // Over the end of a window.
            let bytes = format!("{}{bytes}", "a,b,c\n".repeat(long * 100));
            let bytes = bytes.as_bytes();
            let columns = columns("event_type,device_id,x");
            let mut marks = CellMarks::new(Engine::detect());
            marks.reset(b',');
            let mut start = 0;
            while start < bytes.len() {
                let len = columns.row_len(&bytes[start..], true, usize::MAX).unwrap();
                let row = &bytes[start..start + len];
                let mut scratch = Vec::new();
                let mut fields = Vec::new();
                let result = columns.fields(row, &mut scratch, &mut |field, rank, span| fields.push((field, rank, span)));
                let mut plain = Vec::new();
                let end = columns.plain_row(bytes, start, &mut marks, &mut |field, rank, span| {
                    plain.push((field, rank, span));
                });
                if let Some(end) = end {
                    prop_assert_eq!(end, (start + len, result), "{}", row.escape_ascii());
                    prop_assert!(plain.ends_with(&fields), "{}", row.escape_ascii());
                    prop_assert!(plain.iter().all(|field| fields.contains(field)), "{}", row.escape_ascii());
                } else {
                    prop_assert!(!row.ends_with(b"\n") || row.contains(&b'"'), "{}", row.escape_ascii());
                }
                start += len;
            }
        }

        /// Nothing is lost, and rows do not depend on the pieces that the bytes arrive in.
        #[test]
        fn any_bytes_in_any_pieces(bytes in "[ab,\"\n\r]{0,60}", piece in 1..60_usize) {
            let columns = columns("event_type,device_id");
            let whole = rows(&columns, bytes.as_bytes(), bytes.len().max(1));
            prop_assert_eq!(&rows(&columns, bytes.as_bytes(), piece), &whole);
            prop_assert_eq!(whole.concat(), bytes.as_bytes());
            let mut scratch = Vec::new();
            for row in &whole {
                let result = columns.fields(row, &mut scratch, &mut |_, _, _| ());
                let line_ends = row.iter().filter(|byte| **byte == b'\n').count();
                prop_assert!(result.is_ok() || line_ends <= 1, "{}", row.escape_ascii());
            }
        }
    }
}
