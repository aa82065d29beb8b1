//! Any bytes as a key: every way to look it up agrees with the oracle.
#![no_main]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use event_log_codes::{EVENT_CODES, EventCode};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|key: &[u8]| {
    let found = EventCode::from_bytes(key);
    assert_eq!(found.map(EventCode::as_str), oracle::lookup(key));
    let found_in_any_case = EventCode::from_bytes_ignore_ascii_case(key);
    assert_eq!(found_in_any_case.map(EventCode::as_str), oracle::lookup_ignore_ascii_case(key));
    assert_eq!(EventCode::try_from(key).ok(), found);
    if let Ok(text) = std::str::from_utf8(key) {
        assert_eq!(EVENT_CODES.get(text).copied(), found);
        // A portal text is found by itself, and only by what differs from it in case, stop and space.
        for code in EventCode::all_with_portal_text(text) {
            let reduced = |text: &str| text.trim().trim_end_matches('.').trim().to_ascii_lowercase();
            assert_eq!(reduced(code.portal_text().unwrap()), reduced(text));
        }
    }
    if let [a, b, c, d, rest @ ..] = key
        && let Some(value) = rest.first_chunk()
    {
        let (object, resource) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
        let code = EventCode::from_lwm2m(object, resource, i64::from_le_bytes(*value));
        assert!(code.is_none() || object == 5 || object == 10252);
    }
});
