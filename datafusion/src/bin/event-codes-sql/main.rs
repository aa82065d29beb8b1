//! SQL over device events: in this process, or on a Ballista cluster whose processes it also starts.

#![forbid(unsafe_code)]

mod cluster;
mod columns;
mod events;
mod executors;
mod files;
mod output;
mod partitions;
mod query;
mod readiness;
mod report;
mod scan;
mod scheduler_address;
mod stop_signals;
mod stores;
mod table;
mod transport;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

// The allocator that Ballista's own executor and DataFusion's command line use.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// SQL over device events, with the event codes as functions.
///
/// NDJSON, CSV or Parquet becomes the table `events`, with its own columns. The table `device_events` has the events
/// in any log, with the columns event_type, device_id, campaign_id, date_time and status. The table `event_codes` is
/// the catalogue; `--sql "SHOW FUNCTIONS LIKE '%event_code%'"` lists the functions.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    role: Option<Role>,
    #[command(flatten)]
    query: query::Query,
}

#[derive(Subcommand)]
enum Role {
    /// Run the scheduler of a cluster
    Scheduler(cluster::Scheduler),
    /// Run an executor of a cluster
    Executor(cluster::Executor),
    /// Succeed if a scheduler answers and has an executor
    Health(cluster::Health),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A cluster's answer that a query failed is told once, as the error of the command.
    let log = "warn,ballista_scheduler::scheduler_process=info,ballista_executor::executor_process=info,\
               ballista_core::execution_plans::distributed_query=off";
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or(log)).init();

    // The planner recurses: a thread's usual stack is too small for a deep query in a debug build.
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().thread_stack_size(32 << 20).build();
    let result = runtime.map_err(Into::into).and_then(|runtime| {
        let task = runtime.spawn(async {
            match arguments.role {
                None => query::run(arguments.query).await,
                Some(Role::Scheduler(scheduler)) => cluster::run_scheduler(scheduler).await,
                Some(Role::Executor(executor)) => cluster::run_executor(executor).await,
                Some(Role::Health(health)) => cluster::check_health(health).await,
            }
        });
        runtime.block_on(task)?
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The engine's errors come with line breaks; a log wants a line.
            let error = error.to_string();
            let error = error.split_whitespace().collect::<Vec<_>>().join(" ");
            eprintln!("event-codes-sql: {}", printable(&error));
            ExitCode::FAILURE
        }
    }
}

/// A text for a terminal: control characters, which may come from a file, are escaped.
fn printable(text: &str) -> String {
    let escape = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.into() };
    text.chars().map(escape).collect()
}

/// What stops the command: the engine's, the cluster's and the system's errors alike.
type Error = Box<dyn std::error::Error + Send + Sync>;
