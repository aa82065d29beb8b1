//! How codes begin, shared by the scanner and the generator.

/// A test of the bytes at which a code may begin, derived from how codes begin: quick enough for
/// every byte of a haystack, it lets through all codes and little else.
///
/// The fourth byte of a code is a digit or `_`, so it is not a capital letter.
pub(crate) struct Filter {
    /// The bits in which the first bytes of codes differ, and those in which the second bytes do.
    pub(crate) ignored: [u8; 2],
    /// What the first two bytes of every code are when those bits are set.
    pub(crate) wanted: [u8; 2],
}
