//! What reading one input costs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::MEMORY;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// What one input cost.
pub(crate) struct Cost {
    /// Bytes at the peak, beyond what was held before.
    pub(crate) memory: usize,
    /// Of all threads, on processors: a busy machine does not count.
    pub(crate) time: Duration,
    pub(crate) panicked: bool,
}

impl Cost {
    /// The smaller of two costs of the same.
    pub(crate) fn least(self, other: Self) -> Self {
        Self {
            memory: self.memory.min(other.memory),
            time: self.time.min(other.time),
            panicked: self.panicked || other.panicked,
        }
    }
}

/// Counts the panics of every thread, because a runtime catches those of its own.
pub(crate) fn count_panics() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        told(panic);
    }));
}

/// Runs it and says what it cost.
pub(crate) fn cost(run: impl FnOnce()) -> Cost {
    let (before, panics) = (MEMORY.current_usage(), PANICS.load(Ordering::SeqCst));
    MEMORY.reset_peak_usage();
    let start = on_processors();
    let outcome = catch_unwind(AssertUnwindSafe(run));
    Cost {
        time: on_processors().saturating_sub(start),
        memory: MEMORY.peak_usage().saturating_sub(before),
        panicked: outcome.is_err() || PANICS.load(Ordering::SeqCst) > panics,
    }
}

fn on_processors() -> Duration {
    clock_gettime(ClockId::ProcessCPUTime).try_into().unwrap()
}
