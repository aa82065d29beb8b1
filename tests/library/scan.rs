//! Compares `find_iter`, `find_iter_ignore_ascii_case` and `find` with the oracle.
//!
//! With `EVENT_LOG_CODES_LONG_TESTS` set, 10 million random haystacks are searched instead of 5 000, and
//! tests that otherwise take one code of each length take every code.

use event_log_codes::{EventCode, FindIter, find, find_iter, find_iter_ignore_ascii_case};
use proptest::prelude::*;

use crate::oracle;
use crate::random::{self, SplitMix};

/// Collects the matches and checks on the way that they are consistent.
#[track_caller]
fn collect<const IGNORE_ASCII_CASE: bool>(
    haystack: &[u8],
    mut matches: FindIter<'_, IGNORE_ASCII_CASE>,
) -> Vec<oracle::Found> {
    let mut found = Vec::new();
    let all = matches.clone().count();
    let last = matches.clone().last();
    loop {
        let (least, most) = matches.size_hint();
        assert!((least..=most.unwrap()).contains(&(all - found.len())), "{}", haystack.escape_ascii());
        let Some(next) = matches.next() else { break };
        assert_eq!(next.range(), next.start()..next.end());
        assert_eq!(next.as_bytes(), &haystack[next.range()]);
        assert_eq!(next.as_str().as_bytes(), next.as_bytes());
        found.push((next.start(), next.end(), next.code().map(EventCode::as_str)));
    }
    assert_eq!(matches.next(), None, "nothing follows the end");
    assert_eq!(found.len(), all);
    assert_eq!(found.last().map(|(start, ..)| *start), last.map(|last| last.start()));
    found
}

#[track_caller]
fn check(haystack: &[u8]) {
    let matches = find_iter(haystack);
    assert_eq!(find(haystack), matches.clone().next());
    assert_eq!(collect(haystack, matches), oracle::find_all(haystack), "{}", haystack.escape_ascii());
}

#[track_caller]
fn check_ignoring_case(haystack: &[u8]) {
    assert_eq!(
        collect(haystack, find_iter_ignore_ascii_case(haystack)),
        oracle::find_all_ignore_ascii_case(haystack),
        "{}",
        haystack.escape_ascii()
    );
}

/// The words that the scanner finds, as text.
fn words(haystack: &str) -> Vec<&str> {
    check(haystack.as_bytes());
    find_iter(haystack.as_bytes()).map(|found| found.as_str()).collect()
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

/// Checks the contract sentence by sentence, without the oracle.
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
fn codes_after_escapes() {
    for code in ["UPD4_FAIL_207", "SYS_111", "UPD2_REPORT_VERSION", "UPD9_NEW_1"] {
        for escape in random::ESCAPES {
            for before in ["", "x", "failed:", "{\"log\":\"", "SYS_112 ", "\\", " %", "#", "\u{e9}"] {
                for after in ["", " ", "\\n", "%22", "#012", "\x1b[0m", "\"}", "\u{e9}"] {
                    let haystack = format!("{before}{escape}{code}{after}");
                    let last = words(&haystack).pop();
                    assert_eq!(last, Some(code), "{}", haystack.escape_debug());
                    let start = find_iter(haystack.as_bytes()).last().unwrap().start();
                    assert_eq!(start, before.len() + escape.len(), "{}", haystack.escape_debug());
                    check_ignoring_case(haystack.as_bytes());
                    check_ignoring_case(format!("{before}{escape}{}{after}", code.to_lowercase()).as_bytes());
                }
            }
        }
        for no_escape in random::NO_ESCAPES {
            for before in ["", "failed:", "{\"log\":\"", "\u{e9}"] {
                let haystack = format!("{before}{no_escape}{code} ");
                assert_eq!(words(&haystack), [""; 0], "{}", haystack.escape_debug());
                check_ignoring_case(haystack.as_bytes());
            }
        }
    }
}

/// Every byte in place of each byte of every escape, and every byte after it.
#[test]
fn every_substitution_in_every_escape() {
    for escape in random::ESCAPES {
        let mut haystack = [escape.as_bytes(), b" SYS_111 SYS_112"].concat();
        haystack.remove(escape.len());
        for at in 0..escape.len() {
            let original = haystack[at];
            for byte in 0..=255 {
                haystack[at] = byte;
                check(&haystack);
            }
            haystack[at] = original;
            // Cut off at the start, and with one more byte.
            check(&haystack[at..]);
            haystack.insert(at, original);
            check(&haystack);
            haystack.remove(at);
        }
    }
}

/// Codes put into lines as logs hold them, after each escape, in the form that each log would have.
#[test]
fn codes_after_escapes_in_real_lines() {
    let lines = [
        (
            r#"{"log":"2026-08-29T08:14:02Z update-service device 0173bc91 failed:@ retry\\n","stream":"stderr"}"#,
            "@",
        ),
        ("<14>Aug 29 08:14:02 gw-7 update[311]: device 0173bc91 reported@#012  retry=2", "@"),
        (
            "172.17.0.9 - - [29/Aug/2026:08:14:02 +0000] \"GET /v3/device-events?filter=event_type%3D@ HTTP/1.1\" 200 512",
            "@",
        ),
        ("\x1b[2m2026-08-29T08:14:02.1Z\x1b[0m \x1b[31mERROR\x1b[0m update: @\x1b[0m device=0173bc91", "@"),
        ("b'device 0173bc91 failed@\\r\\n'", "@"),
        ("@", "@"),
    ];
    for (line, place) in lines {
        for escape in random::ESCAPES {
            for code in codes() {
                let haystack = line.replace(place, &format!("{escape}{code}"));
                assert_eq!(words(&haystack), [code], "{}", haystack.escape_debug());
            }
        }
    }
}

#[test]
fn any_mix_of_cases() {
    for code in oracle::codes() {
        for spelled in [code.to_string(), code.to_lowercase(), code[..4].to_lowercase() + &code[4..]] {
            for (before, after) in
                [("", ""), ("/", "?"), ("\\n", "\\n"), ("%2f", "%3f"), ("\x1b[1m", "\x1b[m")]
            {
                let haystack = format!("{before}{spelled}{after}");
                let found: Vec<_> = find_iter_ignore_ascii_case(haystack.as_bytes()).collect();
                assert_eq!(found.len(), 1, "{haystack}");
                assert_eq!(found[0].as_str(), spelled);
                assert_eq!(found[0].code().map(EventCode::as_str), Some(*code));
            }
            check_ignoring_case(format!("a{spelled} {spelled}b {spelled}_ é{spelled}é").as_bytes());
        }
    }
    let found: Vec<_> =
        find_iter_ignore_ascii_case(b"upd7_new_a1b2 sYs_9999 upd7_n3w_1 update sys_a uPd").collect();
    assert_eq!(found.iter().map(|found| found.as_str()).collect::<Vec<_>>(), ["upd7_new_a1b2", "sYs_9999"]);
    assert!(found.iter().all(|found| found.code().is_none()));
}

#[test]
fn a_word_of_64_bytes_is_the_longest() {
    for len in 60..70 {
        for (head, filler) in [("UPD4_FAIL_", b'7'), ("UPD4_A_", b'Z'), ("SYS_", b'1')] {
            let mut word = head.as_bytes().to_vec();
            word.resize(len, filler);
            check(&word);
            check_ignoring_case(&word.to_ascii_lowercase());
            assert_eq!(find_iter(&word).count(), usize::from(len <= 64), "{len}");
            assert_eq!(find_iter(&[b"\\n", &word[..]].concat()).count(), usize::from(len <= 64), "{len}");
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
                check_ignoring_case(&haystack);
            }
            haystack[at] = original;
        }
    }
}

/// Vector code works in blocks, so a code is put at every place of a block, with every length of text
/// after it, and the haystack at every alignment to a cache line.
#[test]
fn every_alignment_and_every_tail_around_every_code() {
    #[repr(align(64))]
    struct Lines([u8; 64 + 32 + 128]);

    for code in codes() {
        // Full of words that begin like codes.
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

/// A code at every place of a long haystack, and as the end of a haystack of every length: in each block
/// of a chunk, and at the edges of chunks.
#[test]
fn every_place_in_long_haystacks() {
    const LEN: usize = 3 * 2048;
    // Unoptimised, one such scan takes most of a millisecond.
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

/// Bytes before the start and after the end of a haystack make no difference.
#[test]
fn every_slice_of_a_text() {
    let text = b"SYS_111 \\nUPD4_FAIL_207,UPD2_REPORT_VERSION\xffUPD9_NEW_1 SYS_ upd \x1b[1;31mSYS_7";
    for start in 0..=text.len() {
        for end in start..=text.len() {
            check(&text[start..end]);
            check_ignoring_case(&text[start..end]);
        }
    }
}

#[test]
fn a_clone_continues_where_the_iterator_was() {
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
        check_ignoring_case(&haystack);
        for found in find_iter(&haystack) {
            *if found.code().is_some() { &mut known } else { &mut unknown } += 1;
        }
    }
    println!("{count} haystacks, {known} codes, {unknown} unknown codes");
    assert!(known > count / 2 && unknown > count / 10, "{known} codes and {unknown} unknown ones found");
}

/// A piece of a haystack that is likely to be part of a code, or to come before or after one.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::sample::select(oracle::codes()).prop_map(|code| code.as_bytes().to_vec()),
        "UPD[0-9]?_?[A-Z]{0,5}_?[A-Z0-9]{0,70}".prop_map(String::into_bytes),
        "SYS_?[0-9]{0,70}[a-z_]?".prop_map(String::into_bytes),
        "[ \\n\",:_a-zA-Z0-9]{0,3}".prop_map(String::into_bytes),
        prop::sample::select(random::ESCAPES).prop_map(|escape| escape.as_bytes().to_vec()),
        r"[\\#%^x1b0\[]{1,4}[0-9a-fnux;:\[]{0,6}[a-zA-Z]?".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..80),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes(haystack in prop::collection::vec(any::<u8>(), 0..600)) {
        check(&haystack);
        check_ignoring_case(&haystack);
    }

    #[test]
    fn any_pieces(pieces in prop::collection::vec(piece(), 0..12)) {
        let haystack = pieces.concat();
        check(&haystack);
        check_ignoring_case(&haystack);
    }
}
