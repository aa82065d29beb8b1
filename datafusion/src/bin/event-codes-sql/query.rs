//! One run of SQL, here or on a cluster.

use std::path::PathBuf;

use clap::Args;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::DFParser;
use event_log_codes_datafusion::{event_codes, register_all};

use crate::output::{self, Format, Output};
use crate::report::Report;
use crate::{Error, cluster, events};

#[derive(Args)]
#[command(arg_required_else_help = true)]
pub struct Query {
    /// Files of events, or directories of them: NDJSON, CSV or Parquet, one kind at a time
    paths: Vec<PathBuf>,
    /// Statements to run, separated by semicolons
    #[arg(long)]
    sql: Option<String>,
    /// Ready query to run
    #[arg(long, value_enum, default_value_t = Report::Failures, conflicts_with = "sql", requires = "paths")]
    report: Report,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Scheduler of the cluster to run on, such as df://localhost:50050 [default: this process]
    #[arg(long, value_name = "URL")]
    scheduler: Option<String>,
}

pub async fn run(arguments: Query) -> Result<(), Error> {
    let mut context = match &arguments.scheduler {
        Some(scheduler) => cluster::connect(scheduler).await?,
        None => SessionContext::new_with_config(SessionConfig::new().with_information_schema(true)),
    };
    // A session of a cluster starts with Ballista's functions alone, whatever its state had.
    register_all(&mut context)?;
    context.register_table("event_codes", event_codes()?)?;
    if !arguments.paths.is_empty() {
        events::register(&context, &arguments.paths, arguments.scheduler.is_none()).await?;
        let has_view = events::register_device_events(&context).await;
        if arguments.sql.is_none() {
            has_view?;
        }
    }

    let sql = arguments.sql.as_deref().unwrap_or_else(|| arguments.report.sql());
    for statement in DFParser::parse_sql(sql)? {
        let plan = context.state().statement_to_plan(statement).await?;
        let answer = context.execute_logical_plan(plan).await?;
        let has_columns = !answer.schema().fields().is_empty();
        let rows = answer.execute_stream().await?;
        // A statement such as CREATE VIEW answers nothing.
        if has_columns {
            output::write(rows, arguments.format, Output::new()).await?;
        }
    }
    Ok(())
}
