//! The codes found in a batch of texts.

use datafusion::arrow::array::{Array, ArrayBuilder, ArrayRef, StringViewBuilder, UInt32Builder};
use datafusion::arrow::compute::{concat, take};
use datafusion::error::Result;
use event_log_codes::{EventCode, Match};

use crate::catalogue::CODE;

/// Catalogued codes are kept as their index. The few others are collected as a continuation of the
/// catalogue's column, so that one `take` turns all of them into views.
pub(crate) struct Found {
    indices: UInt32Builder,
    uncatalogued: StringViewBuilder,
}

impl Found {
    pub(crate) fn with_capacity(rows: usize) -> Self {
        Self { indices: UInt32Builder::with_capacity(rows), uncatalogued: StringViewBuilder::new() }
    }

    pub(crate) fn push(&mut self, found: &Match<'_>) {
        let index = found.code().map_or_else(
            || {
                self.uncatalogued.append_value(String::from_utf8_lossy(found.as_bytes()));
                EventCode::COUNT + self.uncatalogued.len() - 1
            },
            EventCode::index,
        );
        self.indices.append_value(index as u32);
    }

    pub(crate) fn push_null(&mut self) {
        self.indices.append_null();
    }

    pub(crate) fn len(&self) -> usize {
        self.indices.len()
    }

    pub(crate) fn finish(mut self) -> Result<ArrayRef> {
        let indices = self.indices.finish();
        let uncatalogued = self.uncatalogued.finish();
        // The usual case, and the one in which no text is copied.
        if uncatalogued.is_empty() {
            return Ok(take(&*CODE, &indices, None)?);
        }
        Ok(take(&concat(&[&*CODE, &uncatalogued])?, &indices, None)?)
    }
}
