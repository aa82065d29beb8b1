//! Rows -> validated entries, and what an overlay may change.

use std::collections::HashMap;
use std::path::Path;

use super::Diagnostic;
use super::rows::{self, Row, Source};
use super::shape::{MAX_CODE_LEN, is_code_shaped};
use super::vocabulary::{Section, Status};

/// The lookup tables grow with the square of the number of codes.
pub const MAX_CODES: usize = 1024;

/// One code and its data; an unknown text is empty.
pub struct Entry {
    pub code: String,
    pub number: Option<i16>,
    pub section: Section,
    pub status: Status,
    pub documented: bool,
    pub user_defined: bool,
    pub portal_text: String,
    pub explanation: String,
    pub corrective_action: String,
    line: u64,
}

impl Entry {
    /// The part before the first underscore.
    pub fn family(&self) -> &str {
        self.code.split('_').next().unwrap_or_default()
    }

    /// Adds a diagnostic for each cell of this row of an overlay that contradicts the catalogue, whose code
    /// has `known` section and status; `None` if the code is not in it.
    pub fn check_addition(
        &self,
        known: Option<(Section, Status)>,
        path: &Path,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let mut reject =
            |column, message: String| diagnostics.push(Diagnostic::in_cell(path, self.line, column, message));
        let unlike = |cell: &str, expected: &str| {
            format!(
                "{cell:?} for {:?}; expected {expected:?}, because an overlay changes only texts",
                self.code
            )
        };
        match known {
            None if self.documented => {
                reject("source", format!("{:?} is not in the document; expected \"service\"", self.code));
            }
            None => {}
            Some((section, status)) => {
                if self.section != section {
                    reject("section", unlike(self.section.as_str(), section.as_str()));
                }
                if self.status != status {
                    reject("status", unlike(self.status.as_str(), status.as_str()));
                }
            }
        }
    }
}

/// Adds a diagnostic if a catalogue and its overlay have too many codes together.
pub fn check_count(count: usize, path: &Path, diagnostics: &mut Vec<Diagnostic>) {
    if count > MAX_CODES {
        let message = format!("{count} codes with those of any overlay; expected at most {MAX_CODES}");
        diagnostics.push(Diagnostic::in_file(path, message));
    }
}

/// Returns the valid rows of one file, and adds diagnostics for the others in the order of the file.
pub fn read(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
    let path = &source.path;
    let mut found = Vec::new();
    let mut first_lines = HashMap::new();
    let mut entries = Vec::new();
    for row in rows::read(source, &mut found) {
        if let Some(code) = &row.code {
            let first = *first_lines.entry(code.clone()).or_insert(row.line);
            if first != row.line {
                let message =
                    format!("duplicate code {code:?}, first on line {first}; expected each code once");
                found.push(Diagnostic::in_cell(path, row.line, "code", message));
            }
        }
        entries.extend(check(path, row, &mut found));
    }
    found.sort();
    diagnostics.append(&mut found);
    entries
}

/// Returns the entry of a row whose cells are all valid, or adds a diagnostic for each that is not.
fn check(path: &Path, row: Row, diagnostics: &mut Vec<Diagnostic>) -> Option<Entry> {
    let line = row.line;
    let mut reject =
        |column, message: String| diagnostics.push(Diagnostic::in_cell(path, line, column, message));

    let mut number = None;
    if let Some(code) = &row.code {
        if !is_code_shaped(code.as_bytes()) {
            reject(
                "code",
                format!(
                    "{code:?} is not an event code; expected UPD[0-9]_[A-Z]+_[A-Z0-9]+ or SYS_[0-9]+, at most {MAX_CODE_LEN} bytes"
                ),
            );
        } else {
            match trailing_number(code) {
                Ok(parsed) => number = parsed,
                Err(message) => reject("code", message),
            }
        }
    }
    for (column, cell) in [
        ("portal_text", &row.portal_text),
        ("explanation", &row.explanation),
        ("corrective_action", &row.corrective_action),
    ] {
        if let Some(control) = cell.as_deref().and_then(control_character) {
            reject(column, format!("control character {control:?}; expected printable text and line breaks"));
        }
    }
    let section = one_of("section", row.section, Section::ALL, Section::as_str, &mut reject);
    let status = one_of("status", row.status, Status::ALL, Status::as_str, &mut reject);
    let source_name = |documented| if documented { "document" } else { "service" };
    let documented = one_of("source", row.source, &[true, false], source_name, &mut reject);
    Some(Entry {
        code: row.code?,
        number,
        section: section?,
        status: status?,
        documented: documented?,
        user_defined: documented? && row.portal_text.as_deref().is_some_and(is_user_defined),
        portal_text: row.portal_text?,
        explanation: row.explanation?,
        corrective_action: row.corrective_action?,
        line,
    })
}

/// Returns the number after the last underscore, `M` for minus, or `None` if it is a word.
fn trailing_number(code: &str) -> Result<Option<i16>, String> {
    let value = code.rsplit('_').next().unwrap_or_default();
    let (sign, digits) = match value.strip_prefix('M') {
        Some(digits) => ("-", digits),
        None => ("", value),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(None);
    }
    format!("{sign}{digits}")
        .parse()
        .map(Some)
        .map_err(|_| format!("the number of {code:?} is too large; expected {} to {}", i16::MIN, i16::MAX))
}

/// Whether the document leaves a code with this portal text to the integrator of the device.
fn is_user_defined(portal_text: &str) -> bool {
    portal_text.to_ascii_lowercase().contains("user-defined error")
}

/// Returns the first control character that is not part of a line break.
fn control_character(text: &str) -> Option<char> {
    text.replace("\r\n", "\n").chars().find(|&char| char.is_control() && char != '\n')
}

/// Returns the value that the cell names, if the file has the column.
fn one_of<T: Copy>(
    column: &'static str,
    cell: Option<String>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    reject: &mut impl FnMut(&'static str, String),
) -> Option<T> {
    let cell = cell?;
    let found = all.iter().copied().find(|value| name(*value) == cell);
    if found.is_none() {
        let names: Vec<_> = all.iter().map(|value| name(*value)).collect();
        reject(column, format!("unknown {column} {cell:?}; expected {}", names.join(", ")));
    }
    found
}
