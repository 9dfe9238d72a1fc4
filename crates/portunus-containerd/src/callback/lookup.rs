use crate::callback::host_answer::HostAnswer;

/// Finds what a host is told. Asked once for each host of an operation, on a thread that may
/// block.
pub trait Lookup: std::fmt::Debug + Send + Sync + 'static {
    /// The answer for a host, by the text that containerd sends; `None` where the operation has
    /// no such host.
    fn answer(&self, host: &str) -> Option<HostAnswer>;
}
