use std::sync::{Arc, Mutex, PoisonError};

use hyper::rt::Executor;
use tokio::task::JoinSet;

/// What runs for a connection, and ends with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks(Arc<Mutex<JoinSet<()>>>);

impl Tasks {
    /// Ends everything.
    pub(super) fn abort(&self) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.abort_all();
        while running.try_join_next().is_some() {}
    }
}

impl<F: Future<Output: Send> + Send + 'static> Executor<F> for Tasks {
    fn execute(&self, task: F) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        while running.try_join_next().is_some() {}
        running.spawn(async move {
            task.await;
        });
    }
}
