//! The processes of a Ballista cluster, with the functions registered.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use ballista::prelude::SessionContextExt;
use ballista_core::extension::SessionConfigExt;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use clap::Args;
use datafusion::error::Result;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::prelude::{SessionConfig, SessionContext};
use event_log_codes_datafusion::register_all;

use crate::query::with_settings;
use crate::{Error, stores, transport};

/// An executor that has not been heard of for this long is taken for dead and its work is given to
/// others. Ballista's own three minutes are long for someone who waits for an answer.
const DEAD_AFTER_SECONDS: u64 = 30;
const HEARTBEAT_SECONDS: u64 = 5;

#[derive(Args)]
pub struct Scheduler {
    /// Address to listen on
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50050")]
    bind: SocketAddr,
    /// Name under which executors reach this scheduler [default: the address]
    #[arg(long, value_name = "HOST")]
    external_host: Option<String>,
}

#[derive(Args)]
pub struct Executor {
    /// Scheduler to work for
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050", value_parser = host_and_port)]
    scheduler: (String, u16),
    /// Address to serve results on; the port after it takes tasks
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50051")]
    bind: SocketAddr,
    /// Name under which the scheduler and other executors reach this one [default: the address]
    #[arg(long, value_name = "HOST")]
    external_host: Option<String>,
    /// Number of tasks to run at a time [default: one a core]
    #[arg(long, value_name = "N")]
    cores: Option<usize>,
    /// Directory for intermediate results [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
}

pub async fn run_scheduler(arguments: Scheduler) -> Result<(), Error> {
    let config = SchedulerConfig {
        bind_host: arguments.bind.ip().to_string(),
        bind_port: arguments.bind.port(),
        external_host: arguments.external_host.unwrap_or_else(|| arguments.bind.ip().to_string()),
        override_session_builder: Some(Arc::new(state)),
        override_logical_codec: Some(Arc::new(transport::Tables::default())),
        override_physical_codec: Some(Arc::new(transport::Scans::default())),
        // Clients then need to reach nothing but the scheduler.
        enable_embedded_flight_proxy: true,
        executor_timeout_seconds: DEAD_AFTER_SECONDS,
        no_executors_grace_period_seconds: DEAD_AFTER_SECONDS,
        expire_dead_executor_interval_seconds: HEARTBEAT_SECONDS,
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    Ok(start_server(cluster, arguments.bind, Arc::new(config)).await?)
}

pub async fn run_executor(arguments: Executor) -> Result<(), Error> {
    let (scheduler_host, scheduler_port) = arguments.scheduler;
    let grpc_port = arguments.bind.port().checked_add(1).ok_or("--bind: no port is left after 65535")?;
    let spill = arguments.work_dir.clone();
    let runtime = move |_: &SessionConfig| {
        let builder = stores::runtime_builder();
        spill.iter().fold(builder, |builder, path| builder.with_temp_file_path(path)).build_arc()
    };
    let functions = BallistaFunctionRegistry::from(&state(SessionConfig::new_with_ballista())?);
    let mut config = ExecutorProcessConfig {
        scheduler_host,
        scheduler_port,
        bind_host: arguments.bind.ip().to_string(),
        port: arguments.bind.port(),
        grpc_port,
        external_host: arguments.external_host.or_else(|| Some(arguments.bind.ip().to_string())),
        work_dir: arguments.work_dir.map(|path| path.display().to_string()),
        override_logical_codec: Some(Arc::new(transport::Tables::default())),
        override_physical_codec: Some(Arc::new(transport::Scans::default())),
        override_runtime_producer: Some(Arc::new(runtime)),
        override_function_registry: Some(Arc::new(functions)),
        executor_heartbeat_interval_seconds: HEARTBEAT_SECONDS,
        // The scheduler may be started after its executors.
        scheduler_connect_timeout_seconds: 60,
        ..ExecutorProcessConfig::default()
    };
    if let Some(cores) = arguments.cores {
        config.vcores = cores;
    }
    Ok(start_executor_process(Arc::new(config)).await?)
}

/// A session whose queries are run by the cluster of a scheduler.
pub async fn connect(scheduler: &str) -> Result<SessionContext> {
    let codec = Arc::new(transport::Tables::default());
    let config = SessionConfig::new_with_ballista().with_ballista_logical_extension_codec(codec);
    let config = with_settings(config.with_information_schema(true))?;
    SessionContext::remote_with_state(scheduler, state(config)?).await
}

fn state(config: SessionConfig) -> Result<SessionState> {
    let runtime = stores::runtime_builder().build_arc()?;
    let builder = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime);
    let mut state = builder.with_default_features().build();
    register_all(&mut state)?;
    Ok(state)
}

fn host_and_port(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text.rsplit_once(':').ok_or("expected HOST:PORT")?;
    Ok((host.to_owned(), port.parse().map_err(|_| format!("`{port}` is not a port"))?))
}
