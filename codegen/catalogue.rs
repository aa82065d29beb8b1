//! Rows -> a catalogue in which everything holds that the tables rely on.

use std::collections::HashMap;
use std::path::Path;

use super::Mistake;
use super::rows::{self, Row, Source};
use super::shape::{MAX_CODE_LEN, is_code_shaped};
use super::vocabulary::{Section, Status};

/// Lookup tables grow with the square of the number of codes; more would not stay in the
/// processor's nearest cache.
pub const MAX_CODES: usize = 1024;

/// A validated catalogue, in the order of its file; what an overlay adds comes last.
pub struct Catalogue {
    pub entries: Vec<Entry>,
}

/// One code and what is known of it; a text that is not known is empty.
pub struct Entry {
    pub code: String,
    pub number: Option<i16>,
    pub section: Section,
    pub status: Status,
    pub documented: bool,
    pub portal_text: String,
    pub explanation: String,
    pub corrective_action: String,
    line: u64,
}

impl Entry {
    /// What stands before the first underscore.
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
    /// The catalogue of `base` with the texts and codes of `overlay`, or every mistake in the two.
    pub fn new(base: &Source, overlay: Option<&Source>) -> Result<Catalogue, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let mut entries = read(base, &mut mistakes);
        if let Some(overlay) = overlay {
            let additions = read(overlay, &mut mistakes);
            lay_over(&mut entries, additions, &overlay.path, &mut mistakes);
        }
        if entries.len() > MAX_CODES {
            let what =
                format!("{} codes with those of any overlay; expected at most {MAX_CODES}", entries.len());
            mistakes.push(Mistake::in_file(&base.path, what));
        }
        if mistakes.is_empty() { Ok(Catalogue { entries }) } else { Err(mistakes) }
    }
}

/// The valid rows of one file; the mistakes of the others, in the order of the file.
fn read(source: &Source, mistakes: &mut Vec<Mistake>) -> Vec<Entry> {
    let path = &source.path;
    let mut found = Vec::new();
    let mut first_lines = HashMap::new();
    let mut entries = Vec::new();
    for row in rows::read(source, &mut found) {
        if let Some(code) = &row.code {
            let first = *first_lines.entry(code.clone()).or_insert(row.line);
            if first != row.line {
                let what = format!("{code:?} stands on line {first} already; expected each code once");
                found.push(Mistake::in_cell(path, row.line, "code", what));
            }
        }
        entries.extend(check(path, row, &mut found));
    }
    found.sort();
    mistakes.append(&mut found);
    entries
}

/// The entry that a row spells, if each of its cells is valid.
fn check(path: &Path, row: Row, mistakes: &mut Vec<Mistake>) -> Option<Entry> {
    let line = row.line;
    let mut refuse = |column, what: String| mistakes.push(Mistake::in_cell(path, line, column, what));

    let mut number = None;
    if let Some(code) = &row.code {
        if !is_code_shaped(code.as_bytes()) {
            refuse(
                "code",
                format!(
                    "{code:?} is not an event code; expected UPD[0-9]_[A-Z]+_[A-Z0-9]+ or SYS_[0-9]+, at most {MAX_CODE_LEN} bytes"
                ),
            );
        } else {
            match trailing_number(code) {
                Ok(parsed) => number = parsed,
                Err(what) => refuse("code", what),
            }
        }
    }
    for (column, cell) in [
        ("portal_text", &row.portal_text),
        ("explanation", &row.explanation),
        ("corrective_action", &row.corrective_action),
    ] {
        if let Some(control) = cell.as_deref().and_then(control_character) {
            refuse(column, format!("control character {control:?}; expected printable text and line breaks"));
        }
    }
    let section = one_of("section", row.section, Section::ALL, Section::as_str, &mut refuse);
    let status = one_of("status", row.status, Status::ALL, Status::as_str, &mut refuse);
    let source_name = |documented| if documented { "document" } else { "service" };
    let documented = one_of("source", row.source, &[true, false], source_name, &mut refuse);
    Some(Entry {
        code: row.code?,
        number,
        section: section?,
        status: status?,
        documented: documented?,
        portal_text: row.portal_text?,
        explanation: row.explanation?,
        corrective_action: row.corrective_action?,
        line,
    })
}

/// The number after the last underscore, `M` for minus, if it is one.
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

/// The first control character that is not part of a line break.
fn control_character(text: &str) -> Option<char> {
    text.replace("\r\n", "\n").chars().find(|&char| char.is_control() && char != '\n')
}

/// The value that the cell names, if the file has the column.
fn one_of<T: Copy>(
    column: &'static str,
    cell: Option<String>,
    all: &[T],
    name: impl Fn(T) -> &'static str,
    refuse: &mut impl FnMut(&'static str, String),
) -> Option<T> {
    let cell = cell?;
    let found = all.iter().copied().find(|value| name(*value) == cell);
    if found.is_none() {
        let names: Vec<_> = all.iter().map(|value| name(*value)).collect();
        refuse(column, format!("unknown {column} {cell:?}; expected {}", names.join(", ")));
    }
    found
}

/// Replaces the texts of the codes that exist; adds those that don't.
fn lay_over(entries: &mut Vec<Entry>, additions: Vec<Entry>, path: &Path, mistakes: &mut Vec<Mistake>) {
    let places: HashMap<_, _> =
        entries.iter().enumerate().map(|(place, entry)| (entry.code.clone(), place)).collect();
    for addition in additions {
        let mut refuse = |column, cell: &str, expected: &str| {
            let what = format!(
                "{cell:?} for {:?}; expected {expected:?}, an overlay changes only texts",
                addition.code
            );
            mistakes.push(Mistake::in_cell(path, addition.line, column, what));
        };
        let Some(&place) = places.get(&addition.code) else {
            if addition.documented {
                let what = format!("the document has no {:?}; expected \"service\"", addition.code);
                mistakes.push(Mistake::in_cell(path, addition.line, "source", what));
            }
            entries.push(addition);
            continue;
        };
        let entry = &mut entries[place];
        if addition.section != entry.section {
            refuse("section", addition.section.as_str(), entry.section.as_str());
        }
        if addition.status != entry.status {
            refuse("status", addition.status.as_str(), entry.status.as_str());
        }
        entry.portal_text = addition.portal_text;
        entry.explanation = addition.explanation;
        entry.corrective_action = addition.corrective_action;
    }
}
