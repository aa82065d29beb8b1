//! Links only if no path to a panic is left in any of these functions once they are optimised.
//!
//! `no_panic` puts an undefined symbol on every such path, so a path that is left fails the link.

use std::hint::black_box;
use std::io::Read;

use event_log_codes::outcome::{DeviceOutcome, Effect, Outcome};
use event_log_codes::{
    EVENT_CODES, EventCode, Family, FindIter, Match, ReportedValue, Section, Status, StreamFinder, StreamMatch, StreamMatches,
    find, find_iter, find_iter_ignore_ascii_case,
};
use no_panic::no_panic;

/// Defines each as a function of its own that is not inlined into `main`.
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
    next_ignore_ascii_case<'h>(matches: &mut FindIter<'h, true>) -> Option<Match<'h>> = matches.next();
    count(matches: FindIter<'_>) -> usize = matches.count();
    word<'h>(found: Match<'h>) -> &'h str = found.as_str();
    starting_at(offset: u64, before: &[u8]) -> StreamFinder = StreamFinder::starting_at(offset, before);
    feed<'a>(finder: &'a mut StreamFinder, bytes: &'a [u8]) -> StreamMatches<'a> = finder.feed(bytes);
    next_in_stream<'a>(matches: &mut StreamMatches<'a>) -> Option<StreamMatch<'a>> = matches.next();
    count_in_stream(matches: StreamMatches<'_>) -> usize = matches.count();
    finish<'a>(finder: &'a mut StreamFinder) -> Option<StreamMatch<'a>> = finder.finish();
    finish_before<'a>(finder: &'a mut StreamFinder, after: &[u8]) -> Option<StreamMatch<'a>> = finder.finish_before(after);
    as_str(code: EventCode) -> &'static str = code.as_str();
    texts(code: EventCode) -> [Option<&'static str>; 3] = [code.portal_text(), code.explanation(), code.corrective_action()];
    kind(code: EventCode) -> (Status, Section, Family) = (code.status(), code.section(), code.family());
    number(code: EventCode) -> (Option<i16>, bool, bool) = (code.number(), code.is_documented(), code.is_user_defined());
    is_roll_up(code: EventCode) -> bool = code.is_roll_up();
    groups(section: Section, family: Family) -> usize = section.codes().count() + family.codes().count();
    all_with_portal_text(text: &str) -> &'static [EventCode] = EventCode::all_with_portal_text(text);
    push(device: &mut DeviceOutcome, code: EventCode, time: Option<i64>) -> () = device.push(code, time);
    merge(device: &mut DeviceOutcome, other: &DeviceOutcome) -> () = device.merge(other);
    of_uncatalogued(code: &[u8], stated: &[u8]) -> Effect = Effect::of_uncatalogued(code, Status::from_record(stated));
    of_text(text: &[u8], stated: &[u8]) -> Option<(Effect, Option<EventCode>)> = Effect::of_text(text, Status::from_record(stated));
    outcome(device: &DeviceOutcome) -> (Outcome, u32, bool) = (device.outcome(), device.attempts(), device.is_retrying());
    carried(device: &DeviceOutcome) -> DeviceOutcome = { let (bytes, codes) = device.to_parts(); DeviceOutcome::from_parts(bytes, codes) };
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
    black_box(reported(bytes.len() as u16, 3, bytes.len() as i64));
    black_box((first(&bytes), all_with_portal_text(&text)));
    let mut device = DeviceOutcome::new();
    black_box((of_uncatalogued(&bytes, &bytes), of_text(&bytes, &bytes)));
    let mut matches = find_iter(&bytes);
    while let Some(found) = next(&mut matches) {
        if let Some(code) = found.code() {
            black_box((as_str(code), texts(code), kind(code), number(code), is_roll_up(code)));
            black_box(groups(code.section(), code.family()));
            push(&mut device, code, Some(found.start() as i64));
        }
        black_box(word(found));
    }
    let other = carried(&device);
    merge(&mut device, &other);
    black_box(outcome(&device));
    let mut matches = find_iter_ignore_ascii_case(&bytes);
    black_box((next_ignore_ascii_case(&mut matches), count(find_iter(&bytes))));
    let mut finder = starting_at(bytes.len() as u64, &bytes);
    black_box(next_in_stream(&mut feed(&mut finder, &bytes)));
    black_box(count_in_stream(feed(&mut finder, &bytes)));
    black_box(finish_before(&mut finder, &bytes));
    black_box(finish(&mut finder));
    #[cfg(feature = "control")]
    black_box(control(&bytes, text.len()));
}
