//! How two portal texts compare, shared by the library and the generator.

use core::cmp::Ordering;

/// Returns the part of a portal text that is compared: no outer white space, no final full stop.
pub(crate) fn significant(text: &str) -> &str {
    let text = text.trim();
    text.strip_suffix('.').unwrap_or(text).trim_end()
}

/// Orders [`significant`] texts without regard to ASCII case.
pub(crate) fn compare(left: &str, right: &str) -> Ordering {
    left.bytes()
        .map(|byte| byte.to_ascii_lowercase())
        .cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}
