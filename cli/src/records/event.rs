//! What a record says.

use std::borrow::Cow;

use event_log_codes::{Match, Status, find};
use jiff::Timestamp;

/// A record, read.
#[derive(Debug, Default)]
pub struct Reading<'r> {
    /// Text that has the time of the record somewhere, if it has one.
    dated: Cow<'r, [u8]>,
    /// Nothing if the record is something else than a device event with a code.
    pub event: Option<Event<'r>>,
}

impl<'r> Reading<'r> {
    /// Of a record that is nothing but text.
    pub fn of_text(text: &'r [u8]) -> Self {
        Reading { dated: Cow::Borrowed(text), event: None }
    }

    /// When it happened, if the record says so.
    pub fn time(&self) -> Option<Timestamp> {
        super::time::first_in(&self.dated)
    }
}

/// An event of one device.
#[derive(Debug, PartialEq, Eq)]
pub struct Event<'r> {
    /// A code of the catalogue, or one that has the shape of a code.
    pub code: Cow<'r, str>,
    pub device: Cow<'r, str>,
    /// The summary status that the service gave it.
    pub status: Option<Status>,
    pub campaign: Option<Cow<'r, str>>,
    pub campaign_name: Option<Cow<'r, str>>,
}

/// The fields of a device event, from whatever format.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fields<'r> {
    pub event_type: Option<Cow<'r, str>>,
    pub device_id: Option<Cow<'r, str>>,
    pub date_time: Option<Cow<'r, str>>,
    pub event_type_description: Option<Cow<'r, str>>,
    pub campaign_id: Option<Cow<'r, str>>,
    pub campaign_name: Option<Cow<'r, str>>,
}

impl<'r> Fields<'r> {
    /// The reading of `record`, whose fields these are.
    pub fn reading(mut self, record: &'r [u8]) -> Reading<'r> {
        let dated = match self.date_time.take() {
            Some(Cow::Borrowed(time)) => Cow::Borrowed(time.as_bytes()),
            Some(Cow::Owned(time)) => Cow::Owned(time.into_bytes()),
            None => Cow::Borrowed(record),
        };
        Reading { dated, event: self.event() }
    }

    fn event(self) -> Option<Event<'r>> {
        let code = self.event_type.filter(|text| is_code(text))?;
        let device = self.device_id.filter(|id| !id.is_empty())?;
        Some(Event {
            code,
            device,
            status: self.event_type_description.as_deref().and_then(status),
            campaign: self.campaign_id.filter(|id| !id.is_empty()),
            campaign_name: self.campaign_name.filter(|name| !name.is_empty()),
        })
    }
}

fn is_code(text: &str) -> bool {
    find(text.as_bytes()).as_ref().map(Match::as_bytes) == Some(text.as_bytes())
}

/// The summary status as the service writes it. `UNDETERMINED` is what `INFO` was called before.
fn status(text: &str) -> Option<Status> {
    match text {
        "SUCCESS" => Some(Status::Success),
        "FAIL" => Some(Status::Fail),
        "INFO" | "UNDETERMINED" => Some(Status::Info),
        "SKIPPED" => Some(Status::Skipped),
        _ => None,
    }
}
