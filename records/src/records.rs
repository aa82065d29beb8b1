//! Both steps in one, for a single thread.

use crate::event::Record;
use crate::options::{Format, Options};
use crate::reader::Reader;
use crate::split::Splitter;

/// Reads records from bytes as they arrive: a [`Splitter`] and a [`Reader`] in one.
///
/// ```
/// use event_log_codes_records::{Options, Records};
///
/// let log = b"2025-08-29T08:14:02Z gw-7 device_id=m1 UPD4_FAIL_218\n";
/// let mut codes = Vec::new();
/// let mut records = Records::new(&Options::default());
/// for piece in log.chunks(10) {
///     records.push(piece, |record| {
///         codes.extend(record.events().map(|event| event.code().as_bytes().to_vec()));
///     });
/// }
/// records.finish(|record| codes.extend(record.events().map(|event| event.code().as_bytes().to_vec())));
/// assert_eq!(codes, [b"UPD4_FAIL_218"]);
/// ```
#[derive(Debug)]
pub struct Records {
    splitter: Splitter,
    reader: Reader,
    /// What was pushed and is not yet a whole record.
    pending: Vec<u8>,
}

impl Records {
    /// At the start of an input.
    #[must_use]
    pub fn new(options: &Options) -> Records {
        Records { splitter: Splitter::new(options), reader: Reader::new(), pending: Vec::new() }
    }

    /// The format, once it is known.
    #[must_use]
    pub fn format(&self) -> Option<Format> {
        self.splitter.format()
    }

    /// Calls `visit` with each record that `bytes`, the next ones of the input, complete.
    pub fn push(&mut self, bytes: &[u8], visit: impl FnMut(Record<'_>)) {
        self.pending.extend_from_slice(bytes);
        self.reader.read_complete(&mut self.splitter, &mut self.pending, false, visit);
    }

    /// Ends the input: calls `visit` with each record that is left.
    pub fn finish(mut self, visit: impl FnMut(Record<'_>)) {
        self.reader.read_complete(&mut self.splitter, &mut self.pending, true, visit);
    }
}
