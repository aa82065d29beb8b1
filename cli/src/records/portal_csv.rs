//! Device events as rows of a Portal export.

use std::borrow::Cow;

use csv::{ByteRecord, ReaderBuilder};

use super::event::{Fields, Reading};

/// Where the fields of an event stand: the header tells.
pub struct Columns {
    count: usize,
    event_type: usize,
    device_id: usize,
    date_time: Option<usize>,
    event_type_description: Option<usize>,
    campaign_id: Option<usize>,
    campaign_name: Option<usize>,
}

impl Columns {
    /// The columns that a header names.
    pub fn of(header: &[u8]) -> Result<Self, String> {
        let header = fields(header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header))?;
        let column = |name: &str| header.iter().position(|field| field == name.as_bytes());
        let needed = |name| column(name).ok_or_else(|| format!("the header has no column {name:?}"));
        Ok(Columns {
            count: header.len(),
            event_type: needed("event_type")?,
            device_id: needed("device_id")?,
            date_time: column("date_time"),
            event_type_description: column("event_type_description"),
            campaign_id: column("data.campaign_id"),
            campaign_name: column("data.campaign_name"),
        })
    }

    pub fn read<'r>(&self, record: &'r [u8]) -> Result<Reading<'r>, String> {
        if record.trim_ascii().is_empty() {
            return Ok(Reading::default());
        }
        let row = fields(record)?;
        if row.len() != self.count {
            return Err(format!("{} fields where the header has {}", row.len(), self.count));
        }
        let field = |column: usize| row.get(column).map(|field| Cow::Owned(field.to_vec()));
        let fields = Fields {
            event_type: field(self.event_type),
            device_id: field(self.device_id),
            date_time: self.date_time.and_then(field),
            event_type_description: self.event_type_description.and_then(field),
            campaign_id: self.campaign_id.and_then(field),
            campaign_name: self.campaign_name.and_then(field),
        };
        Ok(fields.reading(record))
    }
}

fn fields(record: &[u8]) -> Result<ByteRecord, String> {
    let mut row = ByteRecord::new();
    match ReaderBuilder::new().has_headers(false).from_reader(record).read_byte_record(&mut row) {
        Ok(_) => Ok(row),
        Err(error) => Err(error.to_string()),
    }
}
