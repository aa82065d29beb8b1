//! The roll-ups: the service's verdict on a device, whose own reason is another event beside it.
//!
//! Who adds them to the reasons counts a device twice.

use event_log_codes::EventCode;

pub fn is(code: EventCode) -> bool {
    matches!(code, EventCode::Sys111 | EventCode::Sys112)
}
