//! What was probably meant.

use event_log_codes::EventCode;

/// More differences than that are no typing mistake.
const MAX_DISTANCE: usize = 3;
const MAX_SUGGESTIONS: usize = 3;

/// The codes nearest to what was typed, nearest first; among equals those with the nearest number.
pub fn codes(typed: &str) -> Vec<EventCode> {
    let typed = typed.to_ascii_uppercase();
    let mut near: Vec<_> = EventCode::ALL
        .iter()
        .map(|&code| (strsim::osa_distance(&typed, code.as_str()), code))
        .filter(|&(distance, _)| distance <= MAX_DISTANCE)
        .collect();
    near.sort_by_key(|&(distance, code)| (distance, number_distance(&typed, code)));
    let nearest = near.first().map_or(0, |&(distance, _)| distance);
    near.into_iter()
        .take_while(|&(distance, _)| distance == nearest)
        .take(MAX_SUGGESTIONS)
        .map(|(_, code)| code)
        .collect()
}

fn number_distance(typed: &str, code: EventCode) -> u64 {
    let digits = typed.rsplit('_').next().and_then(|digits| digits.parse::<i64>().ok());
    match (digits, code.number()) {
        (Some(typed), Some(number)) => typed.abs_diff(number.into()),
        _ => u64::MAX,
    }
}
