//! Where a value stands.

/// A value of a record, without a lifetime: in the input or, unescaped, in a scratch buffer.
///
/// A string in the input that holds JSON is unescaped into the first scratch buffer, a string in that
/// JSON into the second, and so on; the level says which.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Span {
    start: u32,
    /// The length, and in the top bits the level.
    len_and_level: u32,
}

const LEVEL_SHIFT: u32 = 28;

impl Span {
    pub(crate) const EMPTY: Span = Span { start: 0, len_and_level: 0 };

    /// The longest value; what is longer is cut off.
    pub(crate) const MAX_LEN: usize = (1 << LEVEL_SHIFT) - 1;

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
        let len = (end - start).min(Self::MAX_LEN) as u32;
        Span { start: start as u32, len_and_level: len | u32::from(level) << LEVEL_SHIFT }
    }

    /// The same for a value that is known to be no longer than [`MAX_LEN`](Self::MAX_LEN).
    #[inline(always)]
    pub(crate) fn short(level: u8, start: usize, end: usize) -> Span {
        let len = (end as u32).wrapping_sub(start as u32);
        debug_assert!(start <= end && len as usize <= Self::MAX_LEN);
        Span { start: start as u32, len_and_level: len | u32::from(level) << LEVEL_SHIFT }
    }

    /// The same, if what was taken for the input is the text of `level` from `start` on.
    pub(crate) fn moved(self, level: u8, start: usize) -> Span {
        let base = if self.level() == 0 { start as u32 } else { 0 };
        let level = u32::from(level) << LEVEL_SHIFT;
        Span { start: self.start + base, len_and_level: self.len_and_level + level }
    }

    pub(crate) fn level(self) -> u8 {
        (self.len_and_level >> LEVEL_SHIFT) as u8
    }

    pub(crate) fn start(self) -> usize {
        self.start as usize
    }

    pub(crate) fn end(self) -> usize {
        self.start() + self.len()
    }

    pub(crate) fn is_empty(self) -> bool {
        self.len() == 0
    }

    fn len(self) -> usize {
        self.len_and_level as usize & Self::MAX_LEN
    }

    /// The bytes; `scratch` holds the buffers of the levels from 1 on.
    #[inline]
    pub(crate) fn of<'a>(self, input: &'a [u8], scratch: &'a [Vec<u8>]) -> &'a [u8] {
        let source = match self.level().checked_sub(1) {
            None => input,
            Some(level) => scratch.get(usize::from(level)).map_or(&[][..], |buffer| buffer),
        };
        source.get(self.start()..self.end()).unwrap_or_default()
    }
}
