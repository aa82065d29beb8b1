//! The events of one device.

use event_log_codes::Status;
use serde::Serialize;

use crate::analysis::event::Event;
use crate::analysis::time::Time;
use crate::known_code::KnownCode;

/// Events that are kept; further ones are counted.
const MAX_EVENTS: usize = 100_000;

/// The events of one device, in any order.
#[derive(Default)]
pub struct History {
    events: Vec<Step>,
    beyond: u64,
}

/// An event and what it means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Step {
    pub time: Option<Time>,
    pub code: String,
    #[serde(serialize_with = "status_name")]
    pub status: Option<Status>,
    pub campaign: Option<String>,
    pub portal_text: Option<&'static str>,
    pub explanation: Option<&'static str>,
    pub corrective_action: Option<&'static str>,
}

fn status_name<S: serde::Serializer>(status: &Option<Status>, serializer: S) -> Result<S::Ok, S::Error> {
    serde::Serialize::serialize(&status.map(Status::as_str), serializer)
}

impl History {
    pub fn add(&mut self, event: &Event<'_>) {
        if self.events.len() >= MAX_EVENTS {
            self.beyond += 1;
            return;
        }
        let known = event.code.known();
        let campaign = event.campaign_name.or(event.campaign);
        self.events.push(Step {
            time: event.time.map(Time),
            code: String::from_utf8_lossy(event.code.as_bytes()).into_owned(),
            status: event.code.status(event.status),
            campaign: campaign.map(|campaign| String::from_utf8_lossy(campaign).into_owned()),
            portal_text: known.and_then(KnownCode::portal_text),
            explanation: known.and_then(KnownCode::explanation),
            corrective_action: known.and_then(KnownCode::corrective_action),
        });
    }

    pub fn merge(&mut self, other: History) {
        self.beyond += other.beyond;
        self.events.extend(other.events);
    }

    /// The events in the order of their times, those without a time first; and how many more there
    /// were.
    pub fn into_sorted(mut self) -> (Vec<Step>, u64) {
        self.events.sort();
        (self.events, self.beyond)
    }
}
