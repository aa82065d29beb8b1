//! The files of a query as the tables `events`, with their own columns, and `device_events`, with those that
//! reports need.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use datafusion::arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use datafusion::catalog::{TableFunctionArgs, TableFunctionImpl, TableProvider};
use datafusion::common::{Column, DFSchema, exec_err, plan_err};
use datafusion::execution::runtime_env::RuntimeEnv;
use datafusion::functions::core::expr_ext::FieldAccessor;
use datafusion::logical_expr::{Expr, ExprSchemable, lit, try_cast};
use datafusion::prelude::{DataFrame, SessionContext};
use datafusion::scalar::ScalarValue;
use event_log_codes_datafusion::functions::event_time;
use event_log_codes_records::{self as records, Rank};
use tokio::runtime::Handle;
use tokio::task;

use crate::Error;
use crate::columns::{self, Care};
use crate::files::{self, File, Kind, partition_names};
use crate::scan::device_events;
use crate::scan::{Format, Hints, Problems, Reading};
use crate::table::Table;

#[derive(Args)]
pub struct Files {
    /// Files, directories, patterns and URLs (s3://, gs://, az://, https://) of logs
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Columns of `events`, as in SQL: `event_type TEXT, data STRUCT<campaign_id TEXT>`
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// Find out the columns of `events` from every line of every file
    #[arg(long)]
    infer_all: bool,
    /// Count and leave out lines of `events` that cannot be read
    #[arg(long)]
    skip_bad_lines: bool,
    #[command(flatten)]
    hints: Hints,
}

/// The tables over the files of a query, made when a statement first names them.
pub struct Tables {
    arguments: Files,
    files: Vec<File>,
    hints: Arc<Hints>,
    problems: Arc<Problems>,
}

impl Tables {
    pub async fn new(context: &SessionContext, arguments: Files) -> Result<Self, Error> {
        let problems = Arc::new(Problems::default());
        let runtime = context.runtime_env();
        let files = if arguments.paths.is_empty() {
            Vec::new()
        } else {
            files::find(&runtime, &arguments.paths).await?
        };
        let hints = Arc::new(arguments.hints.clone());
        let function = DeviceEvents { runtime, hints: hints.clone(), problems: problems.clone() };
        context.register_udtf("device_events", Arc::new(function));
        Ok(Self { arguments, files, hints, problems })
    }

    /// Makes the tables with these names that do not exist yet.
    pub async fn provide(&self, context: &SessionContext, names: &[&str]) -> Result<(), Error> {
        let is_missing = |name| Ok::<_, Error>(names.contains(&name) && !context.table_exist(name)?);
        if !self.files.is_empty() {
            if is_missing("events")? {
                context.register_table("events", self.events(context).await?)?;
            }
            if is_missing("device_events")? {
                context.register_table("device_events", self.device_events(context).await?)?;
            }
        } else if is_missing("device_events")? && context.table_exist("events")? {
            // The user has defined it.
            let view = device_events_of(context.table("events").await?, &[], &self.hints)?;
            context.register_table("device_events", view.into_view())?;
        }
        Ok(())
    }

    /// Makes the tables that the files allow, for a statement about tables.
    pub async fn provide_all(&self, context: &SessionContext) {
        for name in ["events", "device_events"] {
            if let Err(error) = self.provide(context, &[name]).await {
                eprintln!("event-codes-sql: no table {name}: {}", crate::printable(&error.to_string()));
            }
        }
    }

    /// What could not be read since it was last reported.
    pub fn problems(&self) -> &Problems {
        &self.problems
    }

    /// Reports what could not be read since the last time.
    pub async fn report_problems(&self) {
        for line in self.problems.take_lines().await {
            eprintln!("event-codes-sql: {}", crate::printable(&line));
        }
    }

    async fn events(&self, context: &SessionContext) -> Result<Arc<dyn TableProvider>, Error> {
        let mut of_columns = self.files.iter().filter(|file| file.kind != Kind::Other);
        let Some(first) = of_columns.next() else {
            let names = "expected .ndjson, .jsonl, .json, .csv or .parquet, or one of the first four with .gz, .zst, \
                         .bz2 or .xz; device_events reads any log";
            return Err(format!("{}: {names}", self.files[0].name()).into());
        };
        if let Some(other) = of_columns.find(|file| file.kind != first.kind) {
            let (first, other) = (first.name(), other.name());
            return Err(format!(
                "the table events needs files of one kind, got {first} and {other}; device_events has the events of all"
            )
            .into());
        }
        let (files, others): (Vec<_>, Vec<_>) =
            self.files.iter().cloned().partition(|file| file.kind == first.kind);
        if let Some(other) = others.first() {
            eprintln!(
                "event-codes-sql: not in the table events: {}{}",
                crate::printable(&other.name()),
                if others.len() == 1 {
                    String::new()
                } else {
                    format!(" and {} more files", others.len() - 1)
                }
            );
        }
        self.columns(context, files, first.kind).await
    }

    /// Files of one kind with their own columns.
    async fn columns(
        &self,
        context: &SessionContext,
        files: Vec<File>,
        kind: Kind,
    ) -> Result<Arc<dyn TableProvider>, Error> {
        let Files { schema, infer_all: all, skip_bad_lines, .. } = &self.arguments;
        let (all, skip_bad_lines) = (*all, *skip_bad_lines);
        let columns = match schema {
            Some(path) => {
                if kind == Kind::Parquet {
                    return Err("--schema: a Parquet file has one of its own".into());
                }
                let of_path = |error: &dyn fmt::Display| format!("{}: {error}", path.display());
                let text = std::fs::read_to_string(path).map_err(|error| of_path(&error))?;
                columns::stated(&context.state(), &text).await.map_err(|error| of_path(&error))?
            }
            None => {
                Arc::new(columns::infer(&context.state(), &files, kind, Care { all, skip_bad_lines }).await?)
            }
        };
        let format = match kind {
            Kind::Ndjson => Some(Format::Ndjson),
            Kind::Csv => Some(Format::Csv),
            _ => None,
        };
        let (hints, problems) = (self.hints.clone(), self.problems.clone());
        let reading = format.map(|format| Reading { format, skip_bad_lines, hints, problems });
        Ok(Arc::new(Table::new(files, &columns, reading)))
    }

    /// The events of all files: those of Parquet by their columns, those of others wherever they are.
    async fn device_events(&self, context: &SessionContext) -> Result<Arc<dyn TableProvider>, Error> {
        let (parquet, others): (Vec<_>, Vec<_>) =
            self.files.iter().cloned().partition(|file| file.kind == Kind::Parquet);
        if parquet.is_empty() {
            return Ok(Arc::new(events_in(others, &self.hints, &self.problems)));
        }
        let partitions = partition_names(&parquet);
        let table = self.columns(context, parquet, Kind::Parquet).await?;
        let view = device_events_of(context.read_table(table)?, &partitions, &self.hints)?;
        if others.is_empty() {
            return Ok(view.into_view());
        }
        let table = context.read_table(Arc::new(events_in(others, &self.hints, &self.problems)))?;
        Ok(table.union_by_name(view)?.into_view())
    }
}

/// The table function `device_events(url)`.
struct DeviceEvents {
    runtime: Arc<RuntimeEnv>,
    hints: Arc<Hints>,
    problems: Arc<Problems>,
}

impl fmt::Debug for DeviceEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("device_events")
    }
}

impl TableFunctionImpl for DeviceEvents {
    fn call_with_args(
        &self,
        arguments: TableFunctionArgs,
    ) -> datafusion::error::Result<Arc<dyn TableProvider>> {
        let path = |expression: &Expr| match expression {
            Expr::Literal(value, _) => value.try_as_str().flatten().map(str::to_owned),
            _ => None,
        };
        let paths: Option<Vec<_>> = arguments.exprs().iter().map(path).collect();
        let Some(paths) = paths.filter(|paths| !paths.is_empty()) else {
            return plan_err!("device_events: expected paths or URLs, in quotes");
        };
        let files = task::block_in_place(|| Handle::current().block_on(files::find(&self.runtime, &paths)));
        let files = files.map_err(datafusion::error::DataFusionError::External)?;
        if let Some(file) = files.iter().find(|file| file.kind == Kind::Parquet) {
            return exec_err!("{}: device_events(path) reads text, not Parquet", file.name());
        }
        Ok(Arc::new(events_in(files, &self.hints, &self.problems)))
    }
}

fn events_in(files: Vec<File>, hints: &Arc<Hints>, problems: &Arc<Problems>) -> Table {
    let (hints, problems) = (hints.clone(), problems.clone());
    let reading = Reading { format: Format::DeviceEvents, skip_bad_lines: false, hints, problems };
    Table::new(files, &device_events::schema(), Some(reading))
}

/// The columns of `device_events` in a table of events, found by the names that they have in logs too. Those that it
/// does not have are left out: a report needs no more than it uses. Not every event has a campaign or states a status.
///
/// The campaign is in `data.campaign_id` of an event: a member of an object in JSON and Parquet, a
/// column of that name in the portal's CSV.
fn device_events_of(events: DataFrame, partitions: &[String], hints: &Hints) -> Result<DataFrame, Error> {
    let fields: Fields = events.schema().fields().clone();
    let names = hints.names();
    let column = |name: &str| Expr::Column(Column::from_name(name));
    let own = |wanted: records::Field| {
        let ranked = fields.iter().filter_map(|field| {
            let (found, rank) = names.get(field.name().as_bytes())?;
            let is_event_type = wanted == records::Field::EventType;
            let fits = found == wanted && rank < Rank::WEAK && (!is_event_type || is_text(field.data_type()));
            fits.then_some((rank, field.name()))
        });
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, name)| column(name))
    };
    let campaign = own(records::Field::Campaign).or_else(|| {
        let (_, data) = fields.find("data")?;
        has_campaign(data).then(|| column("data").field("campaign_id"))
    });
    let status = own(records::Field::Status).or_else(|| fields.find("status").map(|_| column("status")));
    let time =
        own(records::Field::Time).map(|of_event| time(events.schema(), of_event, hints)).transpose()?;
    let null = || lit(ScalarValue::Utf8(None));
    let columns = [
        own(records::Field::EventType).map(|code| code.alias("event_type")),
        own(records::Field::Device).map(|device| device.alias("device_id")),
        Some(campaign.unwrap_or_else(null).alias("campaign_id")),
        time.map(|time| time.alias("date_time")),
        Some(status.unwrap_or_else(null).alias("status")),
    ];
    let is_new = |name: &&String| !device_events::schema().fields().iter().any(|field| field.name() == *name);
    let partitions = partitions.iter().filter(is_new).map(|name| Expr::Column(Column::from_name(name)));
    let columns: Vec<_> = columns.into_iter().flatten().chain(partitions).collect();
    Ok(events.select(columns)?)
}

/// Whether a column can hold codes.
fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Dictionary(_, values) => is_text(values),
        _ => data_type.is_string() || data_type.is_binary(),
    }
}

/// The column with the time of an event as a timestamp. What is no timestamp yet is read as text: a cast would take any
/// number as the time since 1970 in one unit, whatever its own.
fn time(schema: &DFSchema, of_event: Expr, hints: &Hints) -> Result<Expr, Error> {
    match of_event.get_type(schema)? {
        DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => {
            Ok(try_cast(of_event, DataType::Timestamp(TimeUnit::Microsecond, None)))
        }
        _ if hints.time_zone.is_some() => {
            Err(format!("--tz: {of_event} is text in a table, and such times are read as those of UTC")
                .into())
        }
        _ => Ok(event_time().call(vec![try_cast(of_event, DataType::Utf8View)])),
    }
}

fn has_campaign(data: &Field) -> bool {
    matches!(data.data_type(), DataType::Struct(fields) if fields.find("campaign_id").is_some())
}
