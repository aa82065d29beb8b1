//! What was probably meant.

use crate::known_code::KnownCode;

/// More differences than that are no typing mistake.
const MAX_DISTANCE: usize = 3;
const MAX_SUGGESTIONS: usize = 3;
/// Texts that are less alike than that are different texts; 1 is the same text.
const MIN_SIMILARITY: f64 = 0.6;

/// The codes nearest to what was typed; among equals those with the nearest number first.
pub fn codes(typed: &str) -> Vec<&'static str> {
    let typed = typed.to_ascii_uppercase();
    let mut near: Vec<_> = KnownCode::all()
        .map(|code| (strsim::osa_distance(&typed, code.as_str()), code))
        .filter(|&(distance, _)| distance <= MAX_DISTANCE)
        .collect();
    near.sort_by_key(|&(distance, code)| (distance, number_distance(&typed, code)));
    let nearest = near.first().map_or(0, |&(distance, _)| distance);
    near.into_iter()
        .take_while(|&(distance, _)| distance == nearest)
        .take(MAX_SUGGESTIONS)
        .map(|(_, code)| code.as_str())
        .collect()
}

fn number_distance(typed: &str, code: KnownCode) -> u64 {
    let digits = typed.rsplit('_').next().and_then(|digits| digits.parse::<i64>().ok());
    match (digits, code.number()) {
        (Some(typed), Some(number)) => typed.abs_diff(number.into()),
        _ => u64::MAX,
    }
}

/// The portal text most like what was typed, in quotes; nothing if none is like it.
pub fn texts(typed: &str) -> Vec<String> {
    let typed = typed.to_lowercase();
    let texts = KnownCode::all().filter_map(KnownCode::portal_text);
    let nearest = texts
        .map(|text| (strsim::normalized_levenshtein(&typed, &text.to_lowercase()), text))
        .filter(|&(similarity, _)| similarity >= MIN_SIMILARITY)
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    nearest.into_iter().map(|(_, text)| format!("{text:?}")).collect()
}
