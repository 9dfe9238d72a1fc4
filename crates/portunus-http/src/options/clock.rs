use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Tells the time; a test tells its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The operating system's monotonic clock.
    pub fn monotonic() -> Self {
        Self::new(Instant::now)
    }

    /// A clock that is asked by a function.
    pub fn new(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Instant {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
