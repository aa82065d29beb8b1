//! Files as a table, with the directories `key=value` that they are in as columns.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::DFSchema;
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::file_compression_type::FileCompressionType;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{PartitionedFile, helpers};
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder};
use datafusion::datasource::source::DataSourceExec;
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use datafusion::physical_plan::union::UnionExec;
use datafusion::scalar::ScalarValue;

use crate::files::{File, partition_names};
use crate::scan::{Reading, TextSource};

pub struct Table {
    files: Vec<File>,
    schema: TableSchema,
    /// `None`: Parquet.
    reading: Option<Reading>,
}

impl Table {
    /// A table of files with these columns. A partition hides a column of its name.
    pub fn new(files: Vec<File>, columns: &Schema, reading: Option<Reading>) -> Self {
        let partitions = partition_names(&files);
        let is_column = |field: &&Arc<Field>| !partitions.contains(field.name());
        let columns: Vec<_> = columns.fields().iter().filter(is_column).cloned().collect();
        let partitions = partitions.iter().map(|name| Arc::new(Field::new(name, DataType::Utf8, true)));
        let schema = TableSchema::builder(Arc::new(Schema::new(columns)));
        let schema = schema.with_table_partition_cols(partitions.collect::<Vec<_>>()).build();
        Self { files, schema, reading }
    }

    pub fn files(&self) -> &[File] {
        &self.files
    }

    pub fn reading(&self) -> Option<&Reading> {
        self.reading.as_ref()
    }

    /// What a scan has to know: that compressed files cannot be split. Our reader finds out which compression it is.
    pub fn compression(is_compressed: bool) -> FileCompressionType {
        if is_compressed { FileCompressionType::GZIP } else { FileCompressionType::UNCOMPRESSED }
    }

    fn is_of_partitions(&self, filter: &Expr) -> bool {
        let names: Vec<_> =
            self.schema.table_partition_cols().iter().map(|field| field.name().as_str()).collect();
        !names.is_empty() && helpers::expr_applicable_for_cols(&names, filter)
    }

    /// The files whose partitions meet all filters.
    fn parts(&self, filters: &[Expr]) -> Result<Vec<(&File, PartitionedFile)>> {
        let partitions = self.schema.table_partition_cols();
        let schema = DFSchema::from_unqualified_fields(partitions.clone(), Default::default())?;
        let filters: Vec<_> =
            filters.iter().filter(|filter| self.is_of_partitions(filter)).cloned().collect();
        let mut files = Vec::new();
        for file in &self.files {
            let value = |field: &Arc<Field>| {
                let found = file.partitions.iter().find(|(name, _)| name == field.name());
                ScalarValue::Utf8(found.and_then(|(_, value)| value.clone()))
            };
            let mut part = PartitionedFile::new_from_meta(file.meta.clone());
            part.partition_values = partitions.iter().map(value).collect();
            files.extend(helpers::filter_partitioned_file(part, &filters, &schema)?.map(|part| (file, part)));
        }
        Ok(files)
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Table of {} files", self.files.len())
    }
}

#[async_trait]
impl TableProvider for Table {
    fn schema(&self) -> SchemaRef {
        self.schema.table_schema().clone()
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| match self.is_of_partitions(filter) {
            true => TableProviderFilterPushDown::Exact,
            false => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(support).collect())
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        // A scan is of one store.
        let mut scans: BTreeMap<_, (&File, Vec<PartitionedFile>)> = BTreeMap::new();
        for (file, part) in self.parts(filters)? {
            let scan = scans.entry((file.store.as_str(), file.is_compressed));
            scan.or_insert_with(|| (file, Vec::new())).1.push(part);
        }
        let parquet = ParquetFormat::default().with_options(session.default_table_options().parquet);
        let mut plans = Vec::new();
        for (first, files) in scans.into_values() {
            let groups = FileGroup::new(files).split_files(session.config().target_partitions());
            let source = match &self.reading {
                Some(reading) => Arc::new(TextSource::new(self.schema.clone(), reading.clone())),
                None => parquet.file_source(self.schema.clone()),
            };
            let compression = Self::compression(first.is_compressed);
            let config = FileScanConfigBuilder::new(first.store.clone(), source)
                .with_file_groups(groups)
                .with_projection_indices(projection.cloned())?
                .with_limit(limit)
                .with_file_compression_type(compression)
                .build();
            plans.push(match &self.reading {
                Some(_) => DataSourceExec::from_data_source(config) as Arc<dyn ExecutionPlan>,
                None => parquet.create_physical_plan(session, config).await?,
            });
        }
        match plans.len() {
            0 => {
                let schema = self.schema();
                let columns = projection.map(|columns| schema.project(columns)).transpose()?;
                Ok(Arc::new(EmptyExec::new(columns.map_or(schema, Arc::new))))
            }
            1 => Ok(plans.remove(0)),
            _ => UnionExec::try_new(plans),
        }
    }
}
