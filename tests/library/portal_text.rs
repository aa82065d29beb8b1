//! `all_with_portal_text`: every legal variation of a text finds the codes that have exactly that
//! text, and nothing else finds any.
//!
//! No two texts of the catalogue are variations of each other, so plain equality tells which codes
//! a variation must find.

use event_log_codes::EventCode;
use proptest::prelude::*;

fn codes_with_exactly(text: &str) -> Vec<EventCode> {
    EventCode::ALL.iter().filter(|code| code.portal_text() == Some(text)).copied().collect()
}

fn texts() -> impl Iterator<Item = &'static str> {
    EventCode::ALL.iter().filter_map(|code| code.portal_text())
}

fn without_stop(text: &str) -> &str {
    text.strip_suffix('.').unwrap_or(text)
}

#[test]
fn every_variation_of_a_text_finds_its_codes() {
    for text in texts() {
        let unstopped = without_stop(text);
        for variation in [
            text.to_string(),
            text.to_ascii_uppercase(),
            text.to_ascii_lowercase(),
            unstopped.to_string(),
            format!("{unstopped}."),
            format!(" \t{unstopped} . \r\n"),
            format!("\u{a0}{text}\u{3000}"),
        ] {
            let found = EventCode::all_with_portal_text(&variation);
            assert_eq!(found, codes_with_exactly(text), "{variation:?}");
        }
    }
}

#[test]
fn several_codes_of_one_text_come_in_catalogue_order() {
    use EventCode::*;
    let cases: [(&str, &[EventCode]); 5] = [
        ("Manifest rejected, certificate not found", &[Upd2Fail6, Upd4Fail208]),
        ("user-defined errors", &[Upd4Fail310, Upd4Fail311, Upd4Fail312, Upd4Fail313, Upd4Fail314]),
        (
            "Payload processing, user-defined error[s]",
            &[Upd4Fail401, Upd4Fail402, Upd4Fail403, Upd4Fail404, Upd4Fail405],
        ),
        (
            "Payload writing error, user-defined error[s].",
            &[Upd4Fail506, Upd4Fail507, Upd4Fail508, Upd4Fail509, Upd4Fail510],
        ),
        (" DEVICE DEREGISTERED", &[Sys105]),
    ];
    for (text, codes) in cases {
        assert_eq!(EventCode::all_with_portal_text(text), codes, "{text:?}");
    }
}

#[test]
fn near_misses_find_nothing() {
    for text in texts() {
        let unstopped = without_stop(text);
        let middle = unstopped.len() / 2;
        for miss in [
            format!("{unstopped}.."),
            format!(".{text}"),
            format!("{}  {}", &text[..middle], &text[middle..]),
            text[1..].to_string(),
            unstopped[..unstopped.len() - 1].to_string(),
            text.replace(['e', 'a'], "á"),
            format!("{text}\0"),
        ] {
            assert!(EventCode::all_with_portal_text(&miss).is_empty(), "{miss:?}");
        }
    }
    // No empty text stands for the codes without one.
    for nothing in ["", " ", ".", " . ", "..", "Idle", "\u{2028}"] {
        assert!(EventCode::all_with_portal_text(nothing).is_empty(), "{nothing:?}");
    }
}

fn any_text() -> impl Strategy<Value = &'static str> {
    prop::sample::select(texts().collect::<Vec<_>>())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_case_stop_and_outer_space_find_the_codes(
        text in any_text(),
        flips in prop::collection::vec(any::<bool>(), 200),
        before in "\\s{0,4}",
        stop in "\\s{0,4}\\.?",
        after in "\\s{0,4}",
    ) {
        let flip = |(char, flip): (char, &bool)| match char {
            'a'..='z' if *flip => char.to_ascii_uppercase(),
            'A'..='Z' if *flip => char.to_ascii_lowercase(),
            char => char,
        };
        let flipped: String = without_stop(text).chars().zip(&flips).map(flip).collect();
        let variation = format!("{before}{flipped}{stop}{after}");
        prop_assert_eq!(EventCode::all_with_portal_text(&variation), codes_with_exactly(text));
    }

    #[test]
    fn an_inserted_character_finds_nothing(
        text in any_text(),
        at in any::<prop::sample::Index>(),
        inserted in "[^\\s.]",
    ) {
        let mut chars: Vec<char> = text.chars().collect();
        chars.insert(at.index(chars.len() + 1), inserted.chars().next().unwrap());
        let changed: String = chars.into_iter().collect();
        prop_assert!(EventCode::all_with_portal_text(&changed).is_empty());
    }
}
