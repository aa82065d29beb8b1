//! NDJSON of which only the fields that a query asks for are decoded.
//!
//! DataFusion's own reader takes every field of every line apart, and that is most of what a query
//! over events costs. Here a line first loses the fields that nobody asks for, and then goes to
//! the same decoder: types, nulls and mistakes are Arrow's. A mistake also names its file and line.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Take};
use std::mem;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::json::ReaderBuilder;
use datafusion::arrow::json::reader::Decoder;
use datafusion::catalog::Session;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Statistics, exec_datafusion_err, not_impl_err};
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::json::JsonFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::{
    FileOpenFuture, FileOpener, FileScanConfig, FileSource, JsonSource,
};
use datafusion::datasource::projection::{ProjectionOpener, SplitProjection};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::{DataFusionError, Result};
use datafusion::object_store::{GetOptions, GetResultPayload, ObjectMeta, ObjectStore};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::projection::ProjectionExprs;
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;
use futures::{StreamExt, stream};
use memchr::memchr;

use crate::members::Wanted;

/// A line is looked at in pieces of this size, so that a file that is one line is not held in memory.
const LONGEST_PIECE: usize = 1 << 20;
const BUFFER: usize = 128 << 10;

/// DataFusion's format, but for the reader of files.
#[derive(Debug, Default)]
pub struct NdjsonFormat(JsonFormat);

#[async_trait]
impl FileFormat for NdjsonFormat {
    fn get_ext(&self) -> String {
        self.0.get_ext()
    }

    fn get_ext_with_compression(&self, compression: &FileCompressionType) -> Result<String> {
        self.0.get_ext_with_compression(compression)
    }

    fn compression_type(&self) -> Option<FileCompressionType> {
        self.0.compression_type()
    }

    async fn infer_schema(
        &self,
        session: &dyn Session,
        store: &Arc<dyn ObjectStore>,
        files: &[ObjectMeta],
    ) -> Result<SchemaRef> {
        self.0.infer_schema(session, store, files).await
    }

    async fn infer_stats(
        &self,
        session: &dyn Session,
        store: &Arc<dyn ObjectStore>,
        schema: SchemaRef,
        file: &ObjectMeta,
    ) -> Result<Statistics> {
        self.0.infer_stats(session, store, schema, file).await
    }

    async fn create_physical_plan(
        &self,
        session: &dyn Session,
        config: FileScanConfig,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        self.0.create_physical_plan(session, config).await
    }

    fn file_source(&self, schema: TableSchema) -> Arc<dyn FileSource> {
        Arc::new(NdjsonSource { json: Arc::new(JsonSource::new(schema)), batch_size: 0 })
    }
}

/// DataFusion's source, but for the reader of files.
struct NdjsonSource {
    json: Arc<dyn FileSource>,
    batch_size: usize,
}

impl FileSource for NdjsonSource {
    fn create_file_opener(
        &self,
        store: Arc<dyn ObjectStore>,
        _: &FileScanConfig,
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
        let opener = NdjsonOpener { store, schema, wanted, batch_size: self.batch_size };
        ProjectionOpener::try_new(projection, Arc::new(opener), columns)
    }

    fn with_batch_size(&self, batch_size: usize) -> Arc<dyn FileSource> {
        Arc::new(Self { json: self.json.with_batch_size(batch_size), batch_size })
    }

    fn try_pushdown_projection(&self, projection: &ProjectionExprs) -> Result<Option<Arc<dyn FileSource>>> {
        let json = self.json.try_pushdown_projection(projection)?;
        Ok(json.map(|json| Arc::new(Self { json, batch_size: self.batch_size }) as _))
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
        self.json.file_type()
    }

    fn apply_expressions(
        &self,
        each: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        self.json.apply_expressions(each)
    }
}

struct NdjsonOpener {
    store: Arc<dyn ObjectStore>,
    schema: SchemaRef,
    /// `None`: decode the lines as they are.
    wanted: Option<Arc<Wanted>>,
    batch_size: usize,
}

impl FileOpener for NdjsonOpener {
    fn open(&self, part: PartitionedFile) -> Result<FileOpenFuture> {
        let decoder =
            ReaderBuilder::new(Arc::clone(&self.schema)).with_batch_size(self.batch_size).build_decoder()?;
        let (store, wanted) = (Arc::clone(&self.store), self.wanted.clone());
        Ok(Box::pin(async move {
            let location = &part.object_meta.location;
            let object = store.get_opts(location, GetOptions::default()).await?;
            let GetResultPayload::File(file, path) = object.payload else {
                return not_impl_err!("{location}: only local files are read");
            };
            let range = part.range.map_or(0..object.meta.size, |range| range.start as u64..range.end as u64);
            let mut records = Records::new(file, path, range, wanted, decoder)?;
            Ok(stream::iter(std::iter::from_fn(move || records.next_batch().transpose())).boxed())
        }))
    }
}

/// The records of the lines that start in a part of a file.
struct Records {
    path: PathBuf,
    lines: BufReader<Take<File>>,
    /// Where in the file the next line starts.
    offset: u64,
    wanted: Option<Arc<Wanted>>,
    line: Vec<u8>,
    /// What the decoder gets: the line, or what was picked of it.
    text: Vec<u8>,
    /// How much of that it has taken.
    taken: usize,
    decoder: Decoder,
}

impl Records {
    fn new(
        file: File,
        path: PathBuf,
        part: Range<u64>,
        wanted: Option<Arc<Wanted>>,
        decoder: Decoder,
    ) -> io::Result<Self> {
        let mut file = BufReader::new(file);
        let start = line_start(&mut file, part.start)?;
        let end = line_start(&mut file, part.end)?;
        file.seek(SeekFrom::Start(start))?;
        let lines = BufReader::with_capacity(BUFFER, file.into_inner().take(end - start));
        let (line, text) = (Vec::new(), Vec::new());
        Ok(Self { path, lines, offset: start, wanted, line, text, taken: 0, decoder })
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        while self.taken < self.text.len() || self.next_line().map_err(|error| self.blame("after", &error))? {
            let taken = self.decoder.decode(&self.text[self.taken..]);
            self.taken += taken.map_err(|error| self.blame("in", &error))?;
            if self.taken < self.text.len() {
                // The decoder has all the records that a batch may have.
                break;
            }
        }
        self.decoder.flush().map_err(|error| self.blame("in a record up to", &error))
    }

    /// Gets a line for the decoder, or says that there is none.
    fn next_line(&mut self) -> io::Result<bool> {
        self.read_line()?;
        // Between two records an object is the next record. Inside of a record that goes over lines
        // it may be anything.
        let picked = !self.decoder.has_partial_record()
            && self.wanted.as_ref().is_some_and(|wanted| wanted.pick(&self.line, &mut self.text));
        if !picked {
            mem::swap(&mut self.line, &mut self.text);
        }
        self.taken = 0;
        Ok(!self.text.is_empty())
    }

    /// Reads a line, or the next piece of a very long one.
    fn read_line(&mut self) -> io::Result<()> {
        self.line.clear();
        while self.line.last() != Some(&b'\n') && self.line.len() < LONGEST_PIECE {
            let buffer = self.lines.fill_buf()?;
            let end = memchr(b'\n', buffer).map_or(buffer.len(), |newline| newline + 1);
            if end == 0 {
                break;
            }
            self.line.extend_from_slice(&buffer[..end]);
            self.lines.consume(end);
        }
        self.offset += self.line.len() as u64;
        Ok(())
    }

    /// A mistake with its place. Only then are the lines counted.
    fn blame(&self, place: &str, mistake: &dyn Display) -> DataFusionError {
        let read = File::open(&self.path).map(|file| BufReader::new(file.take(self.offset)));
        let line = read.map_or(0, |read| read.split(b'\n').count());
        exec_datafusion_err!("{}: {place} line {line}: {mistake}", self.path.display())
    }
}

/// Where the first line starts that does so at `offset` or later: there the parts of a file meet.
fn line_start(file: &mut BufReader<File>, offset: u64) -> io::Result<u64> {
    let Some(before) = offset.checked_sub(1) else { return Ok(0) };
    file.seek(SeekFrom::Start(before))?;
    Ok(before + file.skip_until(b'\n')? as u64)
}
