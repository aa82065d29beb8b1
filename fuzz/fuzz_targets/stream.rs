//! Any bytes in buffers of any size: `StreamFinder` finds what the oracle finds in the whole.
//!
//! The first byte is the number of cuts, each of which takes one byte more.
#![no_main]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use event_log_codes::{EventCode, StreamFinder, StreamMatch};
use libfuzzer_sys::fuzz_target;

fn parts(found: StreamMatch<'_>) -> oracle::Found {
    assert_eq!(found.as_bytes().len() as u64, found.end() - found.start());
    (found.start() as usize, found.end() as usize, found.code().map(EventCode::as_str))
}

fuzz_target!(|input: &[u8]| {
    let Some((count, rest)) = input.split_first() else { return };
    let Some((cuts, haystack)) = rest.split_at_checked(usize::from(count % 16)) else { return };
    let mut cuts: Vec<_> = cuts.iter().map(|cut| usize::from(*cut).min(haystack.len())).collect();
    cuts.push(haystack.len());
    cuts.sort();
    let mut whole = StreamFinder::new();
    let (mut in_buffers, mut in_pieces) = (Vec::new(), Vec::new());
    let mut start = 0;
    for end in cuts {
        in_buffers.extend(whole.feed(&haystack[start..end]).map(parts));

        let before = &haystack[start.saturating_sub(StreamFinder::LOOK_BEHIND)..start];
        let after = &haystack[end..haystack.len().min(end + StreamFinder::LOOK_AHEAD)];
        let mut piece = StreamFinder::starting_at(start as u64, before);
        in_pieces.extend(piece.feed(&haystack[start..end]).map(parts));
        in_pieces.extend(piece.finish_before(after).map(parts));
        start = end;
    }
    in_buffers.extend(whole.finish().map(parts));
    let expected = oracle::find_all(haystack);
    assert_eq!(in_buffers, expected);
    assert_eq!(in_pieces, expected);
});
