//! A code found in a log, to be kept.

use event_log_codes::{Match, Status};
use event_log_codes_records as records;

use super::event;
use crate::known_code::KnownCode;

/// A known code, or anything else that has the shape of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Code {
    Known(KnownCode),
    Unknown(String),
}

impl Code {
    pub fn of(found: Match<'_>) -> Self {
        event::Code::of(found).into()
    }

    pub fn as_str(&self) -> &str {
        match self {
            Code::Known(code) => code.as_str(),
            Code::Unknown(code) => code,
        }
    }

    /// The status, if it is known.
    pub fn status(&self) -> Option<Status> {
        match self {
            Code::Known(code) => Some(code.status()),
            Code::Unknown(_) => None,
        }
    }

    /// What happened and what to do, as far as that is known, to stand behind the status.
    pub fn texts(&self) -> String {
        match self {
            Code::Known(code) => texts(*code),
            Code::Unknown(_) => String::new(),
        }
    }
}

/// The status of a code, what happened and what to do, as far as that is known, in one line.
pub fn meaning(code: KnownCode) -> String {
    format!("{}{}", code.status(), texts(code))
}

fn texts(code: KnownCode) -> String {
    let mut text = String::new();
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

impl From<event::Code<'_>> for Code {
    fn from(code: event::Code<'_>) -> Self {
        let text = || String::from_utf8_lossy(code.as_bytes()).into_owned();
        code.known().map_or_else(|| Code::Unknown(text()), Code::Known)
    }
}

impl From<records::Code<'_>> for Code {
    fn from(code: records::Code<'_>) -> Self {
        event::Code::from(code).into()
    }
}
