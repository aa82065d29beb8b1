//! Any events of a device, folded in any order and division: the outcome agrees with the oracle.
#![no_main]

#[path = "../../tests/outcome/library.rs"]
mod library;
#[path = "../../tests/outcome/oracle.rs"]
mod oracle;

use event_log_codes::EventCode;
use event_log_codes::outcome::DeviceOutcome;
use library::{answer, single};
use libfuzzer_sys::fuzz_target;
use oracle::{Event, expected};

const UNCATALOGUED: [&str; 5] = ["UPD4_FAIL_999", "UPD9_OK_1", "UPD0_STATE_7", "UPD9_REPORT_X", "SYS_999"];
const STATED: [Option<&str>; 8] = [
    None,
    Some(""),
    Some("SUCCESS"),
    Some("fail"),
    Some("Info"),
    Some("SKIPPED"),
    Some("undetermined"),
    Some("?"),
];

fn event([code, stated, time]: [u8; 3]) -> Event {
    let code = usize::from(code) % (EventCode::COUNT + UNCATALOGUED.len());
    let code = match EventCode::from_index(code) {
        Some(code) => code.as_str(),
        None => UNCATALOGUED[code - EventCode::COUNT],
    };
    let time = match time % 64 {
        0 => None,
        1 => Some(i64::MIN + 3),
        2 => Some(i64::MAX),
        time => Some(i64::from(time)),
    };
    Event::new(code, STATED[usize::from(stated) % STATED.len()], time)
}

// Each four bytes are an event, and how many of the latest folds are merged after it.
fuzz_target!(|bytes: &[u8]| {
    let mut events = Vec::new();
    let mut folds = Vec::new();
    let (chunks, _) = bytes.as_chunks();
    for &[code, stated, time, merges] in chunks {
        let event = event([code, stated, time]);
        folds.push(single(&event));
        events.push(event);
        for _ in 0..merges {
            let [.., other, one] = &mut folds[..] else { break };
            other.merge_by(one, Ord::cmp);
            folds.pop();
        }
    }
    let mut device = DeviceOutcome::new();
    for fold in &folds {
        device.merge_by(fold, Ord::cmp);
    }
    assert_eq!(answer(&device), expected(&events));
});
