//! Records in bytes of unknown make: recognised by content, cut apart, read as device events.

mod event;
mod json;
mod portal_csv;
mod quick;
mod recognise;
mod shape;
mod split;
mod time;

use clap::ValueEnum;

pub use event::{Event, Reading};
pub use recognise::recognise;
pub use split::{Extent, MAX_RECORD, Record, Splitter};

/// What an input is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A JSON object on each line
    Ndjson,
    /// JSON objects over several lines, arrays of them, REST pages with a `data` array
    Json,
    /// A Portal export: comma-separated, with a header
    Csv,
    /// Lines of text
    Text,
}

impl Format {
    /// Whether a record is a line, so that records can be found from any place in a file.
    pub fn is_lines(self) -> bool {
        matches!(self, Format::Ndjson | Format::Text)
    }
}

/// Reads the records of one input, in order, as device events.
pub struct Reader {
    format: Format,
    columns: Option<portal_csv::Columns>,
    shape: Option<shape::Shape>,
}

impl Reader {
    pub fn new(format: Format) -> Self {
        Reader { format, columns: None, shape: None }
    }

    /// What `record` says; an error tells why it cannot be read.
    pub fn read<'r>(&mut self, record: &'r [u8]) -> Result<Reading<'r>, String> {
        match self.format {
            Format::Text => Ok(Reading::of_text(record)),
            Format::Ndjson | Format::Json if record.trim_ascii().is_empty() => Ok(Reading::default()),
            Format::Ndjson | Format::Json => json::read(record, &mut self.shape),
            Format::Csv => match &self.columns {
                Some(columns) => columns.read(record),
                None => {
                    self.columns = Some(portal_csv::Columns::of(record)?);
                    Ok(Reading::default())
                }
            },
        }
    }
}
