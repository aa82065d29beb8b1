//! Puts what threads make of the shares of the inputs back into the order of the inputs.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::pool::{Stop, lock};

/// Results that may wait for an earlier one, for each thread.
const AHEAD: u64 = 4;

/// Takes results in any order and hands them over in the order of their numbers, which have no gap.
pub struct InOrder<T, S> {
    queue: Mutex<Queue<T, S>>,
    handed_over: Condvar,
    ahead: u64,
    stop: Arc<Stop>,
}

struct Queue<T, S> {
    next: u64,
    waiting: BTreeMap<u64, T>,
    sink: S,
}

impl<T, S: FnMut(T) -> io::Result<()>> InOrder<T, S> {
    /// Hands results of `threads` threads over to `sink`, until `stop` is set.
    pub fn new(threads: usize, stop: Arc<Stop>, sink: S) -> Self {
        let queue = Queue { next: 0, waiting: BTreeMap::new(), sink };
        InOrder { queue: Mutex::new(queue), handed_over: Condvar::new(), ahead: AHEAD * threads as u64, stop }
    }

    /// Hands over the result with the number `sequence`; or keeps it until the ones before are here,
    /// but waits if it is too far ahead of them.
    pub fn put(&self, sequence: u64, result: T) -> io::Result<()> {
        /// Another thread may have ended without its result.
        const PATIENCE: Duration = Duration::from_millis(100);
        let mut queue = lock(&self.queue);
        while sequence > queue.next + self.ahead && !self.stop.is_run_over() {
            let waited = self.handed_over.wait_timeout(queue, PATIENCE);
            queue = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        queue.waiting.insert(sequence, result);
        let Queue { next, waiting, sink } = &mut *queue;
        let before = *next;
        while let Some(result) = waiting.remove(next) {
            *next += 1;
            sink(result)?;
        }
        if *next > before {
            self.handed_over.notify_all();
        }
        Ok(())
    }

    /// Ends it, and returns the sink.
    pub fn into_sink(self) -> S {
        self.queue.into_inner().unwrap_or_else(PoisonError::into_inner).sink
    }
}
