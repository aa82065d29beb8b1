//! `with_portal_text` against a walk through the catalogue.

use event_log_codes::EventCode;
use proptest::prelude::*;

/// Two texts are the same but for outer space, one final stop and ASCII case.
fn naive(text: &str) -> Vec<EventCode> {
    let reduce = |text: &str| {
        let text = text.trim();
        text.strip_suffix('.').unwrap_or(text).trim().to_ascii_lowercase()
    };
    let has_text = |code: &&EventCode| code.portal_text().is_some_and(|known| reduce(known) == reduce(text));
    EventCode::ALL.iter().filter(has_text).copied().collect()
}

fn variations(text: &str) -> Vec<String> {
    let stopped = text.strip_suffix('.').unwrap_or(text);
    let mut swapped = text.to_string();
    swapped[..1].make_ascii_lowercase();
    vec![
        text.to_string(),
        text.to_ascii_uppercase(),
        text.to_ascii_lowercase(),
        swapped,
        stopped.to_string(),
        format!("{stopped}."),
        format!(" \t{stopped} . \r\n"),
        format!("\u{a0}{text}\u{3000}"),
    ]
}

#[test]
fn every_text_finds_its_codes_in_every_variation() {
    for code in EventCode::ALL {
        let Some(text) = code.portal_text() else { continue };
        for variation in variations(text) {
            let found = EventCode::with_portal_text(&variation);
            assert!(found.contains(code), "{variation:?}");
            assert_eq!(found, naive(&variation), "{variation:?}");
        }
    }
}

#[test]
fn one_text_can_be_several_codes_in_catalogue_order() {
    assert_eq!(
        EventCode::with_portal_text("Manifest rejected, certificate not found"),
        [EventCode::Upd2Fail6, EventCode::Upd4Fail208]
    );
    assert_eq!(EventCode::with_portal_text("user-defined errors").len(), 5);
}

#[test]
fn near_misses_find_nothing_or_what_the_walk_finds() {
    for code in EventCode::ALL {
        let Some(text) = code.portal_text() else { continue };
        let middle = text.len() / 2;
        for miss in [
            format!("{text}.."),
            format!(".{text}"),
            format!("{}  {}", &text[..middle], &text[middle..]),
            text[1..].to_string(),
            text[..text.len() - 2].to_string(),
            text.replace('a', "á"),
            format!("{text}\0"),
        ] {
            assert_eq!(EventCode::with_portal_text(&miss), naive(&miss), "{miss:?}");
        }
    }
    // A text that is missing matches nothing: no empty text stands for the codes without one.
    for nothing in ["", " ", ".", " . ", "..", "Idle", "\u{2028}"] {
        assert!(EventCode::with_portal_text(nothing).is_empty(), "{nothing:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_finds_what_the_walk_finds(text in any::<String>()) {
        prop_assert_eq!(EventCode::with_portal_text(&text), naive(&text));
    }

    #[test]
    fn any_change_of_a_text_finds_what_the_walk_finds(
        text in prop::sample::select(EventCode::ALL).prop_filter_map("without text", |code| code.portal_text()),
        at in any::<prop::sample::Index>(),
        put in any::<char>(),
    ) {
        let mut chars: Vec<char> = text.chars().collect();
        let at = at.index(chars.len());
        chars[at] = put;
        let changed: String = chars.into_iter().collect();
        prop_assert_eq!(EventCode::with_portal_text(&changed), naive(&changed));
    }
}
