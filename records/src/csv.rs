//! Rows of delimiter-separated values under a header.

use crate::event::Cause;
use crate::fields::{Field, FieldNames, Rank};
use crate::value::Span;

/// The delimiter of a table and what its columns mean.
#[derive(Clone, Debug)]
pub(crate) struct Columns {}

impl Columns {
    /// Of the header row `header`, with or without its line end; none if that is not a header that
    /// names an event type and at least one more field (or a count).
    pub(crate) fn detect(header: &[u8], names: &FieldNames) -> Option<Columns> {
        let _ = (header, names);
        None
    }

    /// Calls `found` with each field of `row`, a whole row with or without its line end.
    ///
    /// A value that has to be unescaped is appended to `scratch`. Errors are causes: a quoted cell
    /// that does not end, a row with more or fewer cells than the header.
    pub(crate) fn fields(
        &self,
        row: &[u8],
        scratch: &mut Vec<u8>,
        found: &mut impl FnMut(Field, Rank, Span),
    ) -> Result<(), Cause> {
        let _ = (row, scratch, found);
        Ok(())
    }

    /// Whether a column is a count, as statistics have.
    pub(crate) fn has_count(&self) -> bool {
        false
    }

    /// The length of the first row of `bytes`, which begin at the start of a row, with its line
    /// end. None if the row does not end in them, unless they are the `last` of the input.
    ///
    /// Sequential and cheap: it is what cuts an input into batches.
    pub(crate) fn row_len(&self, bytes: &[u8], last: bool) -> Option<usize> {
        let _ = (bytes, last);
        None
    }
}
