//! A code found in a log.

use event_log_codes::{EventCode, Match, Status};
use event_log_codes_records as records;

/// A code of the catalogue, or anything else that has the shape of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    Catalogued(EventCode),
    Uncatalogued(String),
}

impl Code {
    pub fn of(found: Match<'_>) -> Self {
        match found.code() {
            Some(code) => Code::Catalogued(code),
            None => Code::Uncatalogued(String::from_utf8_lossy(found.as_bytes()).into_owned()),
        }
    }

    pub fn as_str(&self) -> &str {
        match self {
            Code::Catalogued(code) => code.as_str(),
            Code::Uncatalogued(code) => code,
        }
    }

    pub fn catalogued(&self) -> Option<EventCode> {
        match self {
            Code::Catalogued(code) => Some(*code),
            Code::Uncatalogued(_) => None,
        }
    }

    /// The status, if it is known.
    pub fn status(&self) -> Option<Status> {
        self.catalogued().map(EventCode::status)
    }

    /// The status, what happened and what to do, as far as they are known, in one line.
    pub fn meaning(&self) -> String {
        let status = self.status().map_or("not in the catalogue", Status::as_str);
        format!("{status}{}", self.texts())
    }

    /// What happened and what to do, as far as that is known, to stand behind the status.
    pub fn texts(&self) -> String {
        let mut text = String::new();
        let Code::Catalogued(code) = self else {
            return text;
        };
        if let Some(what) = code.portal_text().or(code.explanation()) {
            text.push_str(": ");
            text.push_str(what.strip_suffix('.').unwrap_or(what));
        }
        if let Some(action) = code.corrective_action() {
            text.push_str(" → ");
            text.push_str(action);
        }
        text
    }
}

impl From<records::Code<'_>> for Code {
    fn from(code: records::Code<'_>) -> Self {
        let text = || String::from_utf8_lossy(code.as_bytes()).into_owned();
        code.catalogued().map_or_else(|| Code::Uncatalogued(text()), Code::Catalogued)
    }
}
