//! One run of SQL, here or on a cluster.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use datafusion::config::ConfigOptions;
use datafusion::error::DataFusionError;
use datafusion::physical_plan::execute_stream;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::DFParser;
use datafusion::sql::resolve::resolve_table_references;
use event_log_codes_datafusion::{CodePredicates, event_codes, register_all};

use crate::events::{Files, Tables};
use crate::output::{self, Format, Output};
use crate::report::Report;
use crate::scheduler_address::SchedulerAddress;
use crate::{Error, cluster, stores};

#[derive(Args)]
#[command(arg_required_else_help = true)]
pub struct Query {
    #[command(flatten)]
    files: Files,
    /// Statements to run, separated by semicolons
    #[arg(long)]
    sql: Option<String>,
    /// Ready query to run, after the statements [default: failures, if there are no statements]
    #[arg(long, value_enum)]
    report: Option<Report>,
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Scheduler of the cluster to run on [default: this process]
    #[arg(long, value_name = "HOST:PORT")]
    scheduler: Option<SchedulerAddress>,
    /// Longest time to wait for a scheduler that has an executor
    #[arg(long, value_name = "DURATION", default_value = "30s", requires = "scheduler",
          value_parser = humantime::parse_duration)]
    wait: Duration,
}

pub async fn run(arguments: Query) -> Result<(), Error> {
    let mut context = match &arguments.scheduler {
        Some(scheduler) => cluster::connect(scheduler, arguments.wait).await?,
        None => {
            let config = with_settings(SessionConfig::new().with_information_schema(true))?;
            let context = SessionContext::new_with_config_rt(config, stores::runtime_builder().build_arc()?);
            context.add_analyzer_rule(Arc::new(CodePredicates));
            context
        }
    };
    // A session of a cluster starts with Ballista's functions alone, whatever its state had.
    register_all(&mut context)?;
    context.register_table("event_codes", event_codes()?)?;
    let tables = Tables::new(&context, arguments.files).await?;

    let report = arguments.report.or(arguments.sql.is_none().then_some(Report::Failures));
    let (scheduler, format) = (arguments.scheduler.as_ref(), arguments.format);
    if let Some(sql) = &arguments.sql {
        run_statements(&context, &tables, sql, format, scheduler).await?;
    }
    if let Some(report) = report {
        tables.provide(&context, &["device_events"]).await?;
        if !context.table_exist("device_events")? {
            return Err(
                "--report: expected files, or a table `events` or `device_events` made by --sql".into()
            );
        }
        run_statements(&context, &tables, report.sql(), format, scheduler).await.map_err(explain_missing)?;
    }
    Ok(())
}

async fn run_statements(
    context: &SessionContext,
    tables: &Tables,
    sql: &str,
    format: Format,
    scheduler: Option<&SchedulerAddress>,
) -> Result<(), Error> {
    for statement in DFParser::parse_sql(sql)? {
        let (named, _) = resolve_table_references(&statement, true)?;
        if named.iter().any(|name| name.schema() == Some("information_schema")) {
            tables.provide_all(context).await;
        }
        let named: Vec<_> = named.iter().map(|name| name.table()).collect();
        tables.provide(context, &named).await?;

        let plan = context.state().statement_to_plan(statement).await?;
        if scheduler.is_some() {
            cluster::check_statement(&plan)?;
        }
        let answer = context.execute_logical_plan(plan).await?;
        let has_columns = !answer.schema().fields().is_empty();
        let task = Arc::new(answer.task_ctx());
        let plan = answer.create_physical_plan().await?;
        let rows = execute_stream(plan.clone(), task)?;
        // A statement such as CREATE VIEW answers nothing.
        if has_columns {
            output::write(rows, format, Output::new()).await?;
        }
        if let Some(scheduler) = scheduler
            && let Err(error) = cluster::fetch_problems(scheduler, &plan, context, tables.problems()).await
        {
            let error = crate::printable(&error.to_string());
            eprintln!("event-codes-sql: what executors could not read is in their logs alone: {error}");
        }
        tables.report_problems().await;
    }
    Ok(())
}

/// Settings from the environment: `DATAFUSION_EXECUTION_TARGET_PARTITIONS` and the like.
pub fn with_settings(mut config: SessionConfig) -> Result<SessionConfig, DataFusionError> {
    for entry in ConfigOptions::new().entries() {
        let variable = entry.key.to_uppercase().replace('.', "_");
        if let Ok(value) = env::var(&variable) {
            let set = config.options_mut().set(&entry.key, &value);
            set.map_err(|error| error.context(format!("{variable}={value}")))?;
        }
    }
    Ok(config)
}

/// Says of a column that a report needs and the files do not have what to do about it.
fn explain_missing(error: Error) -> Error {
    match error.downcast_ref::<DataFusionError>().map(DataFusionError::find_root) {
        Some(DataFusionError::SchemaError(missing, _)) => {
            let missing = missing.to_string();
            let missing = missing.lines().next().unwrap_or_default();
            format!("{missing} try --sql, with find_event_code(text) where codes stand in a text").into()
        }
        _ => error,
    }
}
