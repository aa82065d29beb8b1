//! Any bytes as a haystack: `find_iter` and `find` agree with the oracle.
#![no_main]

#[path = "../../tests/oracle/mod.rs"]
mod oracle;

use event_log_codes::{find, find_iter};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|haystack: &[u8]| {
    let mut expected = oracle::find_all(haystack).into_iter();
    assert_eq!(find(haystack), find_iter(haystack).next());
    for found in find_iter(haystack) {
        assert_eq!(found.as_bytes(), &haystack[found.range()]);
        let code = found.code().map(|code| code.as_str());
        assert_eq!(Some((found.start(), found.end(), code)), expected.next());
    }
    assert_eq!(expected.next(), None);
});
