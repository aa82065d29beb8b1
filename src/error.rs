//! The error of text that cannot be parsed.

use core::fmt;

/// Bytes of the rejected input that an error keeps.
const KEPT: usize = 32;

/// The error returned when parsing an [`EventCode`](crate::EventCode), a
/// [`Status`](crate::Status), a [`Section`](crate::Section), a [`Family`](crate::Family) or an
/// [`Outcome`](crate::outcome::Outcome) fails.
///
/// Its message names what was expected and quotes the first 32 bytes of the input, on one line of
/// printable ASCII.
///
/// ```
/// use event_log_codes::EventCode;
///
/// let error = "UPD4_FAIL_999".parse::<EventCode>().unwrap_err();
/// assert_eq!(error.to_string(), "not an event code: \"UPD4_FAIL_999\"");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ParseError {
    expected: &'static str,
    kept: [u8; KEPT],
    len: usize,
}

impl ParseError {
    #[cold]
    pub(crate) fn new(expected: &'static str, input: &[u8]) -> Self {
        let mut kept = [0; KEPT];
        for (to, from) in kept.iter_mut().zip(input) {
            *to = *from;
        }
        ParseError { expected, kept, len: input.len() }
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept.get(..self.len).unwrap_or(&self.kept);
        write!(f, "not {}: \"{}", self.expected, kept.escape_ascii())?;
        if self.len > KEPT { write!(f, "...\" ({} bytes)", self.len) } else { f.write_str("\"") }
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({self})")
    }
}

impl core::error::Error for ParseError {}
