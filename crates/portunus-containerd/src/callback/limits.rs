use std::time::Duration;

/// What the callback puts up with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallbackLimits {
    /// How often a host is given its credential. A pull that goes well asks twice, a push once
    /// for each parallel upload, and either again when a token has run out.
    pub answers_per_host: u32,
    /// How long a lookup may take. After that the host is told none, now and later.
    pub lookup: Duration,
}

impl Default for CallbackLimits {
    /// 32 answers a host, 10 s a lookup.
    fn default() -> Self {
        Self {
            answers_per_host: 32,
            lookup: Duration::from_secs(10),
        }
    }
}
