//! Work whose instructions `scripts/instructions` counts under callgrind.
//!
//! Without an argument, prints the names of all work. With a name, does that work within the function
//! `counted` and prints how many units it was, and what the processor has.

use std::collections::BTreeSet;
use std::env;
use std::hint::black_box;

use event_log_codes::{EventCode, StreamFinder, find, find_iter, find_iter_ignore_ascii_case};
use event_log_codes_records::{Options, Record, Records, Time};
use inputs::Keys;

/// Bytes of each input: what callgrind runs in a second or two.
const LEN: usize = 1 << 20;

/// The buffers in which a stream arrives.
const BUFFER: usize = 64 << 10;

/// Work on an input that is ready, and the number of units that it takes.
struct Work {
    units: usize,
    /// Returns something that depends on everything found.
    run: Box<dyn Fn() -> usize>,
}

/// A name, the unit, and what prepares the work.
type Row = (&'static str, &'static str, fn() -> Work);

const ROWS: &[Row] = &[
    ("lookup, no misses", "lookup", || keys(0, EventCode::from_bytes)),
    ("lookup, 10 % misses", "lookup", || keys(10, EventCode::from_bytes)),
    ("lookup in any case", "lookup", || keys(10, EventCode::from_bytes_ignore_ascii_case)),
    ("find_iter, json", "byte", || scan(inputs::json, for_loop)),
    ("find_iter, text", "byte", || scan(inputs::text, for_loop)),
    ("find_iter, sparse", "byte", || scan(inputs::sparse, for_loop)),
    ("find_iter, coloured", "byte", || scan(inputs::coloured, for_loop)),
    ("find_iter and for_each, json", "byte", || scan(inputs::json, for_each)),
    ("find_iter and for_each, text", "byte", || scan(inputs::text, for_each)),
    ("find_iter in any case, json", "byte", || scan(inputs::json, any_case)),
    ("find_iter in any case, text", "byte", || scan(inputs::text, any_case)),
    ("find_iter, a call a record, json", "byte", || a_record_at_a_time(inputs::json, for_loop)),
    ("find_iter, a call a record, text", "byte", || a_record_at_a_time(inputs::text, for_loop)),
    ("find, a call a record, json", "byte", || a_record_at_a_time(inputs::json, first)),
    ("find, a call a record, text", "byte", || a_record_at_a_time(inputs::text, first)),
    ("StreamFinder, json", "byte", || scan(inputs::json, stream)),
    ("StreamFinder, text", "byte", || scan(inputs::text, stream)),
    ("StreamFinder, sparse", "byte", || scan(inputs::sparse, stream)),
    ("StreamFinder and for_each, json", "byte", || scan(inputs::json, stream_for_each)),
    ("StreamFinder and for_each, text", "byte", || scan(inputs::text, stream_for_each)),
    ("records, json", "record", || records(inputs::json)),
    ("records, text", "record", || records(inputs::text)),
    ("records, lines of every kind", "record", || records(inputs::mixed)),
];

fn keys(miss_percent: usize, lookup: impl Fn(&[u8]) -> Option<EventCode> + 'static) -> Work {
    let keys = Keys::new(10_000, miss_percent);
    // Never freed: the process ends soon.
    let keys = Box::leak(Box::new(keys)).slices();
    let units = keys.len();
    let run = move || keys.iter().filter_map(|key| lookup(key.as_bytes())).map(EventCode::index).sum();
    Work { units, run: Box::new(run) }
}

fn scan(input: fn(usize) -> Vec<u8>, search: fn(&[u8]) -> usize) -> Work {
    let input = input(LEN);
    Work { units: input.len(), run: Box::new(move || search(&input)) }
}

fn a_record_at_a_time(input: fn(usize) -> Vec<u8>, search: impl Fn(&[u8]) -> usize + 'static) -> Work {
    let input = input(LEN).leak();
    let units = input.len();
    let lines: Vec<&[u8]> = input.split_inclusive(|byte| *byte == b'\n').collect();
    Work { units, run: Box::new(move || lines.iter().map(|line| search(line)).sum()) }
}

fn for_loop(haystack: &[u8]) -> usize {
    let mut sum = 0;
    for found in find_iter(haystack) {
        sum ^= found.start() + found.code().map_or(0, EventCode::index);
    }
    sum
}

fn for_each(haystack: &[u8]) -> usize {
    let mut sum = 0;
    find_iter(haystack).for_each(|found| sum ^= found.start() + found.code().map_or(0, EventCode::index));
    sum
}

fn any_case(haystack: &[u8]) -> usize {
    let mut sum = 0;
    for found in find_iter_ignore_ascii_case(haystack) {
        sum ^= found.start() + found.code().map_or(0, EventCode::index);
    }
    sum
}

fn first(haystack: &[u8]) -> usize {
    find(haystack).map_or(0, |found| found.start() + found.code().map_or(0, EventCode::index))
}

fn stream(haystack: &[u8]) -> usize {
    let mut finder = StreamFinder::new();
    let mut sum = 0;
    for buffer in haystack.chunks(BUFFER) {
        for found in finder.feed(buffer) {
            sum ^= found.start() as usize + found.code().map_or(0, EventCode::index);
        }
    }
    sum
}

fn stream_for_each(haystack: &[u8]) -> usize {
    let mut finder = StreamFinder::new();
    let mut sum = 0;
    for buffer in haystack.chunks(BUFFER) {
        finder
            .feed(buffer)
            .for_each(|found| sum ^= found.start() as usize + found.code().map_or(0, EventCode::index));
    }
    sum
}

fn records(input: fn(usize) -> Vec<u8>) -> Work {
    let input = input(LEN);
    let units = input.iter().filter(|byte| **byte == b'\n').count();
    let run = move || {
        let mut sum = 0;
        let mut visit = |record: Record<'_>| {
            for event in record.events() {
                sum += event.code().as_bytes().len() + event.device().map_or(0, <[u8]>::len);
                sum += usize::from(matches!(event.time(), Time::At(_)));
            }
        };
        let mut records = Records::new(&Options::default());
        for buffer in input.chunks(BUFFER) {
            records.push(buffer, &mut visit);
        }
        records.finish(&mut visit);
        sum
    };
    Work { units, run: Box::new(run) }
}

/// What is counted: all that this function calls.
#[inline(never)]
#[unsafe(no_mangle)]
fn counted(run: &dyn Fn() -> usize) -> usize {
    run()
}

/// The instructions that the processor, or callgrind in its place, says it has.
fn processor() -> String {
    #[cfg(target_arch = "x86_64")]
    let features: BTreeSet<&str> = [
        ("sse4.2", is_x86_feature_detected!("sse4.2")),
        ("popcnt", is_x86_feature_detected!("popcnt")),
        ("pclmulqdq", is_x86_feature_detected!("pclmulqdq")),
        ("avx2", is_x86_feature_detected!("avx2")),
        ("bmi1", is_x86_feature_detected!("bmi1")),
        ("bmi2", is_x86_feature_detected!("bmi2")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
    ]
    .into_iter()
    .filter_map(|(name, detected)| detected.then_some(name))
    .collect();
    #[cfg(not(target_arch = "x86_64"))]
    let features = BTreeSet::<&str>::new();
    [env::consts::ARCH].into_iter().chain(features).collect::<Vec<_>>().join(" ")
}

fn main() {
    let Some(wanted) = env::args().nth(1) else {
        ROWS.iter().for_each(|(name, ..)| println!("{name}"));
        return;
    };
    let (_, unit, prepare) = ROWS.iter().find(|(name, ..)| *name == wanted).expect("a name of the list");
    let Work { units, run } = prepare();
    // What a process does once, such as asking the processor what it has, is not counted.
    black_box(find_iter(b"").count());
    assert_ne!(counted(&run), 0, "something is found");
    println!("{units}\t{unit}\t{}", processor());
}
