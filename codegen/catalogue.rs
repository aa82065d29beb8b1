//! Entries -> a validated catalogue.

use std::collections::HashMap;
use std::path::Path;

use super::Diagnostic;
use super::entry::{self, Entry};
use super::rows::Source;

/// A validated catalogue, in the order of its file, then the codes that an overlay adds.
pub struct Catalogue {
    pub entries: Vec<Entry>,
}

impl Entry {
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
        let mut entries = entry::read(base, &mut diagnostics);
        if let Some(overlay) = overlay {
            let additions = entry::read(overlay, &mut diagnostics);
            apply_overlay(&mut entries, additions, &overlay.path, &mut diagnostics);
        }
        entry::check_count(entries.len(), &base.path, &mut diagnostics);
        if diagnostics.is_empty() { Ok(Catalogue { entries }) } else { Err(diagnostics) }
    }
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
        let place = places.get(&addition.code);
        let known = place.map(|&place| (entries[place].section, entries[place].status));
        addition.check_addition(known, path, diagnostics);
        let Some(&place) = place else {
            entries.push(addition);
            continue;
        };
        let entry = &mut entries[place];
        entry.portal_text = addition.portal_text;
        entry.explanation = addition.explanation;
        entry.corrective_action = addition.corrective_action;
    }
}
