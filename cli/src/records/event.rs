//! What a record says.

use std::borrow::Cow;

use event_log_codes::Status;
use jiff::Timestamp;

use crate::analysis::code::Code;

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
    pub code: Code,
    pub device: Cow<'r, [u8]>,
    /// The summary status that the service gave it.
    pub status: Option<Status>,
    pub campaign: Option<Cow<'r, [u8]>>,
    pub campaign_name: Option<Cow<'r, [u8]>>,
}

/// The fields of a device event, from whatever format.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fields<'r> {
    pub event_type: Option<Cow<'r, [u8]>>,
    pub device_id: Option<Cow<'r, [u8]>>,
    pub date_time: Option<Cow<'r, [u8]>>,
    pub event_type_description: Option<Cow<'r, [u8]>>,
    pub campaign_id: Option<Cow<'r, [u8]>>,
    pub campaign_name: Option<Cow<'r, [u8]>>,
}

impl<'r> Fields<'r> {
    pub fn all_mut(&mut self) -> [&mut Option<Cow<'r, [u8]>>; 6] {
        [
            &mut self.event_type,
            &mut self.device_id,
            &mut self.date_time,
            &mut self.event_type_description,
            &mut self.campaign_id,
            &mut self.campaign_name,
        ]
    }

    /// The reading of `record`, whose fields these are.
    pub fn reading(mut self, record: &'r [u8]) -> Reading<'r> {
        let dated = self.date_time.take().unwrap_or(Cow::Borrowed(record));
        Reading { dated, event: self.event() }
    }

    fn event(self) -> Option<Event<'r>> {
        let code = Code::exactly(&self.event_type?)?;
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

/// The summary status as the service writes it. `UNDETERMINED` is what `INFO` was called before.
fn status(text: &[u8]) -> Option<Status> {
    match text {
        b"SUCCESS" => Some(Status::Success),
        b"FAIL" => Some(Status::Fail),
        b"INFO" | b"UNDETERMINED" => Some(Status::Info),
        b"SKIPPED" => Some(Status::Skipped),
        _ => None,
    }
}
