use std::time::Duration;

/// How long is waited, besides the `dial_timeout` of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For the headers of an answer, and for the whole of a manifest. containerd has no such limit,
    /// and hangs.
    pub answer: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// For a whole token request.
    pub token: Duration,
    /// For finding out what a host asks for, all hosts of a plan together.
    pub probe: Duration,
    /// The longest `Retry-After` that is waited for.
    pub retry_after: Duration,
    /// Before a step of a push is tried again, and twice as long before the next time.
    pub push_pause: Duration,
}

impl Timeouts {
    /// For the answer to what another request settles, which has to have its time too.
    pub(crate) fn preliminary(&self) -> Duration {
        self.answer.min(self.probe) / 2
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            token: Duration::from_secs(30),
            probe: Duration::from_secs(15),
            retry_after: Duration::from_secs(10),
            push_pause: Duration::from_secs(1),
        }
    }
}
