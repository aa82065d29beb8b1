//! How plans over our tables travel between the processes of a cluster: Ballista's way, with what it does not know.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use ballista_core::serde::{BallistaLogicalExtensionCodec, BallistaPhysicalExtensionCodec};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::{TableReference, internal_err};
use datafusion::datasource::file_format::FileFormatFactory;
use datafusion::datasource::physical_plan::{FileScanConfig, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::TaskContext;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Extension, LogicalPlan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion_proto::bytes::{
    physical_plan_from_bytes_with_extension_codec, physical_plan_to_bytes_with_extension_codec,
};
use datafusion_proto::logical_plan::LogicalExtensionCodec;
use datafusion_proto::physical_plan::{PhysicalExtensionCodec, PhysicalProtoConverterExtension};
use event_log_codes_records::time::time_zone;
use jiff::fmt::temporal::DateTimePrinter;
use object_store::ObjectMeta;
use object_store::path::Path;
use serde_json::{Value, json};

use crate::files::{File, Kind};
use crate::scan::{Format, Hints, Problems, Reading, TextSource};
use crate::table::Table;

/// What ours begins with, which no message of Ballista's does.
const MARK: &[u8] = b"event-codes-sql\0";

/// Writes and reads [`Table`]s.
#[derive(Debug, Default)]
pub struct Tables(BallistaLogicalExtensionCodec);

impl LogicalExtensionCodec for Tables {
    fn try_decode(&self, bytes: &[u8], inputs: &[LogicalPlan], context: &TaskContext) -> Result<Extension> {
        self.0.try_decode(bytes, inputs, context)
    }

    fn try_encode(&self, node: &Extension, bytes: &mut Vec<u8>) -> Result<()> {
        self.0.try_encode(node, bytes)
    }

    fn try_decode_table_provider(
        &self,
        bytes: &[u8],
        name: &TableReference,
        schema: SchemaRef,
        context: &TaskContext,
    ) -> Result<Arc<dyn TableProvider>> {
        let Some(table) = bytes.strip_prefix(MARK) else {
            return self.0.try_decode_table_provider(bytes, name, schema, context);
        };
        let table: Value = serde_json::from_slice(table).map_err(external)?;
        let files = table["files"].as_array().and_then(|files| files.iter().map(file).collect());
        let (Some(files), Some(reading)) = (files, reading(&table)) else {
            return internal_err!("a table of another version of event-codes-sql");
        };
        Ok(Arc::new(Table::new(files, &schema, reading)))
    }

    fn try_encode_table_provider(
        &self,
        name: &TableReference,
        provider: Arc<dyn TableProvider>,
        bytes: &mut Vec<u8>,
    ) -> Result<()> {
        let Some(table) = (provider.as_ref() as &dyn std::any::Any).downcast_ref::<Table>() else {
            return self.0.try_encode_table_provider(name, provider, bytes);
        };
        let mut message = described(table.reading());
        message["files"] = table.files().iter().map(described_file).collect();
        bytes.extend_from_slice(MARK);
        serde_json::to_writer(bytes, &message).map_err(external)
    }

    fn try_decode_file_format(
        &self,
        bytes: &[u8],
        context: &TaskContext,
    ) -> Result<Arc<dyn FileFormatFactory>> {
        self.0.try_decode_file_format(bytes, context)
    }

    fn try_encode_file_format(&self, bytes: &mut Vec<u8>, format: Arc<dyn FileFormatFactory>) -> Result<()> {
        self.0.try_encode_file_format(bytes, format)
    }
}

/// Writes and reads scans of [`TextSource`]s: as those of DataFusion's source of JSON, and what they lack.
#[derive(Debug, Default)]
pub struct Scans(BallistaPhysicalExtensionCodec);

impl PhysicalExtensionCodec for Scans {
    fn try_decode(
        &self,
        bytes: &[u8],
        inputs: &[Arc<dyn ExecutionPlan>],
        context: &TaskContext,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let Some(message) = bytes.strip_prefix(MARK) else {
            return self.0.try_decode(bytes, inputs, context, converter);
        };
        let mut messages = serde_json::Deserializer::from_slice(message).into_iter::<Value>();
        let ours = messages.next().transpose().map_err(external)?.unwrap_or_default();
        let plan = &message[messages.byte_offset()..];
        let plan = physical_plan_from_bytes_with_extension_codec(plan, context, self)?;
        let (Some(config), Some(Some(reading))) = (scan(&plan), reading(&ours)) else {
            return internal_err!("a scan of another version of event-codes-sql");
        };
        let source = Arc::new(TextSource::over(config.file_source.clone(), reading));
        let config = FileScanConfigBuilder::from(config.clone()).with_source(source);
        let compression = Table::compression(ours["is_compressed"] == true);
        Ok(DataSourceExec::from_data_source(config.with_file_compression_type(compression).build()))
    }

    fn try_encode(
        &self,
        node: Arc<dyn ExecutionPlan>,
        bytes: &mut Vec<u8>,
        converter: &dyn PhysicalProtoConverterExtension,
    ) -> Result<()> {
        let config = scan(&node);
        let source = config.and_then(|config| config.file_source.downcast_ref::<TextSource>());
        let (Some(config), Some(source)) = (config, source) else {
            return self.0.try_encode(node, bytes, converter);
        };
        let mut message = described(Some(source.reading()));
        message["is_compressed"] = config.file_compression_type.is_compressed().into();
        let plain = FileScanConfigBuilder::from(config.clone()).with_source(source.json().clone()).build();
        let plain =
            physical_plan_to_bytes_with_extension_codec(DataSourceExec::from_data_source(plain), self)?;
        bytes.extend_from_slice(MARK);
        serde_json::to_writer(&mut *bytes, &message).map_err(external)?;
        bytes.extend_from_slice(&plain);
        Ok(())
    }
}

fn scan(plan: &Arc<dyn ExecutionPlan>) -> Option<&FileScanConfig> {
    let plan = plan.downcast_ref::<DataSourceExec>()?;
    plan.data_source().downcast_ref::<FileScanConfig>()
}

fn described(reading: Option<&Reading>) -> Value {
    let format = reading.map(|reading| match reading.format {
        Format::Ndjson => "ndjson",
        Format::Csv => "csv",
        Format::DeviceEvents => "device_events",
    });
    let hints = reading.map(|reading| &reading.hints);
    let fields = hints.iter().flat_map(|hints| &hints.fields).map(ToString::to_string);
    let zone = hints.and_then(|hints| hints.time_zone.as_ref());
    json!({
        "format": format,
        "skip_bad_lines": reading.is_some_and(|reading| reading.skip_bad_lines),
        "fields": fields.collect::<Vec<_>>(),
        // What was read from a text can be written as one.
        "time_zone": zone.map(|zone| DateTimePrinter::new().time_zone_to_string(zone).unwrap_or_default()),
    })
}

/// How a message says that files are read; the inner `None` is Parquet.
fn reading(message: &Value) -> Option<Option<Reading>> {
    let format = match &message["format"] {
        Value::Null => return Some(None),
        format => match format.as_str()? {
            "ndjson" => Format::Ndjson,
            "csv" => Format::Csv,
            "device_events" => Format::DeviceEvents,
            _ => return None,
        },
    };
    let skip_bad_lines = message["skip_bad_lines"].as_bool()?;
    let fields = message["fields"].as_array()?.iter().map(|field| field.as_str()?.parse().ok());
    let time_zone = match &message["time_zone"] {
        Value::Null => None,
        zone => Some(time_zone(zone.as_str()?).ok()?),
    };
    let hints = Arc::new(Hints { fields: fields.collect::<Option<_>>()?, time_zone });
    let problems = Arc::new(Problems::of_executor());
    Some(Some(Reading { format, skip_bad_lines, hints, problems }))
}

fn described_file(file: &File) -> Value {
    json!({
        "store": file.store.as_str(),
        "location": file.meta.location.as_ref(),
        "modified": file.meta.last_modified.timestamp_micros(),
        "size": file.meta.size,
        "is_compressed": file.is_compressed,
        "partitions": file.partitions,
    })
}

fn file(message: &Value) -> Option<File> {
    let partition = |partition: &Value| {
        let value = partition[1].as_str().map(str::to_owned);
        Some((partition[0].as_str()?.to_owned(), value))
    };
    let modified = Duration::from_micros(message["modified"].as_i64()?.unsigned_abs());
    Some(File {
        store: ObjectStoreUrl::parse(message["store"].as_str()?).ok()?,
        meta: ObjectMeta {
            location: Path::parse(message["location"].as_str()?).ok()?,
            last_modified: (UNIX_EPOCH + modified).into(),
            size: message["size"].as_u64()?,
            e_tag: None,
            version: None,
        },
        // The table has columns already.
        kind: Kind::Other,
        is_compressed: message["is_compressed"].as_bool()?,
        partitions: message["partitions"].as_array()?.iter().map(partition).collect::<Option<_>>()?,
    })
}

fn external(error: serde_json::Error) -> DataFusionError {
    DataFusionError::External(error.into())
}
