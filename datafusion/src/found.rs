//! The codes found in a batch of texts.

use datafusion::arrow::array::{Array, ArrayBuilder, ArrayRef, StringViewBuilder, UInt32Array};
use datafusion::arrow::compute::{concat, take};
use datafusion::error::Result;
use event_log_codes::Match;

use crate::catalogue::{CODE, row};

/// Catalogued codes are kept as their row in the catalogue. The few others are collected as a
/// continuation of the catalogue's column, so that one `take` turns all of them into views.
pub(crate) struct Found {
    rows: Vec<u32>,
    uncatalogued: StringViewBuilder,
}

impl Found {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self { rows: Vec::with_capacity(rows), uncatalogued: StringViewBuilder::new() }
    }

    pub(crate) fn push(&mut self, found: Option<Match<'_>>) {
        let row = match found {
            Some(found) if found.code().is_none() => {
                self.uncatalogued.append_value(String::from_utf8_lossy(found.as_bytes()));
                row(None) + self.uncatalogued.len() as u32
            }
            found => row(found.and_then(|found| found.code())),
        };
        self.rows.push(row);
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn finish(mut self) -> Result<ArrayRef> {
        let rows = UInt32Array::from(self.rows);
        let uncatalogued = self.uncatalogued.finish();
        // The usual case, and the one in which no text is copied.
        if uncatalogued.is_empty() {
            return Ok(take(&*CODE, &rows, None)?);
        }
        Ok(take(&concat(&[&*CODE, &uncatalogued])?, &rows, None)?)
    }
}
