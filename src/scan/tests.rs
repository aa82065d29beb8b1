//! Compares every engine with the oracle on the same haystacks.

use std::vec::Vec;

use super::word::{WINDOW, is_word_byte};
use super::{BLOCK, CHUNK, FindIter, Match, engine, engine::Engine, first, portable};
use crate::EventCode;

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

/// The engines that this processor can run.
fn engines() -> impl Iterator<Item = Engine> {
    [
        Some(Engine::Portable),
        #[cfg(simd)]
        Some(Engine::Sse2(super::simd::Sse2)),
        #[cfg(simd)]
        super::simd::Avx2::detect().map(Engine::Avx2),
        #[cfg(neon)]
        Some(Engine::Neon(super::neon::Neon)),
    ]
    .into_iter()
    .flatten()
}

fn check(haystack: &[u8]) {
    let expected = oracle::find_all(haystack);
    let expected_ignoring_case = oracle::find_all_ignore_ascii_case(haystack);
    for engine in engines() {
        let parts = |found: Match| (found.start(), found.end(), found.code().map(EventCode::as_str));
        let found: Vec<_> = FindIter::<false>::new(haystack, 0, engine).map(parts).collect();
        assert_eq!(found, expected, "{engine:?} in \"{}\"", haystack.escape_ascii());
        let found: Vec<_> = FindIter::<true>::new(haystack, 0, engine).map(parts).collect();
        assert_eq!(found, expected_ignoring_case, "{engine:?} in \"{}\"", haystack.escape_ascii());
        for taken in 0..3 {
            let mut iter = FindIter::<false>::new(haystack, 0, engine);
            let mut found: Vec<_> = iter.by_ref().take(taken).map(parts).collect();
            iter.for_each(|next| found.push(parts(next)));
            assert_eq!(found, expected, "{engine:?} in \"{}\"", haystack.escape_ascii());
        }
        let found = first(haystack, 0, engine).map(parts);
        assert_eq!(found.as_ref(), expected.first(), "{engine:?} in \"{}\"", haystack.escape_ascii());
    }
}

/// Of a long list of cases, every how many is tried: all of them in the optimised tests of `scripts/prove`.
const STEP: usize = if cfg!(debug_assertions) { 5 } else { 1 };

/// Bytes around a word that are likely to be mistaken for parts of it, of a code or of an escape.
const NOISE: &[u8] = b"UPDSYupdsy_4Q0 .\"\n@[`{~\\n%\x7F\x80\xFF";

/// A linear congruential generator (Knuth's MMIX): any noise will do, if it is the same in every run.
fn noise(seed: u64) -> impl Iterator<Item = u8> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        NOISE[(state >> 33) as usize % NOISE.len()]
    })
}

#[test]
fn every_alignment_and_every_tail() {
    for code in
        ["SYS_111", "UPD1_OK_1", "UPD4_FAIL_207", "UPD2_REPORT_HASH", "UPD2_REPORT_VERSION", "UPD9_X_9"]
    {
        for before in 0..BLOCK + WINDOW {
            for after in (0..2 * BLOCK).step_by(STEP) {
                let mut haystack: Vec<u8> = std::iter::repeat_n(b' ', before).collect();
                haystack.extend_from_slice(code.as_bytes());
                haystack.extend(std::iter::repeat_n(b'.', after));
                check(&haystack);
                // As if behind an escape, half in lower case.
                if before >= 2 && after % 8 == 0 {
                    haystack[before - 2..before].copy_from_slice(b"\\n");
                    haystack[before..before + 4].make_ascii_lowercase();
                    check(&haystack);
                }
            }
        }
    }
}

#[test]
fn every_length_around_a_chunk() {
    for len in CHUNK - 2 * BLOCK..CHUNK + 2 * BLOCK {
        let mut haystack: Vec<u8> = b"UPD4_FAIL_207 SYS_999;".iter().copied().cycle().take(len).collect();
        check(&haystack);
        haystack.fill(b'-');
        let end = len - b"SYS_111".len();
        haystack[end..].copy_from_slice(b"SYS_111");
        check(&haystack);
    }
}

#[test]
fn noise_of_every_length() {
    for len in 0..700 {
        check(&noise(len as u64).take(len).collect::<Vec<_>>());
    }
    check(&noise(0).take(1 << 18).collect::<Vec<_>>());
}

#[test]
fn words_of_every_length() {
    for len in 0..=2 * BLOCK {
        for prefix in [&b"UPD4_"[..], b"SYS_", b"upd4_A_", b""] {
            for filler in [b'A', b'1', b'a', b'_'] {
                let mut haystack = std::vec![b' '];
                haystack.extend_from_slice(prefix);
                haystack.extend(std::iter::repeat_n(filler, len));
                check(&haystack);
                check(&haystack[1..]);
                haystack.extend_from_slice(b"_1 UPD1_OK_1");
                check(&haystack);
            }
        }
    }
}

#[test]
fn every_engine_knows_the_word_bytes() {
    for byte in 0..=u8::MAX {
        let expected = u32::from(oracle::is_word_byte(byte));
        assert_eq!(u32::from(is_word_byte(byte)), expected);
        for place in 0..WINDOW {
            let mut window = [b' '; WINDOW];
            window[place] = byte;
            assert_eq!(portable::word_bytes(&window), expected << place, "{byte:#x} at {place}");
            assert_eq!(engine::word_bytes(&window), expected << place, "{byte:#x} at {place}");
        }
    }
}
