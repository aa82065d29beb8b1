//! What `annotate` and `grep` say about a code in JSON.

use std::borrow::Cow;

use event_log_codes::Status;
use serde::Serialize;

use crate::analysis::event::Code;
use crate::known_code::KnownCode;

#[derive(Serialize)]
pub struct Meaning<'a> {
    code: Cow<'a, str>,
    status: Option<Status>,
    portal_text: Option<&'static str>,
    corrective_action: Option<&'static str>,
}

impl<'a> Meaning<'a> {
    /// What is known of a code that was found.
    pub fn of(code: Code<'a>) -> Self {
        let known = code.known();
        Meaning {
            code: String::from_utf8_lossy(code.as_bytes()),
            status: known.map(KnownCode::status),
            portal_text: known.and_then(KnownCode::portal_text),
            corrective_action: known.and_then(KnownCode::corrective_action),
        }
    }
}
