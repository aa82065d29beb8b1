//! Where a value stands.

/// A value of a record, without a lifetime: in the input or, unescaped, in a scratch buffer.
///
/// A string in the input that holds JSON is unescaped into the first scratch buffer, a string in that
/// JSON into the second, and so on; the level says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    len: u32,
    level: u8,
}

impl Span {
    pub(crate) const EMPTY: Span = Span { start: 0, len: 0, level: 0 };

    /// Bytes `start..end` of the input.
    pub(crate) fn input(start: usize, end: usize) -> Span {
        Span::at(0, start, end)
    }

    /// Bytes `start..end` of the scratch buffer.
    pub(crate) fn scratch(start: usize, end: usize) -> Span {
        Span::at(1, start, end)
    }

    /// Bytes `start..end` of the text of a level: 0 is the input.
    #[inline]
    pub(crate) fn at(level: u8, start: usize, end: usize) -> Span {
        Span { start: start as u32, len: (end - start) as u32, level }
    }

    /// The same, if what was taken for the input is the text of `level` from `start` on.
    pub(crate) fn moved(self, level: u8, start: usize) -> Span {
        let base = if self.level == 0 { start as u32 } else { 0 };
        Span { start: self.start + base, len: self.len, level: self.level + level }
    }

    pub(crate) fn level(self) -> u8 {
        self.level
    }

    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.start as usize + self.len as usize
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len == 0
    }

    /// The bytes; `scratch` holds the buffers of the levels from 1 on.
    #[inline]
    pub(crate) fn of<'a>(self, input: &'a [u8], scratch: &'a [Vec<u8>]) -> &'a [u8] {
        let source = match self.level.checked_sub(1) {
            None => input,
            Some(level) => scratch.get(usize::from(level)).map_or(&[][..], |buffer| buffer),
        };
        let start = self.start as usize;
        source.get(start..start + self.len as usize).unwrap_or_default()
    }
}
