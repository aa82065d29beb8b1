//! Scans an adversarial haystack, under callgrind or against the clock: `instructions KIND TOTAL LEN SCANS`
//! scans TOTAL bytes, cut into haystacks of LEN, SCANS times.
//!
//! Prints the number of matches and the median of the processor's time for the bytes, in nanoseconds. The
//! same bytes are scanned whole and cut up, so the processor's caches help neither way.

use std::env;
use std::hint::black_box;

use event_log_codes::find_iter;

/// Haystacks chosen to make a careless scanner look at bytes again and again.
fn haystack(kind: &str, len: usize) -> Vec<u8> {
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
    let [_, kind, numbers @ ..] = &arguments[..] else { panic!("expected KIND TOTAL LEN SCANS") };
    let numbers: Vec<usize> = numbers.iter().map(|number| number.parse().expect("a number")).collect();
    let [total, len, scans] = numbers[..] else { panic!("expected KIND TOTAL LEN SCANS") };
    let bytes = haystack(kind, total);
    let mut matches = 0;
    let mut times: Vec<u64> = (0..scans)
        .map(|_| {
            let start = processor_time();
            matches = bytes.chunks(len).map(|haystack| counted_scan(black_box(haystack))).sum();
            processor_time() - start
        })
        .collect();
    times.sort();
    println!("{matches} {}", times[scans / 2]);
}

/// Nanoseconds that this thread has run: waiting for a processor does not count.
fn processor_time() -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is valid for the call to write to.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}
