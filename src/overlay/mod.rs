//! A site's texts and codes, read at run time.
//!
//! A build can take them in as well, as the README describes; this module is for programs that are installed
//! and not built: the same CSV, the same rules, the same diagnostics.

mod diagnostic;
// The generator uses more of it.
#[allow(dead_code)]
mod entry;
mod rows;

use std::path::Path;
use std::string::String;
use std::vec::Vec;

use crate::portal_text::{compare, significant};
use crate::{EventCode, Section, Status, shape, vocabulary};
pub use diagnostic::Diagnostic;
use entry::Entry;
use rows::Source;

/// A code of a site's overlay: one of the catalogue with other texts, or one that the catalogue lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteCode {
    name: String,
    code: Option<EventCode>,
    number: Option<i16>,
    section: Section,
    status: Status,
    portal_text: String,
    explanation: String,
    corrective_action: String,
}

/// Reads an overlay from a file, in the order of its rows.
///
/// # Errors
///
/// Returns every error in the file, as a build would report them; or why it cannot be read.
///
/// ```no_run
/// match event_log_codes::overlay::read("/etc/site-codes.csv".as_ref()) {
///     Ok(codes) => codes.iter().for_each(|code| println!("{} {}", code.as_str(), code.status())),
///     Err(diagnostics) => diagnostics.iter().for_each(|diagnostic| eprintln!("{diagnostic}")),
/// }
/// ```
pub fn read(path: &Path) -> Result<Vec<SiteCode>, Vec<Diagnostic>> {
    read_source(&Source::read(path)?)
}

/// Reads an overlay from bytes, in the order of its rows; diagnostics call the file `name`.
///
/// # Errors
///
/// Returns every error in the bytes.
///
/// ```
/// use event_log_codes::{EventCode, Status, overlay};
///
/// let csv = b"code,section,status,source,portal_text,explanation,corrective_action
/// UPD4_FAIL_310,update-fetching,fail,document,Battery below 20 %,,Charge the device.
/// UPD4_FAIL_901,general,fail,service,Pump is running,,
/// ";
/// let codes = overlay::parse("site.csv".as_ref(), csv).unwrap();
/// assert_eq!(codes[0].code(), Some(EventCode::Upd4Fail310));
/// assert_eq!(codes[0].corrective_action(), Some("Charge the device."));
/// assert_eq!((codes[1].as_str(), codes[1].code()), ("UPD4_FAIL_901", None));
/// assert_eq!(codes[1].status(), Status::Fail);
///
/// let diagnostics = overlay::parse("site.csv".as_ref(), b"code\nUPD4\n").unwrap_err();
/// assert!(diagnostics.iter().any(|diagnostic| diagnostic.to_string().starts_with("site.csv:1: column `status`")));
/// ```
pub fn parse(name: &Path, bytes: &[u8]) -> Result<Vec<SiteCode>, Vec<Diagnostic>> {
    read_source(&Source { path: name.into(), bytes: bytes.into() })
}

fn read_source(source: &Source) -> Result<Vec<SiteCode>, Vec<Diagnostic>> {
    let mut diagnostics = Vec::new();
    let mut codes = Vec::new();
    for entry in entry::read(source, &mut diagnostics) {
        let code = EventCode::from_bytes(entry.code.as_bytes());
        let known = code.map(|code| (code.section(), code.status()));
        entry.check_addition(known, &source.path, &mut diagnostics);
        codes.push(SiteCode::new(entry, code));
    }
    let added = codes.iter().filter(|code| code.code.is_none()).count();
    entry::check_count(EventCode::COUNT + added, &source.path, &mut diagnostics);
    diagnostics.sort();
    if diagnostics.is_empty() { Ok(codes) } else { Err(diagnostics) }
}

impl SiteCode {
    fn new(entry: Entry, code: Option<EventCode>) -> SiteCode {
        let Entry {
            code: name, number, section, status, portal_text, explanation, corrective_action, ..
        } = entry;
        SiteCode { name, code, number, section, status, portal_text, explanation, corrective_action }
    }

    /// Returns the code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.name
    }

    /// Returns the code of the catalogue whose texts these are, or `None` if the site adds the code.
    #[must_use]
    pub fn code(&self) -> Option<EventCode> {
        self.code
    }

    /// Returns the number at the end of the code, as [`EventCode::number`] does.
    #[must_use]
    pub fn number(&self) -> Option<i16> {
        self.number
    }

    /// Returns the section.
    #[must_use]
    pub fn section(&self) -> Section {
        self.section
    }

    /// Returns the status.
    #[must_use]
    pub fn status(&self) -> Status {
        self.status
    }

    /// Returns the text that the portal shows, if the site gives one.
    #[must_use]
    pub fn portal_text(&self) -> Option<&str> {
        text(&self.portal_text)
    }

    /// Returns whether the site's portal text is `text`, apart from ASCII case, outer white space and a
    /// final full stop.
    #[must_use]
    pub fn has_portal_text(&self, text: &str) -> bool {
        let (own, text) = (significant(&self.portal_text), significant(text));
        !own.is_empty() && compare(own, text).is_eq()
    }

    /// Returns the explanation, if the site gives one.
    #[must_use]
    pub fn explanation(&self) -> Option<&str> {
        text(&self.explanation)
    }

    /// Returns what to do, if the site says so.
    #[must_use]
    pub fn corrective_action(&self) -> Option<&str> {
        text(&self.corrective_action)
    }
}

fn text(cell: &str) -> Option<&str> {
    (!cell.is_empty()).then_some(cell)
}
