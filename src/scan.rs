//! Codes in the middle of any bytes.

use core::iter::FusedIterator;
use core::ops::Range;

use crate::EventCode;
use crate::shape::is_code_shaped;

/// Finds every code-shaped word of `haystack`, from left to right.
///
/// A *word* is a maximal run of `[A-Za-z0-9_]`. A word is found if it is a code of the catalogue,
/// or if it is none but has the shape of one, `UPD[0-9]_[A-Z]+_[A-Z0-9]+` or `SYS_[0-9]+`, and is
/// at most 64 bytes long: an unknown code is reported, never dropped. Upper case only.
///
/// Time is linear in the haystack, whatever its bytes; no allocation, no panic.
///
/// ```
/// use event_log_codes::{EventCode, find_iter};
///
/// let record = br#"{"event_type":"UPD4_FAIL_218","next":"UPD4_FAIL_999"}"#;
/// let mut codes = find_iter(record);
///
/// let known = codes.next().unwrap();
/// assert_eq!(known.code(), Some(EventCode::Upd4Fail218));
/// assert_eq!(known.range(), 15..28);
///
/// let unknown = codes.next().unwrap();
/// assert_eq!(unknown.code(), None);
/// assert_eq!(unknown.as_bytes(), b"UPD4_FAIL_999");
/// assert!(codes.next().is_none());
/// ```
#[inline]
pub fn find_iter(haystack: &[u8]) -> FindIter<'_> {
    FindIter { haystack, position: 0 }
}

/// The first code-shaped word of `haystack`: the first item of [`find_iter`].
///
/// ```
/// use event_log_codes::{EventCode, find};
///
/// let line = b"<14>Aug  5 03:04:51 gw-7 update[311]: device failed, UPD4_FAIL_218";
/// assert_eq!(find(line).and_then(|found| found.code()), Some(EventCode::Upd4Fail218));
/// assert!(find(b"nothing here").is_none());
/// ```
#[inline]
#[must_use]
pub fn find(haystack: &[u8]) -> Option<Match<'_>> {
    find_iter(haystack).next()
}

/// Iterator over the code-shaped words of a haystack, made by [`find_iter`].
///
/// ```
/// let mut found = event_log_codes::find_iter(b"SYS_111 after UPD2_FAIL_15");
/// assert_eq!(found.by_ref().count(), 2);
/// assert!(found.next().is_none());
/// ```
#[derive(Clone, Debug)]
pub struct FindIter<'h> {
    haystack: &'h [u8],
    position: usize,
}

/// A code-shaped word and where it stands, found by [`find_iter`] or [`find`].
///
/// ```
/// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
/// assert_eq!((found.start(), found.end()), (5, 12));
/// assert_eq!(found.as_bytes(), b"SYS_111");
/// assert_eq!(found.code(), Some(event_log_codes::EventCode::Sys111));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'h> {
    bytes: &'h [u8],
    start: usize,
    code: Option<EventCode>,
}

impl<'h> Match<'h> {
    /// Offset in the haystack of the first byte, in bytes.
    #[inline]
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Offset in the haystack just after the last byte, in bytes.
    #[inline]
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.bytes.len()
    }

    /// Where in the haystack the word stands.
    #[inline]
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end()
    }

    /// The word itself.
    #[inline]
    #[must_use]
    pub fn as_bytes(&self) -> &'h [u8] {
        self.bytes
    }

    /// The code that the word is; `None` for a code that the catalogue lacks.
    #[inline]
    #[must_use]
    pub fn code(&self) -> Option<EventCode> {
        self.code
    }
}

impl<'h> Iterator for FindIter<'h> {
    type Item = Match<'h>;

    fn next(&mut self) -> Option<Match<'h>> {
        loop {
            let rest = self.haystack.get(self.position..)?;
            let start = self.position + rest.iter().position(is_word_byte)?;
            let word = &self.haystack[start..];
            let len = word.iter().position(|byte| !is_word_byte(byte)).unwrap_or(word.len());
            let bytes = &word[..len];
            self.position = start + len;
            if is_code_shaped(bytes) {
                return Some(Match { bytes, start, code: EventCode::from_bytes(bytes) });
            }
        }
    }
}

impl FusedIterator for FindIter<'_> {}

fn is_word_byte(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}
