//! The events in any log, as the command `eventcodes` reads them.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use clap::Args;
use datafusion::arrow::array::{
    ArrayRef, RecordBatch, RecordBatchOptions, StringViewBuilder, TimestampMicrosecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::common::exec_err;
use datafusion::error::Result;
use event_log_codes_records::content::Content;
use event_log_codes_records::time::time_zone;
use event_log_codes_records::{
    self as records, FieldName, FieldNames, Options, Reader, Splitter, Time, recognise, stays_lines,
};
use jiff::tz::TimeZone;
use memchr::memchr_iter;
use object_store::ObjectStoreExt;

use super::input::Input;
use super::problems::{Part, PartProblems, Problem};

/// As many bytes as tell the format of a file.
const HEAD: u64 = 80 << 10;

/// What a user knows of logs that they do not say themselves.
#[derive(Args, Clone, Debug, Default)]
pub struct Hints {
    /// The name that a field has in the logs, such as device=serial; may be repeated. Fields: event, device, time,
    /// campaign, campaign-name, status
    #[arg(long = "field", value_name = "FIELD=NAME")]
    pub fields: Vec<FieldName>,
    /// The time zone of times without an offset, such as Europe/Berlin or +02:00; UTC if not given
    #[arg(long = "tz", value_name = "ZONE", value_parser = time_zone)]
    pub time_zone: Option<TimeZone>,
}

impl Hints {
    pub fn names(&self) -> FieldNames {
        let mut names = FieldNames::default();
        for FieldName { field, name } in &self.fields {
            names.add(*field, name);
        }
        names
    }
}

/// The columns of `device_events`.
pub fn schema() -> SchemaRef {
    let time = DataType::Timestamp(TimeUnit::Microsecond, None);
    Arc::new(Schema::new(vec![
        Field::new("event_type", DataType::Utf8View, true),
        Field::new("device_id", DataType::Utf8View, true),
        Field::new("campaign_id", DataType::Utf8View, true),
        Field::new("date_time", time, true),
        Field::new("status", DataType::Utf8View, true),
    ]))
}

/// The events of a part of a file.
pub struct Events {
    input: Option<Input>,
    splitter: Splitter,
    reader: Reader,
    pending: Vec<u8>,
    rows: Rows,
    batch_size: usize,
}

impl Events {
    /// Opens a part of a file. Only files of lines can be read in parts: the first one has all of another.
    pub async fn open(
        part: &Part,
        range: Option<Range<u64>>,
        hints: &Hints,
        mut problems: PartProblems,
        columns: SchemaRef,
        batch_size: usize,
    ) -> Result<Self> {
        let mut options = Options::default();
        options.names = hints.names();
        options.times = options.times.with_reference(part.file.last_modified.timestamp_micros());
        if let Some(zone) = &hints.time_zone {
            options.times = options.times.with_time_zone(zone.clone());
        }
        let mut splitter = Splitter::new(&options);
        let mut range = range.filter(|range| range.start > 0 || range.end < part.file.size);
        if range.is_some() {
            let head = part.store.get_range(&part.file.location, 0..part.file.size.min(HEAD)).await?;
            let is_all = head.len() as u64 == part.file.size;
            let format = Some(Content::of(&head)).filter(|content| *content == Content::Text);
            let format = format.and_then(|_| recognise(&head, is_all, &options.names));
            let format =
                format.filter(|format| format.is_lines() && stays_lines(&head, is_all, &options.names));
            if let Some(format) = format {
                splitter = Splitter::in_lines(&options, format);
            } else {
                range = None;
            }
        }
        let is_empty = range.is_none() && part.start > 0;
        let input = match Input::open(&part.store, &part.file, range).await {
            Ok(input) => Some(input).filter(|_| !is_empty),
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                problems.add(Problem::NotRead, 1, 0, || error.to_string());
                None
            }
            Err(error) => return exec_err!("{}: {error}", part.name()),
        };
        let rows = Rows { columns: Columns::new(&columns), schema: columns, len: 0, problems };
        Ok(Self { input, splitter, reader: Reader::new(), pending: Vec::new(), rows, batch_size })
    }

    pub async fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        while self.rows.len < self.batch_size
            && let Some(input) = &mut self.input
        {
            match input.next().await {
                Ok(Some(chunk)) => self.pending.extend_from_slice(&chunk),
                Ok(None) => self.input = None,
                Err(error) => {
                    let part = self.rows.problems.part();
                    return exec_err!("{}: {error}", part.name());
                }
            }
            let is_last = self.input.is_none();
            let rows = &mut self.rows;
            self.reader.read_complete(&mut self.splitter, &mut self.pending, is_last, |record| {
                rows.add(&record);
            });
        }
        self.rows.take()
    }
}

/// Events that were read and are not yet in a batch.
struct Rows {
    schema: SchemaRef,
    columns: Columns,
    len: usize,
    problems: PartProblems,
}

/// `None`: the column is not wanted.
#[derive(Default)]
struct Columns {
    event_type: Option<StringViewBuilder>,
    device: Option<StringViewBuilder>,
    campaign: Option<StringViewBuilder>,
    time: Option<TimestampMicrosecondBuilder>,
    status: Option<StringViewBuilder>,
}

impl Columns {
    fn new(schema: &Schema) -> Self {
        let text = |name: &str| schema.field_with_name(name).ok().map(|_| StringViewBuilder::new());
        Self {
            event_type: text("event_type"),
            device: text("device_id"),
            campaign: text("campaign_id"),
            time: schema.field_with_name("date_time").ok().map(|_| TimestampMicrosecondBuilder::new()),
            status: text("status"),
        }
    }
}

impl Rows {
    fn add(&mut self, record: &records::Record<'_>) {
        let line = |offset: usize| {
            record.line()
                + memchr_iter(b'\n', &record.bytes()[..offset.min(record.bytes().len())]).count() as u64
        };
        if let Some(problem) = record.problem() {
            let (kind, offset) = match problem {
                records::Problem::Unreadable { offset, .. } => (Problem::Unreadable, offset),
                records::Problem::Statistics { .. } => (Problem::Statistics, 0),
                _ => (Problem::Unreadable, 0),
            };
            self.problems.add(kind, 1, line(offset), || problem.to_string());
        }
        let outside = record.codes_outside_events() as u64;
        self.problems.add(Problem::OutsideEvents, outside, record.line(), String::new);
        if let Some((values, first)) = record.uncertain_values() {
            let text = || String::from_utf8_lossy(first).into_owned();
            self.problems.add(Problem::UncertainValue, values as u64, record.line(), text);
        }
        for event in record.events() {
            self.len += 1;
            let append = |column: &mut Option<StringViewBuilder>, text: Option<&[u8]>| {
                if let Some(column) = column {
                    column.append_option(text.map(String::from_utf8_lossy));
                }
            };
            append(&mut self.columns.event_type, Some(event.code().as_bytes()));
            append(&mut self.columns.device, event.device());
            append(&mut self.columns.campaign, event.campaign());
            append(&mut self.columns.status, event.status().map(|status| status.as_str().as_bytes()));
            if let Some(times) = &mut self.columns.time {
                let time = event.time();
                let at = if let Time::At(at) = time { Some(at) } else { None };
                times.append_option(at);
                self.problems.add(Problem::Undated, u64::from(at.is_none()), line(event.offset()), || {
                    match time {
                        Time::Unreadable(text) => String::from_utf8_lossy(text).into_owned(),
                        _ => String::new(),
                    }
                });
            }
        }
    }

    /// Takes the events out as a batch, if there are any.
    fn take(&mut self) -> Result<Option<RecordBatch>> {
        if self.len == 0 {
            return Ok(None);
        }
        let columns = &mut self.columns;
        let arrays = self.schema.fields().iter().filter_map(|field| {
            let text = |column: &mut Option<StringViewBuilder>| -> Option<ArrayRef> {
                Some(Arc::new(column.as_mut()?.finish()))
            };
            match field.name().as_str() {
                "event_type" => text(&mut columns.event_type),
                "device_id" => text(&mut columns.device),
                "campaign_id" => text(&mut columns.campaign),
                "status" => text(&mut columns.status),
                _ => Some(Arc::new(columns.time.as_mut()?.finish()) as ArrayRef),
            }
        });
        let arrays = arrays.collect();
        let options = RecordBatchOptions::new().with_row_count(Some(self.len));
        self.len = 0;
        Ok(Some(RecordBatch::try_new_with_options(self.schema.clone(), arrays, &options)?))
    }
}
