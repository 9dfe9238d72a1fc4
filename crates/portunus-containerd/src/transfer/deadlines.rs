use std::time::Duration;

/// How long a transfer may take. containerd itself waits without limit for a host that accepts a
/// connection and never answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Deadlines {
    /// For each call around the transfer, which the daemon answers by itself, but for those that
    /// take longer the larger a layer is.
    pub call: Duration,
    /// Without any sign of life while bytes are awaited. Unpacking does not count.
    pub idle: Duration,
    /// For the whole transfer; `None`: no limit.
    pub overall: Option<Duration>,
}

impl Default for Deadlines {
    /// 10 s a call, 60 s idle, no overall limit.
    fn default() -> Self {
        Self {
            call: Duration::from_secs(10),
            idle: Duration::from_secs(60),
            overall: None,
        }
    }
}
