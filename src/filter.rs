//! The scanner's first test of a byte, derived from how codes begin.

/// How the codes of the grammar begin, whether or not the catalogue has codes of each kind: a code
/// that the catalogue lacks must be found all the same.
const PREFIXES: [[u8; 2]; 2] = [*b"UP", *b"SY"];

/// A test of the first two bytes of a code, cheap enough for every byte of a haystack: it lets
/// through all codes and little else.
///
/// The fourth byte of a code is a digit or `_`, so it is not a capital letter.
pub(crate) struct Filter {
    /// The bits in which the first bytes of codes differ, and those in which the second bytes do.
    pub(crate) ignored: [u8; 2],
    /// What the first two bytes of every code are when those bits are set.
    pub(crate) wanted: [u8; 2],
}

pub(crate) const FILTER: Filter = {
    let [[u, p], [s, y]] = PREFIXES;
    let ignored = [u ^ s, p ^ y];
    Filter { ignored, wanted: [u | ignored[0], p | ignored[1]] }
};
