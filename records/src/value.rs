//! Where a value stands.

/// A value of a record, without a lifetime: in the input or, unescaped, in the scratch buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    len: u32,
    in_scratch: bool,
}

impl Span {
    /// Bytes `start..end` of the input.
    pub(crate) fn input(start: usize, end: usize) -> Span {
        Span { start: start as u32, len: (end - start) as u32, in_scratch: false }
    }

    /// Bytes `start..end` of the scratch buffer.
    pub(crate) fn scratch(start: usize, end: usize) -> Span {
        Span { start: start as u32, len: (end - start) as u32, in_scratch: true }
    }

    /// The bytes.
    #[inline]
    pub(crate) fn of<'a>(self, input: &'a [u8], scratch: &'a [u8]) -> &'a [u8] {
        let source = if self.in_scratch { scratch } else { input };
        let start = self.start as usize;
        source.get(start..start + self.len as usize).unwrap_or_default()
    }
}
