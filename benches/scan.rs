//! Codes found in bytes, beside every other way to do it.

#[cfg(hyperscan)]
mod hyperscan;

use std::collections::HashMap;
use std::hint::black_box;
use std::time::Duration;

use aho_corasick::packed::{Config, MatchKind as PackedKind};
use aho_corasick::{AhoCorasick, MatchKind};
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use event_log_codes::{EVENT_CODES, EventCode, StreamFinder, find, find_iter, find_iter_ignore_ascii_case};
use memchr::{memchr, memchr_iter, memmem};
use regex::bytes::Regex;

/// What a run found: how many catalogued codes, and the sum of their places and indices. All ways
/// that know where words end must agree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    count: usize,
    places: usize,
}

impl Sum {
    fn add(&mut self, start: usize, code: EventCode) {
        self.count += 1;
        self.places = self.places.wrapping_add(start ^ code.index());
    }
}

type Way<'a> = (&'static str, Box<dyn Fn(&[u8]) -> Sum + 'a>);

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The word that begins at `start`, if one does.
fn word_at(haystack: &[u8], start: usize) -> Option<&[u8]> {
    if start > 0 && is_word_byte(haystack[start - 1]) {
        return None;
    }
    let len = haystack[start..].iter().take_while(|byte| is_word_byte(**byte)).count();
    Some(&haystack[start..start + len])
}

/// The library's own two calls, then the ways that give the same answers with parts of others: each
/// is given our lookup where it has none of its own.
fn ways() -> Vec<Way<'static>> {
    let codes: Vec<&str> = EventCode::ALL.iter().map(|code| code.as_str()).collect();
    let prefixes = ["UPD1_", "UPD2_", "UPD4_", "SYS_"];
    let teddy = Config::new()
        .match_kind(PackedKind::LeftmostFirst)
        .builder()
        .extend(prefixes)
        .build()
        .expect("four short patterns suit it");
    let aho =
        AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&codes).expect("143 patterns");
    let upd = memmem::Finder::new("UPD").into_owned();
    let sys = memmem::Finder::new("SYS_").into_owned();
    let shape = Regex::new(r"(?-u:\b)(?:UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)(?-u:\b)").expect("it is one");
    let all = Regex::new(&format!(r"(?-u:\b)(?:{})(?-u:\b)", codes.join("|"))).expect("it is one");
    let map: HashMap<&[u8], EventCode, foldhash::fast::RandomState> =
        EventCode::ALL.iter().map(|code| (code.as_str().as_bytes(), *code)).collect();

    let look_up = |sum: &mut Sum, haystack: &[u8], start: usize| {
        if let Some(code) = word_at(haystack, start).and_then(EventCode::from_bytes) {
            sum.add(start, code);
        }
    };
    let mut ways: Vec<Way<'static>> = vec![
        (
            "find_iter",
            Box::new(|haystack| {
                let mut sum = Sum::default();
                for found in find_iter(haystack) {
                    if let Some(code) = found.code() {
                        sum.add(found.start(), code);
                    }
                }
                sum
            }),
        ),
        (
            "Teddy + lookup",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                for found in teddy.find_iter(haystack) {
                    look_up(&mut sum, haystack, found.start());
                }
                sum
            }),
        ),
        (
            "memmem + lookup",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                for finder in [&upd, &sys] {
                    for start in finder.find_iter(haystack) {
                        look_up(&mut sum, haystack, start);
                    }
                }
                sum
            }),
        ),
        (
            "memchr(b'_') + lookup",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                for underscore in memchr_iter(b'_', haystack) {
                    let before = &haystack[..underscore];
                    if before.ends_with(b"SYS") {
                        look_up(&mut sum, haystack, underscore - 3);
                    } else if before.len() >= 4 && before[..underscore - 1].ends_with(b"UPD") {
                        look_up(&mut sum, haystack, underscore - 4);
                    }
                }
                sum
            }),
        ),
        (
            "aho-corasick",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                for found in aho.find_iter(haystack) {
                    let ends = haystack.get(found.end()).is_none_or(|byte| !is_word_byte(*byte));
                    if ends && (found.start() == 0 || !is_word_byte(haystack[found.start() - 1])) {
                        sum.add(found.start(), EventCode::ALL[found.pattern().as_usize()]);
                    }
                }
                sum
            }),
        ),
        (
            "regex of the shape + phf",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                for found in shape.find_iter(haystack) {
                    let text = str::from_utf8(found.as_bytes()).expect("the shape is ASCII");
                    if let Some(code) = EVENT_CODES.get(text) {
                        sum.add(found.start(), *code);
                    }
                }
                sum
            }),
        ),
        (
            "regex of all codes",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                for found in all.find_iter(haystack) {
                    if let Some(code) = EventCode::from_bytes(found.as_bytes()) {
                        sum.add(found.start(), code);
                    }
                }
                sum
            }),
        ),
        (
            "words + HashMap",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                for word in haystack.split(|byte| !is_word_byte(*byte)) {
                    if let Some(code) = map.get(word) {
                        sum.add(word.as_ptr() as usize - haystack.as_ptr() as usize, *code);
                    }
                }
                sum
            }),
        ),
    ];
    #[cfg(hyperscan)]
    ways.extend(hyperscan_ways());
    ways
}

/// Both report where a match ends. A code's length says where it starts; a word is followed back to its start.
#[cfg(hyperscan)]
fn hyperscan_ways() -> [Way<'static>; 2] {
    let codes: Vec<&str> = EventCode::ALL.iter().map(|code| code.as_str()).collect();
    let all = hyperscan::Database::literals(&codes);
    let shape = hyperscan::Database::expression(r"\b(?:UPD[0-9]_[A-Z]+_[A-Z0-9]+|SYS_[0-9]+)\b");
    [
        (
            "Hyperscan, all codes",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                all.scan(haystack, |index, end| {
                    let start = end - EventCode::ALL[index].as_str().len();
                    let ends = haystack.get(end).is_none_or(|byte| !is_word_byte(*byte));
                    if ends && (start == 0 || !is_word_byte(haystack[start - 1])) {
                        sum.add(start, EventCode::ALL[index]);
                    }
                });
                sum
            }),
        ),
        (
            "Hyperscan, the shape + lookup",
            Box::new(move |haystack| {
                let mut sum = Sum::default();
                shape.scan(haystack, |_, end| {
                    let len = haystack[..end].iter().rev().take_while(|byte| is_word_byte(**byte)).count();
                    if let Some(code) = EventCode::from_bytes(&haystack[end - len..end]) {
                        sum.add(end - len, code);
                    }
                });
                sum
            }),
        ),
    ]
}

fn group<'c>(criterion: &'c mut Criterion, name: &str, bytes: usize) -> BenchmarkGroup<'c, WallTime> {
    let mut group = criterion.benchmark_group(name);
    group.warm_up_time(Duration::from_millis(300)).measurement_time(Duration::from_secs(1)).sample_size(20);
    group.sampling_mode(SamplingMode::Flat).throughput(Throughput::Bytes(bytes as u64));
    group
}

/// Long buffers: each way on the same bytes, its answer asserted first.
fn buffers(criterion: &mut Criterion) {
    let ways = ways();
    for (size, len) in [("64 MB", 64 << 20), ("256 KB", 256 << 10)] {
        let mut kinds =
            vec![("json", inputs::json(len)), ("text", inputs::text(len)), ("sparse", inputs::sparse(len))];
        if size == "256 KB" {
            kinds.extend([
                ("mixed", inputs::mixed(len)),
                ("coloured", inputs::coloured(len)),
                ("CRLF", inputs::crlf(len)),
                ("UPDATE and SYSTEM", inputs::updates(len)),
            ]);
        }
        for (kind, haystack) in kinds {
            let mut group = group(criterion, &format!("scan, {kind}, {size}"), haystack.len());
            group.bench_function("floor: memchr, absent byte", |bencher| {
                bencher.iter(|| memchr(0, black_box(&haystack)));
            });
            group.bench_function("floor: memchr_iter(b'\\n')", |bencher| {
                bencher.iter(|| memchr_iter(b'\n', black_box(&haystack)).fold(0, |sum, place| sum ^ place));
            });
            let expected = ways[0].1(&haystack);
            assert!(expected.count > 0, "{kind} has codes");
            for (name, way) in &ways {
                if kind == "coloured" && way(&haystack) != expected {
                    // It does not know where an escape sequence ends: fast or not, it is wrong.
                    continue;
                }
                assert_eq!(way(&haystack), expected, "{name} gives wrong answers on {kind}");
                group.bench_function(*name, |bencher| bencher.iter(|| way(black_box(&haystack))));
            }
            group.finish();
        }
    }
}

/// The library's other searches of a buffer: they find the same.
fn searches(criterion: &mut Criterion) {
    type Search = fn(&[u8]) -> Sum;
    let searches: [(&str, Search); 5] = [
        ("find_iter", |haystack| {
            let mut sum = Sum::default();
            for found in find_iter(haystack) {
                found.code().into_iter().for_each(|code| sum.add(found.start(), code));
            }
            sum
        }),
        ("find_iter, for_each", |haystack| {
            let mut sum = Sum::default();
            find_iter(haystack).for_each(|found| {
                found.code().into_iter().for_each(|code| sum.add(found.start(), code));
            });
            sum
        }),
        ("find_iter_ignore_ascii_case", |haystack| {
            let mut sum = Sum::default();
            for found in find_iter_ignore_ascii_case(haystack) {
                found.code().into_iter().for_each(|code| sum.add(found.start(), code));
            }
            sum
        }),
        ("StreamFinder, 64 KB buffers", |haystack| {
            let mut sum = Sum::default();
            let mut finder = StreamFinder::new();
            for buffer in haystack.chunks(64 << 10) {
                for found in finder.feed(buffer) {
                    found.code().into_iter().for_each(|code| sum.add(found.start() as usize, code));
                }
            }
            sum
        }),
        ("StreamFinder, 64 KB buffers, for_each", |haystack| {
            let mut sum = Sum::default();
            let mut finder = StreamFinder::new();
            for buffer in haystack.chunks(64 << 10) {
                finder.feed(buffer).for_each(|found| {
                    found.code().into_iter().for_each(|code| sum.add(found.start() as usize, code));
                });
            }
            sum
        }),
    ];
    let len = 256 << 10;
    for (kind, haystack) in
        [("json", inputs::json(len)), ("text", inputs::text(len)), ("sparse", inputs::sparse(len))]
    {
        let mut group = group(criterion, &format!("scan, {kind}, 256 KB, every search"), haystack.len());
        let expected = searches[0].1(&haystack);
        for (name, search) in &searches {
            // The last line has an end, so `finish` would find nothing.
            assert_eq!(search(&haystack), expected, "{name} gives wrong answers on {kind}");
            group.bench_function(*name, |bencher| bencher.iter(|| search(black_box(&haystack))));
        }
        group.finish();
    }
}

/// A call for each record, as log processors do.
fn records(criterion: &mut Criterion) {
    let len = 256 << 10;
    for (kind, haystack) in [
        ("json", inputs::json(len)),
        ("text", inputs::text(len)),
        ("80 bytes", inputs::records(len, 80)),
        ("380 bytes", inputs::records(len, 380)),
        ("2000 bytes", inputs::records(len, 2000)),
    ] {
        let records: Vec<&[u8]> = haystack.split_inclusive(|byte| *byte == b'\n').collect();
        let mut group = group(criterion, &format!("scan, {kind}, 256 KB, a call a record"), haystack.len());
        group.bench_function("find_iter, one call", |bencher| {
            bencher.iter(|| {
                find_iter(black_box(&haystack)).map(|found| found.start()).fold(0, |sum, place| sum ^ place)
            });
        });
        group.bench_function("find_iter", |bencher| {
            bencher.iter(|| {
                let mut sum = 0;
                for record in black_box(&records) {
                    for found in find_iter(record) {
                        sum ^= found.start();
                    }
                }
                sum
            });
        });
        group.bench_function("find", |bencher| {
            bencher.iter(|| {
                let mut sum = 0;
                for record in black_box(&records) {
                    if let Some(found) = find(record) {
                        sum ^= found.start();
                    }
                }
                sum
            });
        });
        group.finish();
    }
}

/// Inputs made to be slow.
fn adversarial(criterion: &mut Criterion) {
    let ways = ways();
    let mut inputs = inputs::adversarial(1 << 20);
    inputs.push(("one word of 100 MB", vec![b'U'; 100 << 20]));
    for (kind, haystack) in inputs {
        let mut group = group(criterion, &format!("scan, adversarial: {kind}"), haystack.len());
        for (name, way) in ways.iter().take(2) {
            group.bench_function(*name, |bencher| bencher.iter(|| way(black_box(&haystack))));
        }
        group.finish();
    }
}

criterion_group!(benches, buffers, searches, records, adversarial);
criterion_main!(benches);
