//! Rows -> a validated catalogue.

use std::collections::HashMap;
use std::path::Path;

use super::Diagnostic;
use super::rows::{self, Row, Source};
use super::shape::{MAX_CODE_LEN, is_code_shaped};
use super::vocabulary::{Section, Status};

/// The lookup tables grow with the square of the number of codes.
pub const MAX_CODES: usize = 1024;

/// A validated catalogue, in the order of its file, then the codes that an overlay adds.
pub struct Catalogue {
    pub entries: Vec<Entry>,
}

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

    /// `UPD4_OK_M1` -> `Upd4OkM1`.
    ///
    /// Distinct codes have distinct identifiers: an upper-case letter or a change from letters to
    /// digits marks each underscore of the grammar. None is a keyword: all begin `Upd` or `Sys`.
    pub fn identifier(&self) -> String {
        camel_case(&self.code)
    }
}

/// Joins the parts of a name, each with its first letter in upper case and the rest in lower case.
pub fn camel_case(name: &str) -> String {
    let mut joined = String::new();
    for part in name.split(['_', '-']) {
        let (first, rest) = part.split_at(part.len().min(1));
        joined += &first.to_ascii_uppercase();
        joined += &rest.to_ascii_lowercase();
    }
    joined
}

impl Catalogue {
    /// The catalogue of `base` with the texts and codes of `overlay`, or every error in the two.
    pub fn new(base: &Source, overlay: Option<&Source>) -> Result<Catalogue, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let mut entries = read(base, &mut diagnostics);
        if let Some(overlay) = overlay {
            let additions = read(overlay, &mut diagnostics);
            apply_overlay(&mut entries, additions, &overlay.path, &mut diagnostics);
        }
        if entries.len() > MAX_CODES {
            let message =
                format!("{} codes with those of any overlay; expected at most {MAX_CODES}", entries.len());
            diagnostics.push(Diagnostic::in_file(&base.path, message));
        }
        if diagnostics.is_empty() { Ok(Catalogue { entries }) } else { Err(diagnostics) }
    }
}

/// Returns the valid rows of one file, and adds diagnostics for the others in the order of the file.
fn read(source: &Source, diagnostics: &mut Vec<Diagnostic>) -> Vec<Entry> {
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

/// Replaces the texts of the codes in the catalogue, and adds the other codes.
fn apply_overlay(
    entries: &mut Vec<Entry>,
    additions: Vec<Entry>,
    path: &Path,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let places: HashMap<_, _> =
        entries.iter().enumerate().map(|(place, entry)| (entry.code.clone(), place)).collect();
    for addition in additions {
        let mut reject = |column, cell: &str, expected: &str| {
            let message = format!(
                "{cell:?} for {:?}; expected {expected:?}, because an overlay changes only texts",
                addition.code
            );
            diagnostics.push(Diagnostic::in_cell(path, addition.line, column, message));
        };
        let Some(&place) = places.get(&addition.code) else {
            if addition.documented {
                let message = format!("{:?} is not in the document; expected \"service\"", addition.code);
                diagnostics.push(Diagnostic::in_cell(path, addition.line, "source", message));
            }
            entries.push(addition);
            continue;
        };
        let entry = &mut entries[place];
        if addition.section != entry.section {
            reject("section", addition.section.as_str(), entry.section.as_str());
        }
        if addition.status != entry.status {
            reject("status", addition.status.as_str(), entry.status.as_str());
        }
        entry.portal_text = addition.portal_text;
        entry.explanation = addition.explanation;
        entry.corrective_action = addition.corrective_action;
    }
}
