//! The quick test for the beginning of a code.

/// How codes begin. Every kind of code counts, whether or not the catalogue has one, because a code that
/// it lacks must be found too.
const PREFIXES: [[u8; 2]; 2] = [*b"UP", *b"SY"];

/// A test of the bytes at which a code may begin, cheap enough for every byte of a haystack. It accepts
/// every code and little else.
///
/// The fourth byte of a code is a digit or `_`, so the test also refuses a letter there.
pub(super) struct Filter {
    /// The bits in which the first bytes of codes differ, and those in which the second bytes differ.
    pub(super) ignored: [u8; 2],
    /// The first two bytes of every code, with the ignored bits set.
    pub(super) wanted: [u8; 2],
    /// The bit in which upper and lower case differ, if case is ignored.
    pub(super) case: u8,
}

/// Returns the filter for codes in upper case, or in any mix of cases.
pub(super) const fn filter(ignore_ascii_case: bool) -> Filter {
    let case = if ignore_ascii_case { 0x20 } else { 0 };
    let [[u, p], [s, y]] = PREFIXES;
    let ignored = [(u ^ s) | case, (p ^ y) | case];
    Filter { ignored, wanted: [u | ignored[0], p | ignored[1]], case }
}

/// Whether a code in upper case may begin with `byte`.
pub(super) const fn may_begin_code(byte: u8) -> bool {
    let [[u, _], [s, _]] = PREFIXES;
    byte == u || byte == s
}
