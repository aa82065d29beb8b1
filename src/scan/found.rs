//! What the scanner found.

use core::ops::Range;

use crate::EventCode;

/// A code-shaped word in a haystack, found by [`find_iter`](crate::find_iter) or [`find`](crate::find).
///
/// ```
/// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
/// assert_eq!((found.start(), found.end()), (5, 12));
/// assert_eq!(found.as_str(), "SYS_111");
/// assert_eq!(found.code(), Some(event_log_codes::EventCode::Sys111));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'h> {
    pub(super) bytes: &'h [u8],
    pub(super) start: usize,
    pub(super) code: Option<EventCode>,
}

/// A code-shaped word in a stream, found by a [`StreamFinder`](crate::StreamFinder).
///
/// ```
/// use event_log_codes::{EventCode, StreamFinder};
///
/// let mut finder = StreamFinder::new();
/// assert_eq!(finder.feed(b"code=SYS_").count(), 0);
/// let found = finder.feed(b"111;").next().unwrap();
/// assert_eq!((found.start(), found.end()), (5, 12));
/// assert_eq!(found.as_str(), "SYS_111");
/// assert_eq!(found.code(), Some(EventCode::Sys111));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamMatch<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) start: u64,
    pub(super) code: Option<EventCode>,
}

impl<'h> Match<'h> {
    /// Returns the offset of the word's first byte in the haystack.
    ///
    /// ```
    /// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
    /// assert_eq!(found.start(), 5);
    /// ```
    #[inline]
    #[must_use]
    pub fn start(&self) -> usize {
        self.start
    }

    /// Returns the offset just past the word's last byte in the haystack.
    ///
    /// ```
    /// let found = event_log_codes::find(b"code=SYS_111;").unwrap();
    /// assert_eq!(found.end(), 12);
    /// ```
    #[inline]
    #[must_use]
    pub fn end(&self) -> usize {
        self.start + self.bytes.len()
    }

    /// Returns the word's range in the haystack.
    ///
    /// ```
    /// let line = b"code=SYS_111;";
    /// let found = event_log_codes::find(line).unwrap();
    /// assert_eq!(&line[found.range()], b"SYS_111");
    /// ```
    #[inline]
    #[must_use]
    pub fn range(&self) -> Range<usize> {
        self.start..self.end()
    }
}

impl<'a> StreamMatch<'a> {
    /// Returns the offset of the word's first byte in the stream.
    ///
    /// ```
    /// let mut finder = event_log_codes::StreamFinder::new();
    /// assert_eq!(finder.feed(b"code=SYS_111;").next().unwrap().start(), 5);
    /// ```
    #[inline]
    #[must_use]
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Returns the offset just past the word's last byte in the stream.
    ///
    /// ```
    /// let mut finder = event_log_codes::StreamFinder::new();
    /// assert_eq!(finder.feed(b"code=SYS_111;").next().unwrap().end(), 12);
    /// ```
    #[inline]
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start.wrapping_add(self.bytes.len() as u64)
    }

    /// Returns the word's range in the stream.
    ///
    /// ```
    /// let mut finder = event_log_codes::StreamFinder::new();
    /// assert_eq!(finder.feed(b"code=SYS_111;").next().unwrap().range(), 5..12);
    /// ```
    #[inline]
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.start..self.end()
    }
}

/// What the two kinds of match have in common.
macro_rules! word {
    ($match:ident<$lifetime:lifetime>, $found:literal) => {
        impl<$lifetime> $match<$lifetime> {
            /// Returns the word.
            ///
            /// ```
            #[doc = $found]
            /// assert_eq!(found.as_bytes(), b"SYS_111");
            /// ```
            #[inline]
            #[must_use]
            pub fn as_bytes(&self) -> &$lifetime [u8] {
                self.bytes
            }

            /// Returns the word as text.
            ///
            /// ```
            #[doc = $found]
            /// assert_eq!(found.as_str(), "SYS_111");
            /// ```
            #[inline]
            #[must_use]
            pub fn as_str(&self) -> &$lifetime str {
                // Every code-shaped word is ASCII.
                core::str::from_utf8(self.bytes).unwrap_or_default()
            }

            /// Returns the word's code, or `None` if it is not in the catalogue.
            ///
            /// ```
            /// use event_log_codes::EventCode;
            ///
            #[doc = $found]
            /// assert_eq!(found.code(), Some(EventCode::Sys111));
            /// ```
            #[inline]
            #[must_use]
            pub fn code(&self) -> Option<EventCode> {
                self.code
            }
        }
    };
}

word!(Match<'h>, r#"let found = event_log_codes::find(b"code=SYS_111;").unwrap();"#);
word!(
    StreamMatch<'a>,
    r#"let mut finder = event_log_codes::StreamFinder::new();
let found = finder.feed(b"code=SYS_111;").next().unwrap();"#
);
