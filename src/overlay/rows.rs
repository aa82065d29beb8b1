//! CSV bytes -> rows of text. Whether a cell is valid is decided in `entry`.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use serde::{Deserialize, Deserializer};

use super::Diagnostic;

/// The columns, as the header must name them, in any order.
pub const COLUMNS: [&str; 7] =
    ["code", "section", "status", "source", "portal_text", "explanation", "corrective_action"];

/// A CSV file.
pub struct Source {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

impl Source {
    pub fn read(path: &Path) -> Result<Source, Vec<Diagnostic>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Source { path: path.into(), bytes }),
            Err(error) => Err(vec![Diagnostic::in_file(path, format!("cannot be read: {error}"))]),
        }
    }
}

/// A line of the file. A cell is `None` if the header lacks its column.
#[derive(Deserialize)]
pub struct Row {
    #[serde(skip)]
    pub line: u64,
    #[serde(default, deserialize_with = "present")]
    pub code: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub section: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub status: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub source: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub portal_text: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub explanation: Option<String>,
    #[serde(default, deserialize_with = "present")]
    pub corrective_action: Option<String>,
}

/// Keeps an empty cell apart from a missing column.
fn present<'de, D: Deserializer<'de>>(cell: D) -> Result<Option<String>, D::Error> {
    String::deserialize(cell).map(Some)
}

/// Returns every row that can be read, and adds a diagnostic for every other.
pub fn read(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Vec<Row> {
    let path = &source.path;
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&source.bytes[..]);
    let mut record = ByteRecord::new();
    let mut header = None;
    let mut rows = Vec::new();
    let (mut start, mut next_line) = (0, 1);
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                diagnostics.push(Diagnostic::in_file(path, error));
                break;
            }
        }
        let end = reader.position().byte() as usize;
        let text = source.bytes.get(start..end).unwrap_or_default();
        // The reader counts the empty lines before a record as part of it.
        let blank = text.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let line = next_line + line_breaks(&source.bytes, start..start + blank);
        next_line = line + line_breaks(&source.bytes, start + blank..end);
        start = end;
        if text.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
            let message =
                "unclosed quote; expected a field with quotes to be quoted, and the quotes in it doubled";
            diagnostics.push(Diagnostic::on_line(path, line, message));
            continue;
        }
        let Some(header) = &header else {
            header = Some(read_header(path, line, &record, diagnostics));
            continue;
        };
        rows.extend(read_row(path, line, header, &record, diagnostics));
    }
    match header {
        None if diagnostics.is_empty() => {
            let message = format!("the file is empty; expected the header {}", COLUMNS.join(","));
            diagnostics.push(Diagnostic::in_file(path, message));
        }
        Some(_) if rows.is_empty() && diagnostics.is_empty() => {
            diagnostics
                .push(Diagnostic::in_file(path, "no rows after the header; expected one row per code"));
        }
        _ => {}
    }
    rows
}

/// Counts the line ends in the range: a line feed, a carriage return, or both together.
fn line_breaks(bytes: &[u8], range: Range<usize>) -> u64 {
    let ends_line = |at: &usize| match bytes[*at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    range.filter(ends_line).count() as u64
}

/// Returns the column names; an unknown or repeated one becomes empty.
fn read_header(
    path: &Path,
    line: u64,
    record: &ByteRecord,
    diagnostics: &mut Vec<Diagnostic>,
) -> StringRecord {
    let mut header = StringRecord::new();
    for name in record {
        let name = String::from_utf8_lossy(name);
        let message = if !COLUMNS.contains(&&*name) {
            format!("unknown column {name:?}; expected {}", COLUMNS.join(","))
        } else if header.iter().any(|earlier| earlier == name) {
            format!("duplicate column `{name}`; expected each column once")
        } else {
            header.push_field(&name);
            continue;
        };
        diagnostics.push(Diagnostic::on_line(path, line, message));
        header.push_field("");
    }
    for column in COLUMNS {
        if !header.iter().any(|name| name == column) {
            let message = format!("column `{column}` is missing; expected {}", COLUMNS.join(","));
            diagnostics.push(Diagnostic::on_line(path, line, message));
        }
    }
    header
}

fn read_row(
    path: &Path,
    line: u64,
    header: &StringRecord,
    record: &ByteRecord,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Row> {
    if record.len() != header.len() {
        let message = format!("{} fields; expected {}, as in the header", record.len(), header.len());
        diagnostics.push(Diagnostic::on_line(path, line, message));
        return None;
    }
    match StringRecord::from_byte_record(record.clone()) {
        Ok(record) => match record.deserialize::<Row>(Some(header)) {
            Ok(row) => Some(Row { line, ..row }),
            Err(error) => {
                diagnostics.push(Diagnostic::on_line(path, line, error));
                None
            }
        },
        Err(_) => {
            for (name, cell) in header.iter().zip(record) {
                let column = COLUMNS.iter().find(|column| **column == name);
                if let (Some(column), Err(error)) = (column, std::str::from_utf8(cell)) {
                    let message = format!("{error}; expected UTF-8");
                    diagnostics.push(Diagnostic::in_cell(path, line, column, message));
                }
            }
            None
        }
    }
}
