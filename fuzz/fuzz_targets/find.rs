//! Any bytes as a haystack: `find_iter`, `find` and `find_iter_ignore_ascii_case` agree with the oracle.
#![no_main]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use event_log_codes::{EventCode, Match, find, find_iter, find_iter_ignore_ascii_case};
use libfuzzer_sys::fuzz_target;

/// Longer than the chunk that the scanner tests before it looks at the candidates.
const BEFORE: usize = 1100;

fn parts(found: Match<'_>) -> oracle::Found {
    (found.start(), found.end(), found.code().map(EventCode::as_str))
}

fuzz_target!(|haystack: &[u8]| {
    let mut expected = oracle::find_all(haystack).into_iter();
    assert_eq!(find(haystack), find_iter(haystack).next());
    let mut long = vec![b'-'; BEFORE];
    long.extend_from_slice(haystack);
    let mut found_later = find_iter(&long);
    for found in find_iter(haystack) {
        assert_eq!(found.as_bytes(), &haystack[found.range()]);
        assert_eq!(found.as_str().as_bytes(), found.as_bytes());
        assert_eq!(Some(parts(found)), expected.next());
        let later = found_later.next().unwrap();
        assert_eq!(
            (later.start(), later.as_bytes(), later.code()),
            (found.start() + BEFORE, found.as_bytes(), found.code())
        );
    }
    assert_eq!(expected.next(), None);
    assert_eq!(found_later.next(), None);
    assert!(find_iter_ignore_ascii_case(haystack).map(parts).eq(oracle::find_all_ignore_ascii_case(haystack)));
});
