//! What `annotate` and `grep` say about a code in JSON.

use std::borrow::Cow;

use event_log_codes::{EventCode, Status};
use serde::Serialize;

use crate::analysis::event::Code;

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
        let catalogued = match code {
            Code::Catalogued(code) => Some(code),
            Code::Uncatalogued(_) => None,
        };
        Meaning {
            code: String::from_utf8_lossy(code.as_bytes()),
            status: catalogued.map(EventCode::status),
            portal_text: catalogued.and_then(EventCode::portal_text),
            corrective_action: catalogued.and_then(EventCode::corrective_action),
        }
    }
}
