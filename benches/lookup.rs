//! One code looked up, beside every other way to do it.

use std::collections::HashMap;
use std::ffi::{c_char, c_uchar};
use std::hash::BuildHasher;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use event_log_codes::{EVENT_CODES, EventCode};
use inputs::Keys;
#[cfg(target_arch = "x86_64")]
use pext::PextMap;

#[cfg(target_arch = "x86_64")]
mod pext;

include!(concat!(env!("OUT_DIR"), "/peers.rs"));

/// So many that no branch predictor learns their order.
const KEYS: usize = 200_000;

/// What a miss adds to a sum of indices, so that no way of adding needs a branch.
const MISS: usize = EventCode::COUNT;

#[repr(C)]
struct GperfCode {
    name: *const c_char,
    index: c_uchar,
}

unsafe extern "C" {
    fn gperf_lookup(code: *const c_char, len: usize) -> *const GperfCode;
}

fn by_gperf(code: &str) -> usize {
    // SAFETY: the function reads `len` bytes, and the static entry it returns, if any, is valid.
    let found = unsafe { gperf_lookup(code.as_ptr().cast(), code.len()).as_ref() };
    found.map_or(MISS, |found| found.index.into())
}

/// The least any lookup must do: read every byte of the key as two values of eight bytes, from four
/// overlapping reads that need no branch on the length, and fold them.
fn floor(code: &str) -> usize {
    let code = code.as_bytes();
    let len = code.len();
    if !(4..=16).contains(&len) {
        return len;
    }
    let step = len / 8 * 4;
    if step + 4 > len {
        return len;
    }
    let read = |at: usize| code[at..].first_chunk().map_or(0, |four| u64::from(u32::from_le_bytes(*four)));
    let head = read(0) | read(step) << 32;
    let tail = read(len - step - 4) | read(len - 4) << 32;
    (head ^ tail) as usize
}

/// The same with reads of eight bytes where there are eight, which takes a branch on the length.
fn floor_with_a_branch(code: &str) -> usize {
    let code = code.as_bytes();
    if let (Some(head), Some(tail)) = (code.first_chunk(), code.last_chunk()) {
        (u64::from_le_bytes(*head) ^ u64::from_le_bytes(*tail)) as usize
    } else if let (Some(head), Some(tail)) = (code.first_chunk(), code.last_chunk()) {
        (u32::from_le_bytes(*head) ^ u32::from_le_bytes(*tail)) as usize
    } else {
        code.len()
    }
}

fn hash_map<S: BuildHasher + Default>() -> HashMap<&'static str, EventCode, S> {
    EventCode::ALL.iter().map(|code| (code.as_str(), *code)).collect()
}

fn lookup(criterion: &mut Criterion) {
    for miss_percent in [0, 10, 50] {
        let keys = Keys::new(KEYS, miss_percent);
        let keys = keys.slices();
        let naive = |key: &str| EventCode::ALL.iter().position(|code| code.as_str() == key).unwrap_or(MISS);
        let expected: usize = keys.iter().map(|key| naive(key)).sum();

        let mut group = criterion.benchmark_group(format!("lookup, {miss_percent} % misses"));
        group
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1))
            .sample_size(30);
        group.throughput(Throughput::Elements(KEYS as u64));
        let mut peer = |name: &str, find: &dyn Fn(&[&str]) -> usize| {
            if !name.starts_with("floor") {
                assert_eq!(find(&keys), expected, "{name} gives wrong answers");
            }
            group.bench_function(name, |bencher| bencher.iter(|| find(black_box(&keys))));
        };
        macro_rules! peer {
            ($name:literal, |$key:ident| $find:expr) => {
                peer($name, &|keys| keys.iter().map(|$key| $find).sum())
            };
        }

        let std = hash_map::<std::hash::RandomState>();
        let fx = hash_map::<rustc_hash::FxBuildHasher>();
        let fold = hash_map::<foldhash::fast::RandomState>();
        let a = hash_map::<ahash::RandomState>();
        let rapid = hash_map::<rapidhash::fast::RandomState>();
        let index = |found: Option<&EventCode>| found.map_or(MISS, |code| code.index());

        peer!("floor", |key| floor(key));
        peer!("floor with a branch", |key| floor_with_a_branch(key));
        peer!("from_bytes", |key| EventCode::from_bytes(key.as_bytes()).map_or(MISS, EventCode::index));
        peer!("from_bytes_ignore_ascii_case", |key| EventCode::from_bytes_ignore_ascii_case(key.as_bytes())
            .map_or(MISS, EventCode::index));
        peer!("gperf (C)", |key| by_gperf(key));
        peer!("HashMap, FxHash", |key| index(fx.get(*key)));
        peer!("HashMap, foldhash", |key| index(fold.get(*key)));
        peer!("HashMap, ahash", |key| index(a.get(*key)));
        peer!("HashMap, rapidhash", |key| index(rapid.get(*key)));
        peer!("frozen-collections", |key| FROZEN.get(*key).map_or(MISS, |index| (*index).into()));
        peer!("hashify", |key| by_hashify(key.as_bytes()).map_or(MISS, usize::from));
        peer!("quickphf", |key| QUICK.get(*key).map_or(MISS, |index| (*index).into()));
        #[cfg(target_arch = "x86_64")]
        if let Some(map) = PextMap::new() {
            peer("length, then PEXT", &|keys| map.sum(keys, MISS));
        }
        peer!("match", |key| by_match(key.as_bytes()).map_or(MISS, usize::from));
        peer!("EVENT_CODES (phf)", |key| index(EVENT_CODES.get(key)));
        peer!("HashMap, std", |key| index(std.get(*key)));
        group.finish();
    }
}

/// One lookup after a megabyte of other work, as in a log processor that looks one code up for each
/// record: what counts then is how many cache lines it touches.
fn polluted_cache(criterion: &mut Criterion) {
    let keys = Keys::new(KEYS, 10);
    let keys = keys.slices();
    let mut other_work = vec![0_u8; 1 << 20];
    let mut group = criterion.benchmark_group("lookup, polluted cache");
    group.warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_secs(1)).sample_size(20);
    group.throughput(Throughput::Elements(1));
    let mut peer = |name: &str, find: &dyn Fn(&str) -> usize| {
        let mut next = keys.iter().cycle();
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|lookups| {
                let mut time = Duration::ZERO;
                for _ in 0..lookups {
                    other_work.iter_mut().step_by(64).for_each(|byte| *byte = byte.wrapping_add(1));
                    let key = black_box(*next.next().expect("it is a cycle"));
                    // The key was just read from its record.
                    black_box(key.bytes().fold(0, u8::wrapping_add));
                    let start = Instant::now();
                    black_box(find(key));
                    time += start.elapsed();
                }
                time
            });
        });
    };
    let std = hash_map::<std::hash::RandomState>();
    let fx = hash_map::<rustc_hash::FxBuildHasher>();
    let fold = hash_map::<foldhash::fast::RandomState>();
    let a = hash_map::<ahash::RandomState>();
    let rapid = hash_map::<rapidhash::fast::RandomState>();
    let index = |found: Option<&EventCode>| found.map_or(MISS, |code| code.index());
    peer("floor: the clock alone", &|key| key.len());
    peer("from_bytes", &|key| EventCode::from_bytes(key.as_bytes()).map_or(MISS, EventCode::index));
    peer("from_bytes_ignore_ascii_case", &|key| {
        EventCode::from_bytes_ignore_ascii_case(key.as_bytes()).map_or(MISS, EventCode::index)
    });
    peer("gperf (C)", &by_gperf);
    peer("HashMap, FxHash", &|key| index(fx.get(key)));
    peer("HashMap, foldhash", &|key| index(fold.get(key)));
    peer("HashMap, ahash", &|key| index(a.get(key)));
    peer("HashMap, rapidhash", &|key| index(rapid.get(key)));
    peer("frozen-collections", &|key| FROZEN.get(key).map_or(MISS, |index| (*index).into()));
    peer("hashify", &|key| by_hashify(key.as_bytes()).map_or(MISS, usize::from));
    peer("quickphf", &|key| QUICK.get(key).map_or(MISS, |index| (*index).into()));
    peer("match", &|key| by_match(key.as_bytes()).map_or(MISS, usize::from));
    peer("EVENT_CODES (phf)", &|key| index(EVENT_CODES.get(key)));
    peer("HashMap, std", &|key| index(std.get(key)));
    group.finish();
}

criterion_group!(benches, lookup, polluted_cache);
criterion_main!(benches);
