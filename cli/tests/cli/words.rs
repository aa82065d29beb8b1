//! Codes are found in pieces as in the whole, wherever the pieces are cut.

use std::collections::BTreeMap;

use event_log_codes_cli::input::words::Words;
use proptest::prelude::*;

/// Text dense in codes, in what almost is one, and in words around the limit of length.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![
        4 => prop::sample::select(vec![
            "UPD4_FAIL_207", "SYS_111", "UPD2_REPORT_VERSION", "UPD4_FAIL_999", "UPD4_", "SYS_", "_", "7", "x", " ", "\n",
            "\"", "é", "\0",
        ]).prop_map(|part| part.as_bytes().to_vec()),
        1 => (50_usize..70).prop_map(|len| ["SYS_".as_bytes(), &vec![b'1'; len]].concat()),
        1 => prop::collection::vec(any::<u8>(), 0..4),
    ];
    prop::collection::vec(part, 0..40).prop_map(|parts| parts.concat())
}

fn add(counts: &mut BTreeMap<String, u64>, found: event_log_codes::Match<'_>) {
    *counts.entry(String::from_utf8(found.as_bytes().to_vec()).unwrap()).or_default() += 1;
}

proptest! {
    #[test]
    fn buffers_find_what_the_whole_holds(text in text(), cuts in prop::collection::vec(1_usize..9, 1..20)) {
        let mut counts = BTreeMap::new();
        let mut words = Words::default();
        let mut rest = &text[..];
        for &len in cuts.iter().cycle() {
            if rest.is_empty() {
                break;
            }
            let (bytes, after) = rest.split_at(len.min(rest.len()));
            words.feed(bytes, &mut |found| add(&mut counts, found));
            rest = after;
        }
        words.end(&mut |found| add(&mut counts, found));
        prop_assert_eq!(counts, crate::common::count(&text));
    }

    #[test]
    fn pieces_that_know_only_their_neighbours_find_what_the_whole_holds(
        text in text(),
        piece in 1_usize..80,
        overlap in 1_usize..9,
    ) {
        let mut counts = BTreeMap::new();
        for start in (0..text.len()).step_by(piece) {
            let end = text.len().min(start + piece);
            let mut words = start.checked_sub(1).map_or_else(Words::default, |before| Words::after(text[before]));
            words.feed(&text[start..end], &mut |found| add(&mut counts, found));
            for bytes in text[end..].chunks(overlap) {
                if words.feed_open(bytes) {
                    break;
                }
            }
            words.end(&mut |found| add(&mut counts, found));
        }
        prop_assert_eq!(counts, crate::common::count(&text));
    }
}
