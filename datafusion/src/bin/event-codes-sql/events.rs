//! The files of a query as the table `events`, and what reports need of them as `device_events`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::csv;
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, TimeUnit};
use datafusion::common::Column;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::csv::CsvFormat;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::functions::core::expr_ext::FieldAccessor;
use datafusion::logical_expr::{Expr, lit, try_cast};
use datafusion::prelude::SessionContext;
use datafusion::scalar::ScalarValue;
use event_log_codes_datafusion::functions::event_time;
use url::Url;

use crate::Error;
use crate::ndjson::NdjsonFormat;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Format {
    Ndjson,
    Csv,
    Parquet,
}

impl Format {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "ndjson" | "jsonl" | "json" => Some(Self::Ndjson),
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    fn reader(self, is_local: bool) -> Arc<dyn FileFormat> {
        match self {
            Self::Ndjson if is_local => Arc::new(NdjsonFormat::default()),
            Self::Ndjson => Arc::new(JsonFormat::default()),
            // A quoted line break is part of a value: a file must not be cut at one.
            Self::Csv => Arc::new(CsvFormat::default().with_has_header(true).with_newlines_in_values(true)),
            Self::Parquet => Arc::new(ParquetFormat::default()),
        }
    }
}

/// Registers files, and the files in directories, as the table `events`.
///
/// A query that is run here reads NDJSON with our reader. A cluster has DataFusion's own, because plans
/// that name another cannot be sent.
pub async fn register(context: &SessionContext, paths: &[PathBuf], is_local: bool) -> Result<(), Error> {
    let mut files = Vec::new();
    for path in paths {
        let metadata = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
        if metadata.is_dir() {
            add_directory(path, &mut files)?;
        } else {
            let format = Format::of(path).ok_or_else(|| {
                format!("{}: expected .ndjson, .jsonl, .json, .csv or .parquet", path.display())
            })?;
            files.push((path.clone(), format));
        }
    }
    let Some((first, format)) = files.first().cloned() else {
        return Err("no .ndjson, .jsonl, .json, .csv or .parquet file in the directories".into());
    };
    if let Some((other, _)) = files.iter().find(|file| file.1 != format) {
        return Err(
            format!("files of one kind are needed, got {} and {}", first.display(), other.display()).into()
        );
    }

    // The files are named one by one: what their names end in is no longer of interest.
    let options = ListingOptions::new(format.reader(is_local)).with_file_extension("");
    let mut schema = Schema::empty();
    let mut urls = Vec::with_capacity(files.len());
    for (path, _) in files {
        let of_file = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let absolute = fs::canonicalize(&path).map_err(|error| of_file(&error))?;
        let url = Url::from_file_path(absolute).map_err(|()| of_file(&"not a path"))?;
        let url = ListingTableUrl::try_new(url, None)?;
        let inferred = match format {
            Format::Csv => File::open(&path).map_err(Into::into).and_then(header).map(Arc::new),
            _ => options.infer_schema(&context.state(), &url).await,
        };
        let inferred = inferred.map_err(|error| of_file(&error))?;
        let fields: Vec<_> = inferred.fields().iter().map(|field| readable(field, format)).collect();
        schema = Schema::try_merge([schema, Schema::new(fields)]).map_err(|error| of_file(&error))?;
        urls.push(url);
    }
    let config = ListingTableConfig::new_with_multi_paths(urls)
        .with_listing_options(options)
        .with_schema(Arc::new(schema));
    context.register_table("events", Arc::new(ListingTable::try_new(config)?))?;
    Ok(())
}

/// Adds the files of a directory and of those in it, in the order of their names.
fn add_directory(directory: &Path, files: &mut Vec<(PathBuf, Format)>) -> Result<(), Error> {
    let of_directory = |error| format!("{}: {error}", directory.display());
    let mut entries: Vec<_> = fs::read_dir(directory).and_then(Iterator::collect).map_err(of_directory)?;
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        // Of a link only a file is followed, so that no circle is.
        if entry.file_type().map_err(of_directory)?.is_dir() {
            add_directory(&path, files)?;
        } else if let Some(format) = Format::of(&path) {
            files.push((path, format));
        } else {
            eprintln!(
                "event-codes-sql: {}: not read, expected .ndjson, .jsonl, .json, .csv or .parquet",
                path.display()
            );
        }
    }
    Ok(())
}

/// The columns that the first line of a CSV file names.
fn header(file: File) -> Result<Schema, DataFusionError> {
    Ok(csv::reader::Format::default().with_header(true).infer_schema(file, Some(0))?.0)
}

/// The type to read a column with, where the first rows are too few to tell.
///
/// A CSV column is always text: an identifier of digits that the first rows suggest is a number may
/// be too long for one in a later row. A JSON column that was null so far may become text.
fn readable(field: &Field, format: Format) -> Field {
    fn without_nulls(data_type: &DataType) -> DataType {
        match data_type {
            DataType::Null => DataType::Utf8,
            DataType::Struct(fields) => DataType::Struct(fields.iter().map(field_without_nulls).collect()),
            DataType::List(item) => DataType::List(field_without_nulls(item)),
            other => other.clone(),
        }
    }
    fn field_without_nulls(field: &Arc<Field>) -> Arc<Field> {
        Arc::new(field.as_ref().clone().with_data_type(without_nulls(field.data_type())))
    }
    let data_type = match format {
        Format::Csv => DataType::Utf8,
        Format::Ndjson => without_nulls(field.data_type()),
        Format::Parquet => field.data_type().clone(),
    };
    field.clone().with_data_type(data_type)
}

/// Registers `device_events`, the same five columns whatever the files are.
///
/// The campaign is in `data.campaign_id` of an event: a member of an object in JSON and Parquet, a
/// column of that name in the portal's CSV. Not every event has one.
pub async fn register_device_events(context: &SessionContext) -> Result<(), Error> {
    let events = context.table("events").await?;
    let fields: Fields = events.schema().fields().clone();
    let required = ["event_type", "device_id", "date_time"];
    if let Some(missing) = required.iter().find(|name| fields.find(name).is_none()) {
        return Err(format!(
            "the files have no column {missing}: reports need {}; try --sql, with find_event_code(text) \
             where codes stand in a text",
            required.join(", ")
        )
        .into());
    }
    let column = |name: &str| Expr::Column(Column::from_name(name));
    let campaign = if fields.find("campaign_id").is_some() {
        column("campaign_id")
    } else if fields.find("data.campaign_id").is_some() {
        column("data.campaign_id")
    } else if fields.find("data").is_some_and(|(_, data)| has_campaign(data)) {
        column("data").field("campaign_id")
    } else {
        lit(ScalarValue::Utf8(None))
    };
    let status = match fields.find("event_type_description") {
        Some(_) => column("event_type_description"),
        None => lit(ScalarValue::Utf8(None)),
    };
    let view = events.select([
        column("event_type"),
        column("device_id"),
        campaign.alias("campaign_id"),
        time(&fields, column("date_time")).alias("date_time"),
        status.alias("status"),
    ])?;
    context.register_table("device_events", view.into_view())?;
    Ok(())
}

/// The column `date_time` as a timestamp. What is no timestamp yet is read as text: a cast would take any
/// number as the time since 1970 in one unit, whatever its own.
fn time(fields: &Fields, date_time: Expr) -> Expr {
    match fields.find("date_time").map(|(_, field)| field.data_type()) {
        Some(DataType::Timestamp(..) | DataType::Date32 | DataType::Date64) => {
            try_cast(date_time, DataType::Timestamp(TimeUnit::Microsecond, None))
        }
        _ => event_time().call(vec![try_cast(date_time, DataType::Utf8View)]),
    }
}

fn has_campaign(data: &Field) -> bool {
    matches!(data.data_type(), DataType::Struct(fields) if fields.find("campaign_id").is_some())
}
