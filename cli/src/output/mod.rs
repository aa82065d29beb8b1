//! Results as tables for people, for tickets and for other programs.

mod campaigns;
mod comparison;
mod csv;
pub mod devices;
pub mod file;
pub mod html;
mod markdown;
mod meaning;
pub mod openmetrics;
mod summary;
mod table;
pub mod watch;
pub mod wrap;

use std::io::{self, Write};

use event_log_codes::Status;

use crate::analysis::time::Time;
use crate::clean::{clean, is_unsafe};

pub use self::csv::write as csv;
pub use self::markdown::write as markdown;
pub use self::meaning::Meaning;
pub use self::table::{style as status_style, write as table};

/// A titled table.
pub struct Table<'a> {
    /// Empty for none.
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Rows<'a>,
}

/// The rows of a table. Each is made when it is written, so that a long table takes no memory.
pub struct Rows<'a> {
    len: usize,
    row: Box<dyn Fn(usize) -> Vec<Cell> + 'a>,
}

impl<'a> Rows<'a> {
    /// A row for each of `items`.
    pub fn of<T>(items: &'a [T], cells: impl Fn(&'a T) -> Vec<Cell> + 'a) -> Self {
        Rows { len: items.len(), row: Box::new(move |index| cells(&items[index])) }
    }

    /// These rows, and behind them `others`.
    fn chain(self, others: Rows<'a>) -> Self {
        let (len, row, other_row) = (self.len, self.row, others.row);
        let row = move |index| if index < len { row(index) } else { other_row(index - len) };
        Rows { len: len + others.len, row: Box::new(row) }
    }

    fn is_empty(&self) -> bool {
        self.len == 0
    }

    fn iter(&self) -> impl Iterator<Item = Vec<Cell>> {
        (0..self.len).map(&self.row)
    }
}

impl From<Vec<Vec<Cell>>> for Rows<'_> {
    fn from(rows: Vec<Vec<Cell>>) -> Self {
        Rows { len: rows.len(), row: Box::new(move |index| rows[index].clone()) }
    }
}

#[derive(Clone, Copy)]
pub enum Column {
    Text(&'static str),
    Number(&'static str),
}

impl Column {
    fn name(&self) -> &'static str {
        match self {
            Column::Text(name) | Column::Number(name) => name,
        }
    }
}

#[derive(Clone)]
pub enum Cell {
    Text(String),
    Number(u64),
    /// With its sign.
    Signed(i64),
    Status(Status),
    Time(Option<Time>),
    /// In seconds.
    Duration(Option<i64>),
}

impl Cell {
    /// The cell for programs.
    fn text(&self) -> String {
        match self {
            Cell::Time(time) => time.as_ref().map(Time::to_string).unwrap_or_default(),
            Cell::Duration(seconds) => seconds.as_ref().map(i64::to_string).unwrap_or_default(),
            Cell::Text(text) => clean(text).into_owned(),
            Cell::Number(number) => number.to_string(),
            Cell::Signed(number) => format!("{number:+}"),
            Cell::Status(status) => status.to_string(),
        }
    }

    /// The cell for people: times to the second.
    fn text_for_people(&self) -> String {
        match self {
            Cell::Time(time) => time.map(Time::to_seconds).unwrap_or_default(),
            Cell::Duration(seconds) => seconds.map(duration).unwrap_or_default(),
            _ => self.text(),
        }
    }
}

/// A duration in its two largest units, as `2d 4h`.
fn duration(seconds: i64) -> String {
    match seconds {
        ..60 => format!("{seconds}s"),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h {}m", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{}d {}h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// A share of 1, with one digit after the point, never rounded up to all or down to none.
pub fn percent(share: f64) -> String {
    let tenths = (share * 1000.0).round();
    let tenths = if share > 0.0 && share < 1.0 { tenths.clamp(1.0, 999.0) } else { tenths };
    format!("{} %", tenths / 10.0)
}

/// The title of a table that shows only the first of its rows.
fn title(title: &str, shown: usize, more: usize) -> String {
    match (title, more) {
        (_, 0) => title.to_owned(),
        ("", _) => format!("The first {shown} of {}", shown + more),
        _ => format!("{title}: the first {shown} of {}", shown + more),
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Cell::Text(text.to_owned())
    }
}

impl From<Option<&str>> for Cell {
    fn from(text: Option<&str>) -> Self {
        text.unwrap_or_default().into()
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Cell::Number(number)
    }
}

impl From<Option<Time>> for Cell {
    fn from(time: Option<Time>) -> Self {
        Cell::Time(time)
    }
}

impl From<Status> for Cell {
    fn from(status: Status) -> Self {
        Cell::Status(status)
    }
}

/// Writes `value` as one indented JSON document.
pub fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(EscapedJson { out }, value)?;
    writeln!(out)
}

/// Writes `value` as JSON in one line, with its line end.
fn json_line(out: &mut dyn Write, value: &impl serde::Serialize) -> io::Result<()> {
    json_within_line(out, value)?;
    writeln!(out)
}

/// Writes `value` as JSON without line ends.
pub fn json_within_line(out: &mut dyn Write, value: &impl serde::Serialize) -> io::Result<()> {
    Ok(serde_json::to_writer(EscapedJson { out }, value)?)
}

/// Escapes unsafe characters in the JSON that is written to it: JSON itself asks for escapes of the control characters
/// of ASCII alone.
struct EscapedJson<'o> {
    out: &'o mut dyn Write,
}

impl Write for EscapedJson<'_> {
    fn write(&mut self, json: &[u8]) -> io::Result<usize> {
        let json = match std::str::from_utf8(json) {
            Ok(json) => json,
            // The rest comes with the next call.
            Err(error) if error.valid_up_to() > 0 => {
                std::str::from_utf8(&json[..error.valid_up_to()]).unwrap_or_default()
            }
            Err(_) => return Err(io::ErrorKind::InvalidData.into()),
        };
        for part in json.split_inclusive(|character| character != '\n' && is_unsafe(character)) {
            let mut rest = part.chars();
            match rest.next_back() {
                Some(last) if last != '\n' && is_unsafe(last) => {
                    write!(self.out, "{}\\u{:04x}", rest.as_str(), u32::from(last))?;
                }
                _ => self.out.write_all(part.as_bytes())?,
            }
        }
        Ok(json.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
