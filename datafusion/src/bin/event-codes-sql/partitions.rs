//! Into how many parts a scheduler divides a query.

use ballista_core::extension::SessionConfigExt;
use ballista_scheduler::cluster::ClusterState;
use datafusion::prelude::SessionConfig;
use futures::FutureExt;

/// More than one, so that cores which are done early have something left to do. Each costs a message to an
/// executor and back: with Ballista's 16 for a cluster of any size, two cores spend much of a query on that.
const PARTITIONS_PER_CORE: usize = 2;

/// The settings of a session, with a number of partitions by the cores of the cluster where the user chose none.
pub fn divide(config: SessionConfig, cluster: &dyn ClusterState) -> SessionConfig {
    // Ballista's number is sent as any other, so it counts as not chosen.
    if config.target_partitions() != SessionConfig::new_with_ballista().target_partitions() {
        return config;
    }
    // A scheduler has what it knows of its executors in memory.
    let executors = cluster.registered_executor_metadata().now_or_never().unwrap_or_default();
    let cores: u32 = executors.iter().map(|executor| executor.specification.vcores).sum();
    match cores as usize {
        0 => config,
        cores => config.with_target_partitions(cores * PARTITIONS_PER_CORE),
    }
}

#[cfg(test)]
mod tests {
    use ballista_core::serde::scheduler::{
        ExecutorData, ExecutorMetadata, ExecutorOperatingSystemSpecification, ExecutorSpecification,
    };
    use ballista_scheduler::cluster::memory::InMemoryClusterState;

    use super::*;

    #[tokio::test]
    async fn two_for_each_core_unless_the_user_says_otherwise() {
        let cluster = InMemoryClusterState::default();
        let partitions = |config| divide(config, &cluster).target_partitions();
        assert_eq!(partitions(SessionConfig::new_with_ballista()), 16, "nothing is known of executors");
        for (id, cores) in [("one", 1), ("two", 8)] {
            let metadata = ExecutorMetadata {
                id: id.into(),
                host: id.into(),
                port: 1,
                grpc_port: 2,
                specification: ExecutorSpecification::default().with_vcores(cores),
                os_info: ExecutorOperatingSystemSpecification::default(),
            };
            let data = ExecutorData { executor_id: id.into(), total_vcores: cores, available_vcores: 0 };
            cluster.register_executor(metadata, data).await.unwrap();
        }
        assert_eq!(partitions(SessionConfig::new_with_ballista()), 18);
        assert_eq!(partitions(SessionConfig::new_with_ballista().with_target_partitions(5)), 5);
    }
}
