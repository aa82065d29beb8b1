//! Results as tables for people, for tickets and for other programs.

mod campaigns;
mod csv;
pub mod file;
pub mod html;
mod markdown;
mod summary;
mod table;

use std::io::{self, Write};

use event_log_codes::Status;

pub use self::csv::write as csv;
pub use self::markdown::write as markdown;
pub use self::table::{style as status_style, write as table};

/// A titled table.
pub struct Table {
    /// Empty for none.
    pub title: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

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

pub enum Cell {
    Text(String),
    Number(u64),
    Status(Status),
}

impl Cell {
    fn text(&self) -> String {
        match self {
            Cell::Text(text) => text.clone(),
            Cell::Number(number) => number.to_string(),
            Cell::Status(status) => status.to_string(),
        }
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

impl From<Status> for Cell {
    fn from(status: Status) -> Self {
        Cell::Status(status)
    }
}

/// Writes `value` as one indented JSON document.
pub fn json(out: &mut dyn Write, value: &impl serde::Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
