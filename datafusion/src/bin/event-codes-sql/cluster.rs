//! The processes of a Ballista cluster, with the functions registered.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ballista::prelude::SessionContextExt;
use ballista_core::config::BALLISTA_ADAPTIVE_PLANNER_ENABLED;
use ballista_core::execution_plans::DistributedQueryExec;
use ballista_core::extension::SessionConfigExt;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::serde::protobuf::operator_metric::Metric;
use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
use ballista_core::serde::protobuf::{GetJobMetricsParams, NamedCount};
use ballista_core::utils::{GrpcClientConfig, create_grpc_client_endpoint, default_config_producer};
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::cluster::memory::InMemoryJobState;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use ballista_scheduler::scheduler_server::SessionBuilder;
use ballista_scheduler::state::session_manager::share_file_statistics_cache;
use bytesize::ByteSize;
use clap::Args;
use datafusion::common::plan_err;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::listing::ListingTable;
use datafusion::datasource::source_as_provider;
use datafusion::error::Result;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::{SessionState, SessionStateBuilder};
use datafusion::logical_expr::{DdlStatement, LogicalPlan, TableScan};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_proto::protobuf::LogicalPlanNode;
use event_log_codes_datafusion::{CodePredicates, register_all};

use crate::executors::Executors;
use crate::partitions::divide;
use crate::query::with_settings;
use crate::readiness::wait_for_executor;
use crate::scan::Problems;
use crate::scheduler_address::SchedulerAddress;
use crate::stop_signals::StopSignals;
use crate::table::Table;
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
}

#[derive(Args)]
pub struct Executor {
    /// Scheduler to work for
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    scheduler: SchedulerAddress,
    /// Address to serve results on; the port after it takes tasks
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:50051")]
    bind: SocketAddr,
    /// Name under which the scheduler and other executors reach this one [default: the address to listen
    /// on, or if that is 0.0.0.0 the address from which the scheduler sees this executor connect]
    #[arg(long, value_name = "HOST")]
    external_host: Option<String>,
    /// Number of tasks to run at a time [default: one a core]
    #[arg(long, value_name = "N")]
    cores: Option<usize>,
    /// Memory for the data of queries, such as 4GiB; what does not fit goes to the directory [default: 70 % of
    /// the memory of the container or the machine]
    #[arg(long, value_name = "SIZE")]
    memory: Option<ByteSize>,
    /// Directory in which to make one for intermediate results [default: the system's for temporary files]
    #[arg(long, value_name = "DIR")]
    work_dir: Option<PathBuf>,
}

#[derive(Args)]
pub struct Health {
    #[arg(value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    scheduler: SchedulerAddress,
}

pub async fn run_scheduler(arguments: Scheduler) -> Result<(), Error> {
    let mut signals = StopSignals::new()?;
    let address = arguments.bind.ip();
    let executors = Arc::new(Executors::default());
    let known = executors.clone();
    let session_builder: SessionBuilder = Arc::new(move |config| state(divide(config, known.as_ref())));
    let config = SchedulerConfig {
        bind_host: address.to_string(),
        bind_port: arguments.bind.port(),
        // What executors would report to, if ours did not know better.
        external_host: url_host(address),
        override_logical_codec: Some(Arc::new(transport::Tables::default())),
        override_physical_codec: Some(Arc::new(transport::Scans::default())),
        // Clients then need to reach nothing but the scheduler.
        enable_embedded_flight_proxy: true,
        executor_timeout_seconds: DEAD_AFTER_SECONDS,
        no_executors_grace_period_seconds: DEAD_AFTER_SECONDS,
        expire_dead_executor_interval_seconds: HEARTBEAT_SECONDS,
        ..SchedulerConfig::default()
    };
    let job_state = InMemoryJobState::new(
        &config.scheduler_id,
        share_file_statistics_cache(session_builder),
        Arc::new(default_config_producer),
    );
    let cluster = BallistaCluster::new(executors, Arc::new(job_state));
    tokio::select! {
        result = start_server(cluster, arguments.bind, Arc::new(config)) => Ok(result?),
        // Nothing that it knows outlives it, so there is nothing to finish.
        () = signals.next() => Ok(()),
    }
}

pub async fn run_executor(arguments: Executor) -> Result<(), Error> {
    let mut signals = StopSignals::new()?;
    let scheduler = arguments.scheduler;
    let address = arguments.bind.ip();
    let grpc_port = arguments.bind.port().checked_add(1).ok_or("--bind: no port is left after 65535")?;
    let external_host = match arguments.external_host {
        // Ballista would put an inferred IPv6 address into a URL without the brackets.
        None if address.is_unspecified() && address.is_ipv6() => {
            return Err(
                format!("--bind {address} needs --external-host, the name by which others reach it").into()
            );
        }
        // To infer the address is then left to the scheduler.
        None => (!address.is_unspecified()).then(|| url_host(address)),
        named => named,
    };
    // A directory of its own, so that nothing else is removed with it. It goes when this executor ends.
    let mut work_dir = tempfile::Builder::new();
    let work_dir = work_dir.prefix("event-codes-sql-");
    let work_dir = match &arguments.work_dir {
        Some(parent) => {
            work_dir.tempdir_in(parent).map_err(|error| format!("{}: {error}", parent.display()))?
        }
        None => work_dir.tempdir()?,
    };
    // A scheduler tells its executors where to report what became of their tasks. If they could not reach that,
    // a query would wait for ever; what they are told here they can reach.
    let scheduler_url = format!("http://{scheduler}");
    let to_scheduler =
        move |_| Ok(create_grpc_client_endpoint(scheduler_url.clone(), Some(&GrpcClientConfig::default()))?);
    let work_path = work_dir.path().to_str().ok_or("--work-dir: not UTF-8")?.to_owned();
    let spill = work_path.clone();
    let runtime = move |_: &SessionConfig| stores::runtime_builder().with_temp_file_path(&spill).build_arc();
    let functions = BallistaFunctionRegistry::from(&state(SessionConfig::new_with_ballista())?);
    let mut config = ExecutorProcessConfig {
        scheduler_host: scheduler.host.clone(),
        scheduler_port: scheduler.port,
        bind_host: url_host(address),
        port: arguments.bind.port(),
        grpc_port,
        external_host,
        work_dir: Some(work_path),
        override_logical_codec: Some(Arc::new(transport::Tables::default())),
        override_physical_codec: Some(Arc::new(transport::Scans::default())),
        override_runtime_producer: Some(Arc::new(runtime)),
        memory_pool_size: arguments.memory.map(|size| size.as_u64()),
        override_function_registry: Some(Arc::new(functions)),
        override_create_grpc_client_endpoint: Some(Arc::new(to_scheduler)),
        executor_heartbeat_interval_seconds: HEARTBEAT_SECONDS,
        // The scheduler may be started after its executors.
        scheduler_connect_timeout_seconds: 60,
        ..ExecutorProcessConfig::default()
    };
    if let Some(cores) = arguments.cores {
        config.vcores = cores;
    }
    let health = config.health.clone();
    let is_asked_to_stop = AtomicBool::new(false);
    let stop = async {
        signals.next().await;
        is_asked_to_stop.store(true, Ordering::Relaxed);
        // Ballista has seen the signal too: it finishes the running tasks and tells the scheduler. Without a
        // scheduler it would not end. A second signal means now.
        if health.is_ready() {
            signals.next().await;
        }
    };
    tokio::select! {
        result = start_executor_process(Arc::new(config)) => result?,
        () = stop => {}
    }
    if !is_asked_to_stop.into_inner() {
        // An error, so that whoever keeps executors running starts another.
        return Err(format!("the scheduler at {scheduler} no longer answers").into());
    }
    Ok(())
}

/// An address as it stands in a URL.
fn url_host(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    }
}

/// A session whose queries are run by the cluster of a scheduler, as soon as that has an executor.
pub async fn connect(scheduler: &SchedulerAddress, wait: Duration) -> Result<SessionContext, Error> {
    wait_for_executor(scheduler, wait).await?;
    let codec = Arc::new(transport::Tables::default());
    let config = SessionConfig::new_with_ballista().with_ballista_logical_extension_codec(codec);
    // The adaptive planner of Ballista 55 can lose a stage that runs again because an executor was lost ("Can't
    // find active stage to update stage outputs"): the query then never ends.
    let config = config.with_information_schema(true).set_bool(BALLISTA_ADAPTIVE_PLANNER_ENABLED, false);
    let config = with_settings(config)?;
    Ok(SessionContext::remote_with_state(&format!("df://{scheduler}"), state(config)?).await?)
}

pub async fn check_health(arguments: Health) -> Result<(), Error> {
    wait_for_executor(&arguments.scheduler, Duration::from_secs(1)).await
}

/// Adds to `problems` what executors could not read when they ran a plan.
pub async fn fetch_problems(
    scheduler: &SchedulerAddress,
    plan: &Arc<dyn ExecutionPlan>,
    context: &SessionContext,
    problems: &Problems,
) -> Result<(), Error> {
    let mut jobs = Vec::new();
    plan.apply(|node| {
        let query = node.downcast_ref::<DistributedQueryExec<LogicalPlanNode>>();
        jobs.extend(query.and_then(DistributedQueryExec::job_id));
        Ok(TreeNodeRecursion::Continue)
    })?;
    if jobs.is_empty() {
        return Ok(());
    }
    let url = format!("http://{scheduler}");
    let endpoint = create_grpc_client_endpoint(url, Some(&GrpcClientConfig::default()))?;
    let mut scheduler = SchedulerGrpcClient::new(endpoint.connect().await?)
        .max_decoding_message_size(context.copied_config().ballista_config().grpc_client_max_message_size());
    for job in jobs {
        let metrics = scheduler.get_job_metrics(GetJobMetricsParams { job_id: job.to_string() }).await?;
        let operators = metrics.into_inner().stages.into_iter().flat_map(|stage| stage.operators);
        for metric in operators.flat_map(|operator| operator.metrics) {
            if let Some(Metric::Count(NamedCount { name, value })) = metric.metric {
                // Most metrics are of something else.
                let _ = problems.add_metric(&name, value, |url| {
                    context.runtime_env().object_store(ObjectStoreUrl::parse(url)?)
                });
            }
        }
    }
    Ok(())
}

/// Refuses a statement that needs rows which are in this process, where no executor can read them.
pub fn check_statement(plan: &LogicalPlan) -> Result<()> {
    if let LogicalPlan::Ddl(DdlStatement::CreateMemoryTable(table)) = plan {
        return plan_err!(
            "executors cannot read the rows that CREATE TABLE {} would keep: use CREATE VIEW, or COPY (SELECT ...) \
             TO a directory and then CREATE EXTERNAL TABLE",
            table.name
        );
    }
    plan.apply_with_subqueries(|node| match node {
        LogicalPlan::TableScan(scan) if !is_readable(scan) => {
            plan_err!("executors cannot read {}: on a cluster a table is of files", scan.table_name)
        }
        _ => Ok(TreeNodeRecursion::Continue),
    })?;
    Ok(())
}

/// Whether an executor can read a table, or need not: the tables about tables are read here.
fn is_readable(scan: &TableScan) -> bool {
    scan.table_name.schema() == Some("information_schema")
        || source_as_provider(&scan.source)
            .is_ok_and(|table| table.is::<ListingTable>() || table.is::<Table>())
}

fn state(config: SessionConfig) -> Result<SessionState> {
    let runtime = stores::runtime_builder().build_arc()?;
    let builder = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime);
    let builder = builder.with_default_features().with_analyzer_rule(Arc::new(CodePredicates));
    let mut state = builder.build();
    register_all(&mut state)?;
    Ok(state)
}
