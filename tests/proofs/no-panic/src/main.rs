//! Links only if none of these functions, optimised, has a path to a panic.
//!
//! `no_panic` puts an undefined symbol on every such path, so one that is left fails the link.

use std::hint::black_box;
use std::io::Read;

use event_log_codes::outcome::{DeviceOutcome, Effect, Outcome};
use event_log_codes::{EVENT_CODES, EventCode, Family, FindIter, Match, ReportedValue, Section, Status, find, find_iter};
use no_panic::no_panic;

/// Each as a function of its own, which the optimiser may not merge into `main`.
macro_rules! proven {
    ($($name:ident$(<$lifetime:lifetime>)?($($argument:ident: $type:ty),*) -> $result:ty = $body:expr;)*) => {$(
        #[no_panic]
        #[inline(never)]
        fn $name$(<$lifetime>)?($($argument: $type),*) -> $result {
            $body
        }
    )*};
}

proven! {
    from_bytes(code: &[u8]) -> Option<EventCode> = EventCode::from_bytes(code);
    from_bytes_ignore_ascii_case(code: &[u8]) -> Option<EventCode> = EventCode::from_bytes_ignore_ascii_case(code);
    from_index(index: usize) -> Option<EventCode> = EventCode::from_index(index);
    from_lwm2m(object: u16, resource: u16, value: i64) -> Option<EventCode> = EventCode::from_lwm2m(object, resource, value);
    reported(object: u16, resource: u16, value: i64) -> Option<(Option<EventCode>, Option<&'static str>, Status)> = ReportedValue::new(object, resource, value).map(|value| (value.code(), value.meaning(), value.status()));
    map(code: &str) -> Option<EventCode> = EVENT_CODES.get(code).copied();
    parse(code: &str) -> Option<EventCode> = code.parse().ok();
    first<'h>(haystack: &'h [u8]) -> Option<Match<'h>> = find(haystack);
    next<'h>(matches: &mut FindIter<'h>) -> Option<Match<'h>> = matches.next();
    as_str(code: EventCode) -> &'static str = code.as_str();
    texts(code: EventCode) -> [Option<&'static str>; 3] = [code.portal_text(), code.explanation(), code.corrective_action()];
    kind(code: EventCode) -> (Status, Section, Family) = (code.status(), code.section(), code.family());
    number(code: EventCode) -> (Option<i16>, bool, bool) = (code.number(), code.is_documented(), code.is_user_defined());
<<<<<<< HEAD
    all_with_portal_text(text: &str) -> &'static [EventCode] = EventCode::all_with_portal_text(text);
=======
    push(device: &mut DeviceOutcome, code: EventCode, time: Option<i64>) -> () = device.push(code, time);
    of_uncatalogued(code: &[u8], stated: &[u8]) -> Effect = Effect::of_uncatalogued(code, Status::from_record(stated));
    outcome(device: &DeviceOutcome) -> (Outcome, u32, bool) = (device.outcome(), device.attempts(), device.is_retrying());
    carried(device: &DeviceOutcome) -> DeviceOutcome = { let (bytes, codes) = device.to_parts(); DeviceOutcome::from_parts(bytes, codes) };
    with_portal_text(text: &str) -> &'static [EventCode] = EventCode::with_portal_text(text);
>>>>>>> db8bc41 (Add one meaning of a device's outcome, as a fold)
}

#[cfg(feature = "control")]
proven! {
    control(bytes: &[u8], at: usize) -> u8 = bytes[at];
}

fn main() {
    // Bytes that the compiler cannot know.
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    black_box((from_bytes(&bytes), from_bytes_ignore_ascii_case(&bytes), from_index(bytes.len())));
    black_box((from_lwm2m(bytes.len() as u16, 3, bytes.len() as i64), map(&text), parse(&text)));
<<<<<<< HEAD
    black_box(reported(bytes.len() as u16, 3, bytes.len() as i64));
    black_box((first(&bytes), all_with_portal_text(&text)));
=======
    black_box(reported(bytes.len() as u16, 3, bytes.len() as i64));
    black_box((first(&bytes), with_portal_text(&text)));
    let mut device = DeviceOutcome::new();
    black_box(of_uncatalogued(&bytes, &bytes));
>>>>>>> db8bc41 (Add one meaning of a device's outcome, as a fold)
    let mut matches = find_iter(&bytes);
    while let Some(found) = next(&mut matches) {
        if let Some(code) = found.code() {
            black_box((as_str(code), texts(code), kind(code), number(code)));
            push(&mut device, code, Some(found.start() as i64));
        }
    }
    black_box(outcome(&carried(&device)));
    #[cfg(feature = "control")]
    black_box(control(&bytes, text.len()));
}
