//! An event, as the analysis needs it.

use event_log_codes::outcome::Effect;
use event_log_codes::{EventCode, Match, Status};
use event_log_codes_records::{self as records, Time};

use crate::known_code::KnownCode;

/// A code of the catalogue, or anything else that has the shape of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code<'r> {
    Catalogued(EventCode),
    Uncatalogued(&'r [u8]),
}

impl<'r> Code<'r> {
    pub fn of(found: Match<'r>) -> Self {
        match found.code() {
            Some(code) => Code::Catalogued(code),
            None => Code::Uncatalogued(found.as_bytes()),
        }
    }

    pub fn as_bytes(self) -> &'r [u8] {
        match self {
            Code::Catalogued(code) => code.as_str().as_bytes(),
            Code::Uncatalogued(code) => code,
        }
    }

    /// The code, if catalogue or site have it.
    #[inline]
    pub fn known(self) -> Option<KnownCode> {
        match self {
            Code::Catalogued(code) => Some(KnownCode::Catalogued(code)),
            Code::Uncatalogued(code) => KnownCode::of_site(code),
        }
    }

    pub fn is_roll_up(self) -> bool {
        matches!(self, Code::Catalogued(code) if code.is_roll_up())
    }

    /// What an event with this code means for its device, if its record states a status. The site's
    /// status of a code that the catalogue lacks outweighs that of the record.
    pub fn effect(self, stated: Option<Status>) -> Effect {
        match self {
            Code::Catalogued(code) => Effect::of(code),
            Code::Uncatalogued(code) => {
                let of_site = KnownCode::of_site(code).map(KnownCode::status);
                Effect::of_uncatalogued(code, of_site.or(stated))
            }
        }
    }

    /// The status; of a code that neither catalogue nor site have by the same rule as the outcome of its
    /// device: what the record states, else what the code itself says. None if neither does.
    #[inline]
    pub fn status(self, stated: Option<Status>) -> Option<Status> {
        if let Some(known) = self.known() {
            return Some(known.status());
        }
        match self.effect(stated) {
            Effect::Success => Some(Status::Success),
            Effect::Failure => Some(Status::Fail),
            Effect::Skip => Some(Status::Skipped),
            Effect::Attempt => Some(Status::Info),
            _ => stated,
        }
    }
}

impl<'r> From<records::Code<'r>> for Code<'r> {
    fn from(code: records::Code<'r>) -> Self {
        code.catalogued().map_or(Code::Uncatalogued(code.as_bytes()), Code::Catalogued)
    }
}

/// Microseconds since the Unix epoch, if a time can be read.
pub fn micros(time: Time<'_>) -> Option<i64> {
    match time {
        Time::At(time) => Some(time),
        Time::Unreadable(_) | Time::Missing => None,
    }
}

/// A code in a record, and what the record says of it.
#[derive(Clone, Copy, Debug)]
pub struct Event<'r> {
    pub code: Code<'r>,
    pub device: Option<&'r [u8]>,
    pub campaign: Option<&'r [u8]>,
    pub campaign_name: Option<&'r [u8]>,
    /// The summary status that the record states.
    pub status: Option<Status>,
    /// In microseconds since the Unix epoch.
    pub time: Option<i64>,
    /// The number of the input.
    pub input: usize,
}

impl<'r> Event<'r> {
    /// A code of which nothing else is known.
    pub fn of_code(code: Code<'r>, input: usize) -> Self {
        Event { code, device: None, campaign: None, campaign_name: None, status: None, time: None, input }
    }
}
