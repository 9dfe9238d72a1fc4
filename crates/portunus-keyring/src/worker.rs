use std::fmt;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::backend::Backend;
use crate::failure::Problem;
use crate::items::Items;

type Job = Box<dyn FnOnce(&mut Keyring) + Send>;

/// A thread that owns an open keyring. A call that is not answered in time is left behind with
/// it; the process can still end.
#[derive(Debug)]
pub(crate) struct Worker {
    jobs: Sender<Job>,
    /// The answer of a call that was left behind.
    overdue: Option<Receiver<()>>,
}

/// The keyring on its thread, opened with the first call and again after a failure.
struct Keyring {
    backend: Backend,
    open: Option<Items>,
}

impl Worker {
    pub(crate) fn start(backend: Backend) -> Self {
        let (jobs, waiting) = channel::<Job>();
        // The thread ends when its last sender does.
        thread::spawn(move || {
            let mut keyring = Keyring {
                backend,
                open: None,
            };
            for job in waiting {
                job(&mut keyring);
            }
        });
        Self {
            jobs,
            overdue: None,
        }
    }

    /// Runs a call on the thread.
    ///
    /// # Errors
    /// In words: what the keyring answered, or that it did not.
    pub(crate) fn call<T: Send + 'static>(
        &mut self,
        patience: Duration,
        call: impl FnOnce(&Items) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let busy = || {
            Problem::new(format!(
                "it gave no answer within {} s; it may wait for a dialog to be answered",
                patience.as_secs_f32()
            ))
        };
        if let Some(overdue) = self.overdue.take()
            && overdue.try_recv().is_err()
        {
            self.overdue = Some(overdue);
            return Err(busy());
        }
        let (answer, answered) = channel();
        let (done, overdue) = channel();
        let job: Job = Box::new(move |keyring| {
            let _ = answer.send(keyring.run(call));
            let _ = done.send(());
        });
        self.jobs
            .send(job)
            .map_err(|_| Problem::new("its thread has ended"))?;
        match answered.recv_timeout(patience) {
            Ok(outcome) => outcome,
            Err(RecvTimeoutError::Timeout) => {
                self.overdue = Some(overdue);
                Err(busy())
            }
            Err(RecvTimeoutError::Disconnected) => Err(Problem::new("its thread has ended")),
        }
    }
}

impl Keyring {
    fn run<T>(
        &mut self,
        call: impl FnOnce(&Items) -> keyring_core::Result<T>,
    ) -> Result<T, Problem> {
        let items = match self.open.take() {
            Some(items) => items,
            None => self.backend.open().map_err(|error| Problem::of(&error))?,
        };
        // Kept only after a success: a service that was restarted is found again.
        let outcome = call(&items).map_err(|error| Problem::of(&error))?;
        self.open = Some(items);
        Ok(outcome)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}
