//! Compares `StreamFinder` with the oracle on the whole input, for every way of cutting it.
//!
//! With `EVENT_LOG_CODES_LONG_TESTS` set, a million random haystacks are cut instead of 2 000.

use event_log_codes::{EventCode, StreamFinder, StreamMatch, find_iter};
use proptest::prelude::*;

use crate::oracle;
use crate::random::{self, SplitMix};

fn parts(found: StreamMatch<'_>) -> oracle::Found {
    assert_eq!(found.range(), found.start()..found.end());
    assert_eq!(found.as_str().as_bytes(), found.as_bytes());
    assert_eq!(found.end() - found.start(), found.as_bytes().len() as u64);
    (found.start() as usize, found.end() as usize, found.code().map(EventCode::as_str))
}

/// Feeds the buffers to one finder.
fn feed_all<'a>(buffers: impl IntoIterator<Item = &'a [u8]>) -> Vec<oracle::Found> {
    let mut finder = StreamFinder::new();
    let mut found = Vec::new();
    let mut joined = Vec::new();
    for buffer in buffers {
        joined.extend_from_slice(buffer);
        let matches = finder.feed(buffer);
        let (least, most) = matches.size_hint();
        let mut folded = Vec::new();
        matches.clone().for_each(|next| folded.push(next));
        assert!((least..=most.unwrap()).contains(&folded.len()));
        assert_eq!(matches.clone().collect::<Vec<_>>(), folded);
        for next in matches {
            assert_eq!(next.as_bytes(), &joined[next.start() as usize..next.end() as usize]);
            found.push(parts(next));
        }
    }
    found.extend(finder.finish().map(parts));
    found
}

/// Cuts the haystack at each of `cuts`, in order, and feeds the buffers to one finder.
fn cut(haystack: &[u8], cuts: &[usize]) -> Vec<oracle::Found> {
    feed_all(ranges(haystack.len(), cuts).map(|range| &haystack[range]))
}

/// Cuts the haystack at each of `cuts`, in order, and gives each piece a finder of its own.
fn cut_in_parallel(haystack: &[u8], cuts: &[usize]) -> Vec<oracle::Found> {
    let mut found = Vec::new();
    for range in ranges(haystack.len(), cuts) {
        let before = &haystack[range.start.saturating_sub(StreamFinder::LOOK_BEHIND)..range.start];
        let after = &haystack[range.end..haystack.len().min(range.end + StreamFinder::LOOK_AHEAD)];
        let mut finder = StreamFinder::starting_at(range.start as u64, before);
        found.extend(finder.feed(&haystack[range.clone()]).map(parts));
        found.extend(finder.finish_before(after).map(parts));
    }
    found
}

fn ranges(len: usize, cuts: &[usize]) -> impl Iterator<Item = std::ops::Range<usize>> {
    let starts = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().chain(std::iter::once(len));
    starts.zip(ends).map(|(start, end)| start..end)
}

/// Codes that begin like others, the longest escapes, and words as long as a code can be.
fn crafted() -> Vec<Vec<u8>> {
    let longest = format!("UPD4_FAIL_{}", "7".repeat(54));
    let colour = format!("\\u001b[{}m", "0".repeat(32));
    assert_eq!((longest.len(), colour.len()), (64, StreamFinder::LOOK_BEHIND));
    vec![
        b"UPD4_FAIL_220 UPD4_FAIL_22,SYS_111".to_vec(),
        b"SYS_1 SYS_11\nSYS_111 SYS_1111 xSYS_111 SYS_111x SYS_".to_vec(),
        b"{\"log\":\"failed:\\\\nUPD4_FAIL_207\\\\u001b[0mSYS_111\\\\x0aSYS_112%0ASYS_100#012SYS_101\"}"
            .to_vec(),
        b"\x1b[1;31mUPD4_FAIL_207\x1b[0m \\\\033[mSYS_111 ^[[?25hSYS_112 #033[KSYS_113".to_vec(),
        b"nUPD4_FAIL_207 [31mSYS_111 0x0aSYS_112 2SYS_113 \\\\u00aSYS_114".to_vec(),
        format!("{longest} {longest}").into_bytes(),
        format!("{longest}7 {longest}7").into_bytes(),
        format!("{colour}{longest}\\n{longest}{colour}SYS_111").into_bytes(),
        format!("x{colour}{longest}7\\n{longest}").into_bytes(),
        format!("{}0m{longest}", &colour[..30]).into_bytes(),
        format!("\\x1b[{}mSYS_111 \\x1b[{}mSYS_112", "1".repeat(32), "1".repeat(33)).into_bytes(),
    ]
}

/// A code after each escape, and after what looks like one.
fn escaped() -> Vec<Vec<u8>> {
    let escapes = random::ESCAPES.iter().chain(random::NO_ESCAPES);
    escapes.map(|escape| format!("{escape}UPD4_FAIL_220{escape}SYS_111").into_bytes()).collect()
}

#[test]
fn every_cut_of_crafted_inputs() {
    for input in crafted().into_iter().chain(escaped()) {
        let in_three = random::long_run() || input.len() < 40 || input.len() > 60;
        let expected = oracle::find_all(&input);
        for first in 0..=input.len() {
            assert_eq!(cut(&input, &[first]), expected, "{} at {first}", input.escape_ascii());
            assert_eq!(cut_in_parallel(&input, &[first]), expected, "{} at {first}", input.escape_ascii());
            for second in (first..=input.len()).step_by(random::STEP).filter(|_| in_three) {
                let cuts = [first, second];
                assert_eq!(cut(&input, &cuts), expected, "{} at {cuts:?}", input.escape_ascii());
                assert_eq!(cut_in_parallel(&input, &cuts), expected, "{} at {cuts:?}", input.escape_ascii());
            }
        }
    }
}

/// Between buffers so long that their beginnings and ends are searched apart from the rest.
#[test]
fn every_cut_between_long_buffers() {
    for input in crafted().into_iter().chain(escaped()) {
        for padding in [104, 110, 127, 128, 200] {
            let padding = vec![b'.'; padding];
            let whole = [&padding, &input, &padding].map(Vec::as_slice).concat();
            let expected = oracle::find_all(&whole);
            for at in (padding.len() - 70..=padding.len() + input.len() + 70).step_by(random::STEP) {
                assert_eq!(cut(&whole, &[at]), expected, "{} at {at}", whole.escape_ascii());
            }
        }
    }
}

#[test]
fn buffers_of_every_size() {
    let mut input = [crafted(), escaped()].concat().join(&b' ');
    input.extend([b'U'; 5000]);
    input.extend([crafted(), escaped()].concat().concat());
    let expected = oracle::find_all(&input);
    let sizes = (1..300).chain(1000..1200).step_by(random::STEP);
    for size in sizes.chain([64, 128, 1024, 1027, 4096, 8192, input.len()]) {
        assert_eq!(feed_all(input.chunks(size)), expected, "buffers of {size}");
        let cuts: Vec<_> = (1..input.len()).filter(|at| at % size == 0).collect();
        assert_eq!(cut_in_parallel(&input, &cuts), expected, "pieces of {size}");
    }
}

/// More context than a finder needs, and empty buffers, make no difference.
#[test]
fn more_context_and_empty_buffers() {
    for input in crafted().into_iter().chain(escaped()) {
        let expected = oracle::find_all(&input);
        for at in 0..=input.len() {
            let mut found = Vec::new();
            let mut first = StreamFinder::starting_at(0, b"");
            found.extend(first.feed(b"").map(parts));
            found.extend(first.feed(&input[..at]).map(parts));
            found.extend(first.feed(b"").map(parts));
            found.extend(first.finish_before(&input[at..]).map(parts));
            let mut second = StreamFinder::starting_at(at as u64, &input[..at]);
            found.extend(second.feed(b"").map(parts));
            found.extend(second.feed(&input[at..]).map(parts));
            found.extend(second.finish().map(parts));
            assert_eq!(found, expected, "{} at {at}", input.escape_ascii());
        }
    }
}

#[test]
fn a_dropped_iterator_loses_only_its_own_matches() {
    let mut finder = StreamFinder::new();
    assert_eq!(finder.feed(b"SYS_100 SYS_101 SYS").next().unwrap().as_str(), "SYS_100");
    assert_eq!(finder.feed(b"_102 ").next().unwrap().range(), 16..23);
}

#[test]
fn a_finished_finder_is_as_new() {
    let mut finder = StreamFinder::starting_at(1 << 40, b"UPD4_");
    assert_eq!(finder.feed(b"_ SYS_11").count(), 0);
    assert_eq!(finder.finish().unwrap().range(), (1 << 40) + 2..(1 << 40) + 8);
    assert!(finder.finish().is_none());
    assert_eq!(finder.feed(b"1 SYS_112 ").next().unwrap().range(), 2..9);
}

#[test]
fn a_clone_continues_on_its_own() {
    let mut finder = StreamFinder::new();
    assert_eq!(finder.feed(b"failed:\\").count(), 0);
    let mut clone = finder.clone();
    assert_eq!(finder.feed(b"nSYS_111 ").next().unwrap().range(), 9..16);
    assert!(clone.feed(b"sSYS_111 ").next().is_none());
}

/// Nothing that begins in the context is reported, even if more context is given than the offset says.
#[test]
fn context_that_is_longer_than_the_offset() {
    let mut finder = StreamFinder::starting_at(0, b"SYS_111 UPD4_FAIL_2");
    assert_eq!(finder.feed(b"07 SYS_112 ").next().unwrap().range(), 3..10);
}

#[test]
fn takes_a_few_hundred_bytes() {
    assert!(size_of::<StreamFinder>() < 400, "{}", size_of::<StreamFinder>());
}

#[test]
fn random_cuts_of_random_haystacks() {
    let count = if random::long_run() { 1_000_000 } else { 2_000 };
    let mut draw = SplitMix(0x57EA);
    let mut haystack = Vec::new();
    let mut codes = 0;
    for _ in 0..count {
        draw.haystack(&mut haystack);
        let expected = oracle::find_all(&haystack);
        codes += expected.len();
        let mut cuts: Vec<_> = (0..draw.below(9)).map(|_| draw.below(haystack.len() + 1)).collect();
        cuts.sort();
        assert_eq!(cut(&haystack, &cuts), expected, "{} at {cuts:?}", haystack.escape_ascii());
        assert_eq!(cut_in_parallel(&haystack, &cuts), expected, "{} at {cuts:?}", haystack.escape_ascii());
        assert_eq!(find_iter(&haystack).count(), expected.len());
    }
    println!("{count} haystacks, {codes} codes across random cuts");
    assert!(codes > count / 2);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_buffers(buffers in prop::collection::vec(piece(), 0..40)) {
        let haystack = buffers.concat();
        let expected = oracle::find_all(&haystack);
        prop_assert_eq!(feed_all(buffers.iter().map(Vec::as_slice)), expected.clone());
        let mut cuts = vec![0];
        for buffer in &buffers {
            cuts.push(cuts[cuts.len() - 1] + buffer.len());
        }
        prop_assert_eq!(cut_in_parallel(&haystack, &cuts), expected);
    }
}

/// A buffer that is likely to be part of a code or an escape.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        "U?P?D?[0-9]?_?[A-Z]{0,5}_?[A-Z0-9]{0,4}".prop_map(String::into_bytes),
        "S?Y?S?_?[0-9]{0,3}[ n]?".prop_map(String::into_bytes),
        prop::sample::select(random::ESCAPES).prop_map(|escape| escape.as_bytes().to_vec()),
        r"[\\#%^\x1b]?[0-9a-fnux]{0,4}\[?[0-9;]{0,12}m?".prop_map(String::into_bytes),
        prop::sample::select(oracle::codes()).prop_map(|code| code.as_bytes().to_vec()),
        prop::collection::vec(any::<u8>(), 0..20),
    ]
}
