//! Scans a haystack, under callgrind or against the clock: `instructions KIND BYTES LEN SCANS` scans BYTES
//! as one haystack and then, unless LEN equals BYTES, cut into haystacks of LEN.
//!
//! Prints the median processor time of each, in nanoseconds. Both read the same bytes, so the processor's
//! caches favour neither.

#[allow(dead_code)]
#[path = "../../../../benches/inputs.rs"]
mod inputs;

use std::env;
use std::hint::black_box;

use event_log_codes::find_iter;

/// Everyday logs, then haystacks chosen to make a careless scanner read the same bytes again and again.
fn haystack(kind: &str, len: usize) -> Vec<u8> {
    let logs = match kind {
        "json" => inputs::json(len + 1000),
        "text" => inputs::text(len + 1000),
        "sparse" => inputs::sparse(len + 1000),
        _ => Vec::new(),
    };
    if let Some(logs) = logs.get(..len) {
        return logs.to_vec();
    }
    let unit: &[u8] = match kind {
        // One word as long as the haystack, of each kind of byte that a code has.
        "letters" => b"U",
        "digits" => b"7",
        "underscores" => b"_",
        // One word full of codes.
        "codes-in-a-word" => b"UPD4_FAIL_207_",
        "beginnings-in-a-word" => b"SYS_UPD4_",
        // Nothing but words of one letter, and nothing but what stands between words.
        "short-words" => b"U ",
        "spaces" => b" ",
        "high-bytes" => b"\xff\x80",
        // Words that are codes until their last byte.
        "near-misses" => b"UPD4_FAIL_20x UPD2_REPORT_VERSIOn SYS_11_ ",
        // Words as long as a code can be, and one byte longer.
        "longest-codes" => b"UPD4_FAIL_000000000000000000000000000000000000000000000000000000 ",
        "too-long-codes" => b"UPD4_FAIL_0000000000000000000000000000000000000000000000000000000 ",
        "codes" => b"UPD4_FAIL_207 ",
        "unknown-codes" => b"UPD9_X_1,",
        // Codes behind escape sequences, and behind what looks like one for as long as possible.
        "escaped-codes" => b"\\u001b[31mUPD4_FAIL_207",
        "colour-without-escape" => b"[31mSYS_111",
        "backslashes" => b"\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\\nSYS_111",
        "long-parameters" => b"\x1b[0123456789;0123456789;0123456789mSYS_1",
        "too-long-parameters" => b"\x1b[0123456789;0123456789;0123456789;mSYS_1",
        "parameters-without-end" => b"0mSYS_1;",
        _ => panic!("no haystack is called {kind}"),
    };
    unit.iter().copied().cycle().take(len).collect()
}

/// What is counted.
#[inline(never)]
#[unsafe(no_mangle)]
fn counted_scan(haystack: &[u8]) -> usize {
    if cfg!(feature = "control") {
        // As if each match were looked for from the start.
        return (0..haystack.len() / 4096).map(|end| find_iter(&haystack[..end * 4096]).count()).sum();
    }
    find_iter(haystack).count()
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let [_, kind, numbers @ ..] = &arguments[..] else { panic!("expected KIND BYTES LEN SCANS") };
    let numbers: Vec<usize> = numbers.iter().map(|number| number.parse().expect("a number")).collect();
    let [bytes, len, scans] = numbers[..] else { panic!("expected KIND BYTES LEN SCANS") };
    let haystack = haystack(kind, bytes);
    let mut lens = vec![bytes, len];
    lens.dedup();
    let mut times = vec![Vec::new(); lens.len()];
    for _ in 0..scans {
        for (len, times) in lens.iter().zip(&mut times) {
            let start = processor_time();
            black_box(haystack.chunks(*len).map(|haystack| counted_scan(black_box(haystack))).sum::<usize>());
            times.push(processor_time() - start);
        }
    }
    for times in &mut times {
        times.sort();
        println!("{}", times[scans / 2]);
    }
}

/// Nanoseconds that this thread has run: waiting for a processor does not count.
fn processor_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for the call to write to.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
