//! A way of writing the events, and what has to be read from it.

use super::events::Event;

/// Bytes that hold the events in one of the shapes of the world.
pub struct Shape {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    /// What a user has to say: names of fields, each as `device=NAME`, and the time zone.
    pub fields: Vec<&'static str>,
    pub time_zone: Option<&'static str>,
    pub expected: Expected,
}

/// What of an event can be read from a shape.
#[derive(Clone, Copy)]
pub struct Expected {
    pub device: bool,
    pub campaign: bool,
    pub campaign_name: bool,
    pub time: Time,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Time {
    /// Known to so many microseconds.
    Known(i64),
    /// There, but not certain.
    Unreadable,
    Missing,
}

/// Of events whose codes stand in several records, or in none.
impl Shape {
    /// A shape from which everything can be read.
    pub fn new(name: &'static str, bytes: impl Into<Vec<u8>>) -> Shape {
        let expected = Expected { device: true, campaign: true, campaign_name: true, time: Time::Known(1) };
        Shape { name, bytes: bytes.into(), fields: Vec::new(), time_zone: None, expected }
    }

    /// Without names of campaigns.
    pub fn unnamed(mut self) -> Shape {
        self.expected.campaign_name = false;
        self
    }

    /// Without campaigns.
    pub fn without_campaign(mut self) -> Shape {
        self.expected.campaign = false;
        self.unnamed()
    }

    pub fn without_device(mut self) -> Shape {
        self.expected.device = false;
        self
    }

    pub fn time(mut self, time: Time) -> Shape {
        self.expected.time = time;
        self
    }

    pub fn millis(self) -> Shape {
        self.time(Time::Known(1_000))
    }

    pub fn seconds(self) -> Shape {
        self.time(Time::Known(1_000_000))
    }

    pub fn field(mut self, field: &'static str) -> Shape {
        self.fields.push(field);
        self
    }

    pub fn in_time_zone(mut self, name: &'static str) -> Shape {
        self.time_zone = Some(name);
        self
    }
}

impl Expected {
    /// What has to be read of `event`: code, device, campaign, its name, time in microseconds.
    pub fn of(&self, event: &Event) -> Read {
        let text = |known: bool, text: &str| known.then(|| text.to_owned());
        Read {
            code: event.code.clone(),
            device: text(self.device, &event.device),
            campaign: text(self.campaign, &event.campaign),
            campaign_name: text(self.campaign_name, &event.campaign_name),
            time: match self.time {
                Time::Known(unit) => Some(event.micros - event.micros.rem_euclid(unit)),
                Time::Unreadable | Time::Missing => None,
            },
        }
    }
}

/// An event as it is read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Read {
    pub code: String,
    pub device: Option<String>,
    pub campaign: Option<String>,
    pub campaign_name: Option<String>,
    pub time: Option<i64>,
}
