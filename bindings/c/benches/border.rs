//! What the C border costs: the same loops in C over the shared library and in Rust over the crate, by
//! turns, on the same inputs, with the same sums.
//!
//! `cargo bench -p event-log-codes-capi`; needs a C compiler (`cc`).

use std::ffi::c_void;
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use codes::{EventCode, Match, Status};
use libloading::Library;

#[repr(C)]
struct Input {
    data: *const c_void,
    len: usize,
}

/// Calls in a round.
const CALLS: usize = 4096;

/// Rounds of each side.
const ROUNDS: usize = 401;

fn main() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("border.so");
    compile(&path);
    // SAFETY: the library is the one just compiled; loading it runs nothing.
    let library = unsafe { Library::new(&path) }.unwrap();

    let picks: Vec<EventCode> = shuffled();
    let texts: Vec<Vec<u8>> = picks.iter().map(|code| code.as_str().into()).collect();
    let lower: Vec<Vec<u8>> = texts.iter().map(|text| text.to_ascii_lowercase()).collect();
    let records: Vec<Vec<u8>> = picks
        .iter()
        .enumerate()
        .map(|(number, code)| {
            format!(r#"{{"id":{number},"object":"device-event","device_id":"0173bc91","event_type":"{code}","retry":2}}"#)
                .into()
        })
        .collect();
    let indices: Vec<i32> = picks.iter().map(|code| code.index() as i32).collect();

    println!("{:<26}{:>10}{:>10}{:>12}", "call", "Rust, ns", "C, ns", "border, ns");
    inputs(&library, "lookup", b"lookups", &texts, |text| index(EventCode::from_bytes(text)));
    inputs(&library, "lookup, ignoring case", b"lookups_ignore_case", &lower, |text| {
        index(EventCode::from_bytes_ignore_ascii_case(text))
    });
    inputs(&library, "find in 92 bytes", b"finds", &records, |record| {
        codes::find(record).map_or(0, |found| found.start() as u64 + index(found.code()))
    });
    inputs(&library, "find all in 92 bytes", b"finds_all", &records, |record| {
        codes::find_iter(record).map(|found| found.start() as u64 + index(found.code())).sum()
    });
    // The same without inlining into the loop, which no call from C can have.
    inputs(&library, "find, as a call in Rust", b"finds", &records, |record| {
        find_called(record).map_or(0, |found| found.start() as u64 + index(found.code()))
    });
    inputs(&library, "find all, as a call", b"finds_all", &records, |record| {
        let mut matches = [const { None }; 16];
        let count = find_all_called(record, &mut matches);
        matches[..count].iter().flatten().map(|found| found.start() as u64 + index(found.code())).sum()
    });
    by_code(&library, "portal text", b"texts", &indices, |code| {
        code.portal_text().unwrap_or("").len() as u64
    });
    by_code(&library, "count, which does nothing", b"counts", &indices, |code| {
        (EventCode::COUNT + code.index()) as u64
    });
    let statuses = [Status::Success, Status::Fail, Status::Info, Status::Skipped];
    by_code(&library, "status", b"statuses", &indices, |code| {
        statuses
            .iter()
            .position(|status| *status == code.status())
            .map_or(255, |position| position as u64 + 1)
    });
}

fn inputs(library: &Library, name: &str, symbol: &[u8], inputs: &[Vec<u8>], call: impl Fn(&[u8]) -> u64) {
    // SAFETY: border.c declares the function so.
    let function: libloading::Symbol<unsafe extern "C" fn(*const Input, usize) -> u64> =
        unsafe { library.get(symbol) }.unwrap();
    let pointers: Vec<_> =
        inputs.iter().map(|input| Input { data: input.as_ptr().cast(), len: input.len() }).collect();
    compare(
        name,
        || inputs.iter().map(|input| call(black_box(input))).fold(0, u64::wrapping_add),
        // SAFETY: the pointers are those of `inputs`, which live on.
        || unsafe { function(pointers.as_ptr(), pointers.len()) },
    );
}

fn by_code(library: &Library, name: &str, symbol: &[u8], indices: &[i32], call: impl Fn(EventCode) -> u64) {
    // SAFETY: border.c declares the function so.
    let function: libloading::Symbol<unsafe extern "C" fn(*const i32, usize) -> u64> =
        unsafe { library.get(symbol) }.unwrap();
    compare(
        name,
        || {
            let code = |index: &i32| EventCode::from_index(*black_box(index) as usize);
            indices.iter().filter_map(code).map(&call).sum()
        },
        // SAFETY: the indices are as many as said.
        || unsafe { function(indices.as_ptr(), indices.len()) },
    );
}

/// Prints the medians of both sides, whose answers must agree.
fn compare(name: &str, rust: impl Fn() -> u64, c: impl Fn() -> u64) {
    assert_eq!(rust(), c(), "{name}: C and Rust disagree");
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        times[0].push(time(&rust));
        times[1].push(time(&c));
    }
    let [rust, c] = times.map(|mut times| {
        times.sort();
        times[ROUNDS / 2].as_nanos() as f64 / CALLS as f64
    });
    println!("{name:<26}{rust:>10.2}{c:>10.2}{:>12.2}", c - rust);
}

fn time(run: impl Fn() -> u64) -> Duration {
    let start = Instant::now();
    black_box(run());
    start.elapsed()
}

/// The codes in an order that a branch predictor can't learn.
fn shuffled() -> Vec<EventCode> {
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    (0..CALLS).map(|_| EventCode::ALL[next() % EventCode::COUNT]).collect()
}

#[inline(never)]
fn find_called(record: &[u8]) -> Option<Match<'_>> {
    codes::find(record)
}

/// Stores the matches in an array, as `elc_find_all` does.
#[inline(never)]
fn find_all_called<'h>(record: &'h [u8], matches: &mut [Option<Match<'h>>; 16]) -> usize {
    let mut count = 0;
    codes::find_iter(record).for_each(|found| {
        if let Some(place) = matches.get_mut(count) {
            *place = Some(found);
        }
        count += 1;
    });
    count.min(matches.len())
}

fn index(code: Option<EventCode>) -> u64 {
    code.map_or(-1, |code| code.index() as i64) as u64
}

/// Compiles border.c against the shared library as `cargo build --release` makes it.
fn compile(to: &Path) {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let build =
        Command::new(env!("CARGO")).args(["build", "--release", "-p", env!("CARGO_PKG_NAME")]).status();
    assert!(build.unwrap().success());
    // A bench runs in `release/deps`.
    let program = std::env::current_exe().unwrap();
    let directory = program.parent().and_then(Path::parent).unwrap();
    let status = Command::new("cc")
        .args(["-std=c11", "-O2", "-shared", "-fPIC", "-o"])
        .arg(to)
        .arg(package.join("benches/border.c"))
        .arg("-I")
        .arg(package.join("include"))
        .arg("-L")
        .arg(directory)
        .arg("-levent_log_codes")
        .arg(format!("-Wl,-rpath,{}", directory.display()))
        .status()
        .expect("a C compiler, `cc`");
    assert!(status.success());
}
