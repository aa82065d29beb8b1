//! What a code found in a log means.

use event_log_codes::{EventCode, Match};

/// A code and what is known of it.
pub enum Meaning {
    Catalogued(EventCode),
    Uncatalogued(String),
}

impl Meaning {
    pub fn of(found: Match<'_>) -> Self {
        match found.code() {
            Some(code) => Meaning::Catalogued(code),
            None => Meaning::Uncatalogued(String::from_utf8_lossy(found.as_bytes()).into_owned()),
        }
    }

    pub fn is_of(&self, found: Match<'_>) -> bool {
        self.code().as_bytes() == found.as_bytes()
    }

    pub fn code(&self) -> &str {
        match self {
            Meaning::Catalogued(code) => code.as_str(),
            Meaning::Uncatalogued(code) => code,
        }
    }

    pub fn catalogued(&self) -> Option<EventCode> {
        match self {
            Meaning::Catalogued(code) => Some(*code),
            Meaning::Uncatalogued(_) => None,
        }
    }

    /// The status, what happened and what to do, as far as they are known, in one line.
    pub fn text(&self) -> String {
        let Meaning::Catalogued(code) = self else {
            return "not in the catalogue".to_owned();
        };
        let mut text = code.status().to_string();
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
