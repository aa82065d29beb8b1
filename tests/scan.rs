//! `find_iter` and `find` against the oracle.
//!
//! With `EVENT_LOG_CODES_LONG_TESTS` set, 10 million haystacks are drawn instead of 5 000, and what is
//! done to one code of each length is done to every code.

mod oracle;
mod random;

use event_log_codes::{find, find_iter};
use proptest::prelude::*;
use random::SplitMix;

/// Everything that the scanner says of a haystack, checked for consistency on the way.
#[track_caller]
fn scanned(haystack: &[u8]) -> Vec<(usize, usize, Option<&'static str>)> {
    let mut matches = find_iter(haystack);
    assert_eq!(find(haystack), matches.clone().next());
    let mut found = Vec::new();
    for next in &mut matches {
        assert_eq!(next.range(), next.start()..next.end());
        assert_eq!(next.as_bytes(), &haystack[next.range()]);
        found.push((next.start(), next.end(), next.code().map(|code| code.as_str())));
    }
    assert_eq!(matches.next(), None, "nothing follows the end");
    found
}

#[track_caller]
fn check(haystack: &[u8]) {
    assert_eq!(scanned(haystack), oracle::find_all(haystack), "{}", haystack.escape_ascii());
}

/// Words the scanner yields, as text.
fn words(haystack: &str) -> Vec<&str> {
    check(haystack.as_bytes());
    find_iter(haystack.as_bytes()).map(|found| &haystack[found.range()]).collect()
}

/// One code of each length; in the long run, all.
fn codes() -> Vec<&'static str> {
    let mut codes = oracle::codes().to_vec();
    if !random::long_run() {
        codes.sort_by_key(|code| code.len());
        codes.dedup_by_key(|code| code.len());
    }
    codes
}

/// The oracle itself on the sentences of the contract, so that both can't be wrong alike.
#[test]
fn the_contract() {
    // Catalogued and not, at both ends and between.
    assert_eq!(words("UPD4_FAIL_207 UPD4_FAIL_999 SYS_111"), ["UPD4_FAIL_207", "UPD4_FAIL_999", "SYS_111"]);
    let codes: Vec<_> = find_iter(b"UPD4_FAIL_999 SYS_111").map(|found| found.code()).collect();
    assert_eq!(codes, [None, Some(event_log_codes::EventCode::Sys111)]);
    // Every part of the shape.
    assert_eq!(
        words("UPD0_A_B UPD9_ZZZ_0Z9 SYS_0 SYS_00000000000000000"),
        ["UPD0_A_B", "UPD9_ZZZ_0Z9", "SYS_0", "SYS_00000000000000000"]
    );
    for other in [
        "",
        "U",
        "UPD",
        "UPD4",
        "UPD4_",
        "UPD4_FAIL",
        "UPD4_FAIL_",
        "UPD4__207",
        "UPD4_F4IL_207",
        "UPDX_FAIL_207",
        "UPD_FAIL_207",
        "UPD44_FAIL_207",
        "UPD4_FAIL_20_7",
        "UPD4_FAIL__207",
        "SYS",
        "SYS_",
        "SYS_A",
        "SYS_1A",
        "SYS__1",
        "SYS_1_",
        "SYS1",
        "SYS_-1",
        "XUPD4_FAIL_207",
        "_SYS_111",
        "SYS_111_",
        "SYS_111a",
        "aSYS_111",
        "0SYS_111",
        "upd4_fail_207",
        "UPD4_fail_207",
        "Sys_111",
        "UPD4-FAIL-207",
        "UPD4 FAIL 207",
        "update.device.device-created",
    ] {
        assert_eq!(words(other), [""; 0], "{other}");
    }
    // Real surroundings.
    assert_eq!(words(r#"{"event_type":"UPD4_FAIL_218"}"#), ["UPD4_FAIL_218"]);
    assert_eq!(
        words("[UPD1_OK_1],(SYS_112);SYS_100=SYS_101/SYS_102"),
        ["UPD1_OK_1", "SYS_112", "SYS_100", "SYS_101", "SYS_102"]
    );
    assert_eq!(words("éSYS_111é — UPD2_REPORT_VERSION\u{2028}"), ["SYS_111", "UPD2_REPORT_VERSION"]);
}

#[test]
fn a_word_of_64_bytes_is_the_longest() {
    for len in 60..70 {
        for (head, filler) in [("UPD4_FAIL_", b'7'), ("UPD4_A_", b'Z'), ("SYS_", b'1')] {
            let mut word = head.as_bytes().to_vec();
            word.resize(len, filler);
            check(&word);
            assert_eq!(find_iter(&word).count(), usize::from(len <= 64), "{len}");
            for around in [&b"  "[..], b"\xff\xff", b"\"\""] {
                check(&[around, &word, around].concat());
            }
        }
    }
}

#[test]
fn every_byte_beside_every_code() {
    for code in oracle::codes() {
        for byte in 0..=255 {
            for haystack in [
                [&[byte], code.as_bytes()].concat(),
                [code.as_bytes(), &[byte]].concat(),
                [code.as_bytes(), &[byte], code.as_bytes()].concat(),
            ] {
                check(&haystack);
            }
        }
    }
}

#[test]
fn every_substitution_in_every_code() {
    for code in codes() {
        let mut haystack = [b" ", code.as_bytes(), b" SYS_111"].concat();
        for at in 0..=code.len() + 1 {
            let original = haystack[at];
            for byte in 0..=255 {
                haystack[at] = byte;
                check(&haystack);
            }
            haystack[at] = original;
        }
    }
}

/// Vector code looks at blocks: a code is put at every place of a block, with every length of text
/// after it, and the haystack itself at every place of the processor's lines.
#[test]
fn every_alignment_and_every_tail_around_every_code() {
    #[repr(align(64))]
    struct Lines([u8; 64 + 32 + 128]);

    for code in codes() {
        // Full of words that begin like codes and are none.
        let mut lines = Lines(std::array::from_fn(|at| b"UPD SYS_ UPD4_ _"[at % 16]));
        let filled = lines.0;
        for alignment in 0..64 {
            let end = alignment + code.len();
            lines.0[alignment..end].copy_from_slice(code.as_bytes());
            lines.0[end] = b' ';
            if alignment > 0 {
                lines.0[alignment - 1] = b' ';
            }
            for tail in 0..128 {
                let before = (0, alignment);
                let at_start = (alignment, 0);
                for (start, place) in [before, at_start] {
                    let haystack = &lines.0[start..end + tail];
                    let mut found = find_iter(haystack);
                    let first = found.next().unwrap_or_else(|| panic!("{code} at {alignment} before {tail}"));
                    assert_eq!(
                        first.range(),
                        place..place + code.len(),
                        "{code} at {alignment} before {tail}"
                    );
                    assert_eq!(first.code().map(|found| found.as_str()), Some(code));
                    assert_eq!(found.next(), None, "{code} at {alignment} before {tail}");
                }
            }
            lines.0 = filled;
        }
    }
}

/// A code at every place of a long haystack, and at the end of every length of one: block after
/// block, and where the blocks that are looked at together end.
#[test]
fn every_place_in_long_haystacks() {
    const LEN: usize = 3 * 2048;
    // Unoptimised, a scan of such a haystack takes a large part of a millisecond.
    let (codes, places) = match random::long_run() {
        true => (codes(), 1..LEN),
        false => (vec!["SYS_111", "UPD2_REPORT_VERSION"], 1980..2120),
    };
    let filled: Vec<u8> = b"UPD SYS_ UPD4_ _ ".iter().copied().cycle().take(LEN).collect();
    for code in codes {
        for start in places.clone().take_while(|start| start + code.len() < LEN) {
            let end = start + code.len();
            let mut haystack = filled.clone();
            haystack[start..end].copy_from_slice(code.as_bytes());
            (haystack[start - 1], haystack[end]) = (b' ', b' ');
            for haystack in [&haystack[..], &haystack[..end], &haystack[start..]] {
                let mut found = find_iter(haystack);
                let first = found.next().unwrap_or_else(|| panic!("{code} at {start} of {}", haystack.len()));
                assert_eq!(first.as_bytes(), code.as_bytes(), "at {start} of {}", haystack.len());
                assert_eq!(found.next(), None, "after {code} at {start} of {}", haystack.len());
            }
        }
    }
}

/// Nothing before the start or after the end of a haystack has a say in it.
#[test]
fn what_is_cut_off_does_not_count() {
    let text = b"SYS_111 UPD4_FAIL_207,UPD2_REPORT_VERSION\xffUPD9_NEW_1 SYS_ upd SYS_7";
    for start in 0..=text.len() {
        for end in start..=text.len() {
            check(&text[start..end]);
        }
    }
}

#[test]
fn an_iterator_goes_on_where_its_clone_went_on() {
    let mut found = find_iter(b"SYS_111 SYS_112 SYS_113");
    found.next();
    let clone = found.clone();
    assert_eq!(clone.collect::<Vec<_>>(), found.collect::<Vec<_>>());
}

#[test]
fn random_haystacks() {
    let count = if random::long_run() { 10_000_000 } else { 5_000 };
    let mut draw = SplitMix(0x5EED);
    let mut haystack = Vec::new();
    let (mut known, mut unknown) = (0_u64, 0_u64);
    for _ in 0..count {
        draw.haystack(&mut haystack);
        check(&haystack);
        for found in find_iter(&haystack) {
            *if found.code().is_some() { &mut known } else { &mut unknown } += 1;
        }
    }
    println!("{count} haystacks, {known} codes, {unknown} unknown codes");
    assert!(known > count / 2 && unknown > count / 10, "{known} codes and {unknown} unknown ones found");
}

/// A piece of a haystack that is likely to be part of a code, or to end one.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::sample::select(oracle::codes()).prop_map(|code| code.as_bytes().to_vec()),
        "UPD[0-9]?_?[A-Z]{0,5}_?[A-Z0-9]{0,70}".prop_map(String::into_bytes),
        "SYS_?[0-9]{0,70}[a-z_]?".prop_map(String::into_bytes),
        "[ \\n\",:_a-zA-Z0-9]{0,3}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..80),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(haystack in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert_eq!(scanned(&haystack), oracle::find_all(&haystack));
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(piece(), 0..12)) {
        let haystack = pieces.concat();
        prop_assert_eq!(scanned(&haystack), oracle::find_all(&haystack));
    }
}
