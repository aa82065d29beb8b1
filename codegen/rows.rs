//! CSV bytes -> rows of text. What a cell may say is for the catalogue to judge.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use csv::{ByteRecord, ReaderBuilder, StringRecord};
use serde::{Deserialize, Deserializer};

use super::Mistake;

/// The columns, as the header must name them; their order is free.
pub const COLUMNS: [&str; 7] =
    ["code", "section", "status", "source", "portal_text", "explanation", "corrective_action"];

/// A CSV file.
pub struct Source {
    pub path: PathBuf,
    pub bytes: Vec<u8>,
}

impl Source {
    pub fn read(path: &Path) -> Result<Source, Vec<Mistake>> {
        match fs::read(path) {
            Ok(bytes) => Ok(Source { path: path.into(), bytes }),
            Err(error) => Err(vec![Mistake::in_file(path, format!("cannot be read: {error}"))]),
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

/// Tells an empty cell from a missing column.
fn present<'de, D: Deserializer<'de>>(cell: D) -> Result<Option<String>, D::Error> {
    String::deserialize(cell).map(Some)
}

/// Every row that can be read; what can't goes to `mistakes`.
pub fn read(source: &Source, mistakes: &mut Vec<Mistake>) -> Vec<Row> {
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
                mistakes.push(Mistake::in_file(path, error));
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
            let what = "a quote is not closed; expected fields with quotes in quotes, inner quotes doubled";
            mistakes.push(Mistake::on_line(path, line, what));
            continue;
        }
        let Some(header) = &header else {
            header = Some(read_header(path, line, &record, mistakes));
            continue;
        };
        rows.extend(read_row(path, line, header, &record, mistakes));
    }
    match header {
        None if mistakes.is_empty() => {
            let what = format!("the file is empty; expected the header {}", COLUMNS.join(","));
            mistakes.push(Mistake::in_file(path, what));
        }
        Some(_) if rows.is_empty() && mistakes.is_empty() => {
            mistakes.push(Mistake::in_file(path, "no rows after the header; expected one row per code"));
        }
        _ => {}
    }
    rows
}

/// How many lines end in the range: in a line feed, in a carriage return, or in the two together.
fn line_breaks(bytes: &[u8], range: Range<usize>) -> u64 {
    let ends_line = |at: &usize| match bytes[*at] {
        b'\n' => true,
        b'\r' => bytes.get(at + 1) != Some(&b'\n'),
        _ => false,
    };
    range.filter(ends_line).count() as u64
}

/// The column names; a name that says nothing useful becomes empty.
fn read_header(path: &Path, line: u64, record: &ByteRecord, mistakes: &mut Vec<Mistake>) -> StringRecord {
    let mut header = StringRecord::new();
    for name in record {
        let name = String::from_utf8_lossy(name);
        let what = if !COLUMNS.contains(&&*name) {
            format!("unknown column {name:?}; expected {}", COLUMNS.join(","))
        } else if header.iter().any(|earlier| earlier == name) {
            format!("column `{name}` stands twice; expected it once")
        } else {
            header.push_field(&name);
            continue;
        };
        mistakes.push(Mistake::on_line(path, line, what));
        header.push_field("");
    }
    for column in COLUMNS {
        if !header.iter().any(|name| name == column) {
            let what = format!("column `{column}` is missing; expected {}", COLUMNS.join(","));
            mistakes.push(Mistake::on_line(path, line, what));
        }
    }
    header
}

fn read_row(
    path: &Path,
    line: u64,
    header: &StringRecord,
    record: &ByteRecord,
    mistakes: &mut Vec<Mistake>,
) -> Option<Row> {
    if record.len() != header.len() {
        let what = format!("{} fields; expected {}, as in the header", record.len(), header.len());
        mistakes.push(Mistake::on_line(path, line, what));
        return None;
    }
    match StringRecord::from_byte_record(record.clone()) {
        Ok(record) => match record.deserialize::<Row>(Some(header)) {
            Ok(row) => Some(Row { line, ..row }),
            Err(error) => {
                mistakes.push(Mistake::on_line(path, line, error));
                None
            }
        },
        Err(_) => {
            for (name, cell) in header.iter().zip(record) {
                let column = COLUMNS.iter().find(|column| **column == name);
                if let (Some(column), Err(error)) = (column, str::from_utf8(cell)) {
                    let what = format!("{error}; expected UTF-8");
                    mistakes.push(Mistake::in_cell(path, line, column, what));
                }
            }
            None
        }
    }
}
