//! What the library answers, in the oracle's terms: for the tests and a fuzz target that compare the two.

use event_log_codes::outcome::{DeviceOutcome, Effect};
use event_log_codes::{EventCode, Status};

use super::oracle::{Answer, Event};

pub fn effect(event: &Event) -> Effect {
    match EventCode::from_bytes(event.code.as_bytes()) {
        Some(code) => Effect::of(code),
        None => {
            let stated = event.stated.and_then(|stated| Status::from_record(stated.as_bytes()));
            Effect::of_uncatalogued(event.code.as_bytes(), stated)
        }
    }
}

/// The fold of one event.
pub fn single(event: &Event) -> DeviceOutcome<&'static str> {
    DeviceOutcome::of(effect(event), event.code, event.time)
}

pub fn answer(device: &DeviceOutcome<&'static str>) -> Answer {
    Answer {
        outcome: device.outcome().as_str(),
        reason: device.reason(),
        skipped_by: device.skipped_by(),
        retrying: device.is_retrying(),
        attempts: device.attempts() as usize,
        first_seen: device.first_seen(),
        last_seen: device.last_seen(),
        uncertain: device.is_uncertain(),
    }
}
