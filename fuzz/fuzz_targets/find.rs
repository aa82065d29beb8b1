//! Any bytes as a haystack: `find_iter` and `find` agree with the oracle.
#![no_main]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use event_log_codes::{find, find_iter};
use libfuzzer_sys::fuzz_target;

/// Longer than the chunk that the scanner tests before it looks at what it found.
const BEFORE: usize = 1100;

fuzz_target!(|haystack: &[u8]| {
    let mut expected = oracle::find_all(haystack).into_iter();
    assert_eq!(find(haystack), find_iter(haystack).next());
    let mut long = vec![b'-'; BEFORE];
    long.extend_from_slice(haystack);
    let mut found_later = find_iter(&long);
    for found in find_iter(haystack) {
        assert_eq!(found.as_bytes(), &haystack[found.range()]);
        let code = found.code().map(|code| code.as_str());
        assert_eq!(Some((found.start(), found.end(), code)), expected.next());
        let later = found_later.next().unwrap();
        assert_eq!(
            (later.start(), later.as_bytes(), later.code()),
            (found.start() + BEFORE, found.as_bytes(), found.code())
        );
    }
    assert_eq!(expected.next(), None);
    assert_eq!(found_later.next(), None);
});
