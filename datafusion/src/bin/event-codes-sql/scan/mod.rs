//! Reads text files: the parts of them that DataFusion gives to each of its threads.

mod csv;
pub mod device_events;
pub mod input;
mod members;
mod ndjson;
mod problems;
mod rescue;

use std::io;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::exec_datafusion_err;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileOpenFuture, FileOpener, FileScanConfig, FileSource, JsonSource,
};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::stream::{BoxStream, StreamExt, try_unfold};
use object_store::ObjectStore;
use url::Url;

#[allow(unused_imports, reason = "a test of the reader alone mounts this without it")]
pub use self::csv::Header;
use self::csv::{Csv, Rows};
use self::device_events::Events;
pub use self::device_events::Hints;
use self::input::Input;
pub use self::members::Wanted;
use self::ndjson::{Ndjson, Records};
pub use self::problems::{Part, Problems};

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Ndjson,
    Csv,
    /// Whatever it is, for the events in it.
    DeviceEvents,
}

/// How files are read.
#[derive(Clone)]
pub struct Reading {
    pub format: Format,
    /// Whether lines and rows that cannot be read are counted and left out.
    pub skip_bad_lines: bool,
    /// For events in logs.
    pub hints: Arc<Hints>,
    pub problems: Arc<Problems>,
}

/// What a file is called in messages.
pub fn name_of(store: &Url, file: &object_store::path::Path) -> String {
    match store.scheme() {
        "file" => format!("/{file}"),
        _ => format!("{store}{file}"),
    }
}

/// DataFusion's source of JSON, but for the reader of files.
pub struct TextSource {
    json: Arc<dyn FileSource>,
    batch_size: usize,
    reading: Reading,
}

impl TextSource {
    pub fn new(schema: TableSchema, reading: Reading) -> Self {
        Self::over(Arc::new(JsonSource::new(schema)), reading)
    }

    /// In place of a source of JSON.
    pub fn over(json: Arc<dyn FileSource>, reading: Reading) -> Self {
        Self { json, batch_size: 0, reading }
    }

    /// The source of JSON that has the same columns.
    pub fn json(&self) -> &Arc<dyn FileSource> {
        &self.json
    }

    pub fn reading(&self) -> &Reading {
        &self.reading
    }
}

impl FileSource for TextSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        config: &FileScanConfig,
        _: usize,
    ) -> Result<Arc<dyn FileOpener>> {
        let columns = self.table_schema().file_schema();
        let projection = match self.projection() {
            Some(projection) => SplitProjection::new(columns, projection),
            None => SplitProjection::unprojected(self.table_schema()),
        };
        let schema = Arc::new(columns.project(&projection.file_indices)?);
        // To leave out a few of many fields would cost more than to decode them.
        let pays = 2 * schema.fields().len() <= columns.fields().len();
        let wanted = pays.then(|| Arc::new(Wanted::new(schema.fields().iter().map(|field| field.name()))));
        let base: &Url = config.object_store_url.as_ref();
        let (reading, base) = (self.reading.clone(), base.clone());
        let metrics = self.metrics().clone();
        let opener = Opener { store, base, schema, wanted, batch_size: self.batch_size, reading, metrics };
        ProjectionOpener::try_new(projection, Arc::new(opener), columns)
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        let (json, reading) = (self.json.with_batch_size(batch_size), self.reading.clone());
        Arc::new(Self { json, batch_size, reading })
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let json = self.json.try_pushdown_projection(projection)?;
        let source = |json| Self { json, batch_size: self.batch_size, reading: self.reading.clone() };
        Ok(json.map(|json| Arc::new(source(json)) as _))
    }

    fn projection(&self) -> Option<&ProjectionExprs> {
        self.json.projection()
    }

    fn table_schema(&self) -> &TableSchema {
        self.json.table_schema()
    }

    fn metrics(&self) -> &ExecutionPlanMetricsSet {
        self.json.metrics()
    }

    fn file_type(&self) -> &str {
        match self.reading.format {
            Format::Ndjson => "json",
            Format::Csv => "csv",
            Format::DeviceEvents => "device_events",
        }
    }

    fn supports_repartitioning(&self) -> bool {
        // A cell may have line breaks.
        self.reading.format != Format::Csv
    }

    fn apply_expressions(
        &self,
        each: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.json.apply_expressions(each)
    }
}

#[derive(Clone)]
struct Opener {
    store: Arc<dyn ObjectStore>,
    base: Url,
    schema: SchemaRef,
    /// `None`: decode the lines as they are.
    wanted: Option<Arc<Wanted>>,
    batch_size: usize,
    reading: Reading,
    metrics: ExecutionPlanMetricsSet,
}

impl FileOpener for Opener {
    fn open(&self, file: PartitionedFile) -> Result<FileOpenFuture> {
        Ok(Box::pin(self.clone().batches(file)))
    }
}

impl Opener {
    async fn batches(self, file: PartitionedFile) -> Result<BoxStream<'static, Result<RecordBatch>>> {
        let range = file.range.map(|range| range.start as u64..range.end as u64);
        let part = Part {
            base: self.base,
            store: self.store,
            file: file.object_meta,
            start: range.as_ref().map_or(0, |range| range.start),
        };
        let problems = self.reading.problems.in_part(part.clone(), self.metrics);
        let of_file = |error: io::Error| exec_datafusion_err!("{}: {error}", part.name());
        let Self { schema, wanted, batch_size, .. } = self;
        let skip_bad_lines = self.reading.skip_bad_lines;
        Ok(match self.reading.format {
            Format::Ndjson => {
                let input = Input::open(&part.store, &part.file, range).await.map_err(of_file)?;
                let ndjson = Ndjson { schema, wanted, batch_size, skip_bad_lines };
                let records = Records::new(ndjson, input, problems)?;
                try_unfold(records, async |mut records| {
                    Ok(records.next_batch().await?.map(|batch| (batch, records)))
                })
                .boxed()
            }
            Format::Csv => {
                let input = Input::open(&part.store, &part.file, range).await.map_err(of_file)?;
                let rows = Rows::new(Csv { schema, batch_size, skip_bad_lines }, input, problems).await?;
                try_unfold(rows, async |mut rows| Ok(rows.next_batch().await?.map(|batch| (batch, rows))))
                    .boxed()
            }
            Format::DeviceEvents => {
                let hints = &self.reading.hints;
                let events = Events::open(&part, range, hints, problems, schema, batch_size).await?;
                try_unfold(events, async |mut events| {
                    Ok(events.next_batch().await?.map(|batch| (batch, events)))
                })
                .boxed()
            }
        })
    }
}
