//! What an input is made of, and how it is to be read.

use crate::fields::FieldNames;
use crate::time::TimeParser;

/// The format of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A JSON object, or several, on each line.
    Ndjson,
    /// JSON values over several lines: objects, arrays of them, pages.
    Json,
    /// Rows under a header, separated by commas, semicolons or tabs.
    Csv,
    /// Lines of text, with or without JSON in them.
    Text,
}

impl Format {
    /// Whether each record is a line, so that an input can be split at any line feed.
    ///
    /// # Examples
    ///
    /// ```
    /// use event_log_codes_records::Format;
    ///
    /// assert!(Format::Ndjson.is_lines() && Format::Text.is_lines());
    /// // A cell may have line breaks.
    /// assert!(!Format::Csv.is_lines() && !Format::Json.is_lines());
    /// ```
    #[must_use]
    pub fn is_lines(self) -> bool {
        matches!(self, Format::Ndjson | Format::Text)
    }
}

/// How an input is read.
///
/// ```
/// use event_log_codes_records::{Field, Options};
///
/// let mut options = Options::default();
/// options.names.add(Field::Device, "serial");
/// options.max_record = 1 << 20;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// The format; `None`, the default, to recognise it by the first record. Lines may then turn into JSON over
    /// several lines within the first 32 KiB, and the header of a table may stand behind comments.
    pub format: Option<Format>,
    /// The names of fields.
    pub names: FieldNames,
    /// How times are read that leave something open.
    pub times: TimeParser,
    /// The longest record that is read, in bytes; 16 MiB by default, 1 KiB at least. A JSON object that is longer is
    /// read as the objects in it, any other record is reported as [`Problem::TooLong`].
    ///
    /// [`Problem::TooLong`]: crate::Problem::TooLong
    pub max_record: usize,
    /// Whether lines are counted, as they are by default. Otherwise lines are numbered from 1 on in each
    /// batch, which is a little faster.
    pub number_lines: bool,
    /// Whether the fields of lines of text without a code are read too, such as their time. By default such lines
    /// have no fields, which is much faster.
    pub read_every_line: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            format: None,
            names: FieldNames::default(),
            times: TimeParser::default(),
            max_record: 16 << 20,
            number_lines: true,
            read_every_line: false,
        }
    }
}
