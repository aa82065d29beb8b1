//! What a scheduler knows of its executors: Ballista's own account, and beside it which cores are lent to tasks.
//!
//! Ballista 55 takes a core back when the task that has it reports its end, but not if the stage of that task is gone
//! by then: rolled back since another executor was lost, or dropped with its query. An executor of one core then gets
//! no task any more, and a query waits for it for ever.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use ballista_core::JobId;
use ballista_core::error::Result;
use ballista_core::serde::protobuf::ExecutorHeartbeat;
use ballista_core::serde::scheduler::{ExecutorData, ExecutorMetadata};
use ballista_scheduler::cluster::memory::InMemoryClusterState;
use ballista_scheduler::cluster::{BoundTask, ClusterState, ClusterStateEventStream, ExecutorSlot};
use ballista_scheduler::config::TaskDistributionPolicy;
use ballista_scheduler::state::task_manager::JobInfoCache;
use tokio::sync::Mutex;

/// Cores by the identifier of their executor.
type Cores = HashMap<String, u32>;

#[derive(Default)]
pub struct Executors {
    account: InMemoryClusterState,
    lent: Mutex<Cores>,
}

/// The cores that are lent to no task that still runs. They are no longer lent then.
fn take_unused(lent: &mut Cores, running: &Cores) -> Vec<ExecutorSlot> {
    let mut unused = Vec::new();
    for (executor, cores) in lent {
        let used = running.get(executor).copied().unwrap_or(0);
        if *cores > used {
            unused.push((executor.clone(), *cores - used));
            *cores = used;
        }
    }
    unused
}

async fn running_cores(jobs: &HashMap<JobId, JobInfoCache>) -> Cores {
    let mut running = Cores::new();
    for job in jobs.values() {
        let graph = job.execution_graph.read().await;
        for task in graph.running_tasks() {
            *running.entry(task.executor_id).or_default() +=
                graph.task_vcores(task.stage_id, task.task_id).unwrap_or(0);
        }
    }
    running
}

#[async_trait]
impl ClusterState for Executors {
    async fn bind_schedulable_tasks(
        &self,
        distribution: TaskDistributionPolicy,
        active_jobs: Arc<HashMap<JobId, JobInfoCache>>,
        executors: Option<HashSet<String>>,
    ) -> Result<Vec<BoundTask>> {
        let mut lent = self.lent.lock().await;
        let unused = take_unused(&mut lent, &running_cores(&active_jobs).await);
        self.account.unbind_tasks(unused).await?;
        let bound = self.account.bind_schedulable_tasks(distribution, active_jobs, executors).await?;
        for (executor, task) in &bound {
            *lent.entry(executor.clone()).or_default() += task.vcores_consumed;
        }
        Ok(bound)
    }

    async fn unbind_tasks(&self, mut slots: Vec<ExecutorSlot>) -> Result<()> {
        let mut lent = self.lent.lock().await;
        for (executor, cores) in &mut slots {
            // What was taken back already is not given back twice.
            let lent = lent.entry(executor.clone()).or_default();
            *cores = (*cores).min(*lent);
            *lent -= *cores;
        }
        self.account.unbind_tasks(slots).await
    }

    async fn remove_executor(&self, executor_id: &str) -> Result<()> {
        self.lent.lock().await.remove(executor_id);
        self.account.remove_executor(executor_id).await
    }

    async fn register_executor(&self, metadata: ExecutorMetadata, spec: ExecutorData) -> Result<()> {
        self.account.register_executor(metadata, spec).await
    }

    async fn save_executor_metadata(&self, metadata: ExecutorMetadata) -> Result<()> {
        self.account.save_executor_metadata(metadata).await
    }

    async fn get_executor_metadata(&self, executor_id: &str) -> Result<ExecutorMetadata> {
        self.account.get_executor_metadata(executor_id).await
    }

    async fn registered_executor_metadata(&self) -> Vec<ExecutorMetadata> {
        self.account.registered_executor_metadata().await
    }

    async fn save_executor_heartbeat(&self, heartbeat: ExecutorHeartbeat) -> Result<()> {
        self.account.save_executor_heartbeat(heartbeat).await
    }

    fn executor_heartbeats(&self) -> HashMap<String, ExecutorHeartbeat> {
        self.account.executor_heartbeats()
    }

    fn get_executor_heartbeat(&self, executor_id: &str) -> Option<ExecutorHeartbeat> {
        self.account.get_executor_heartbeat(executor_id)
    }

    async fn cluster_state_events(&self) -> Result<ClusterStateEventStream> {
        self.account.cluster_state_events().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_that_no_running_task_has_are_free() {
        let cores = |of: &[(&str, u32)]| of.iter().map(|(id, n)| ((*id).to_owned(), *n)).collect::<Cores>();
        let mut lent = cores(&[("busy", 2), ("idle", 1), ("half", 4)]);
        let running = cores(&[("busy", 2), ("half", 3), ("unknown", 1)]);
        let mut unused = take_unused(&mut lent, &running);
        unused.sort();
        assert_eq!(unused, [("half".to_owned(), 1), ("idle".to_owned(), 1)]);
        assert_eq!(lent, cores(&[("busy", 2), ("idle", 0), ("half", 3)]));
        assert_eq!(take_unused(&mut lent, &running), []);
    }
}
