/// Something in a file that makes containerd refuse it: a [`Finding`](super::Finding) that does
/// not know its file yet. Never quotes the value of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// Offset in the file.
    pub(super) at: usize,
    /// Stable name in kebab case.
    pub(super) code: &'static str,
    /// What is wrong, in lower case.
    pub(super) message: String,
    /// What to do about it.
    pub(super) help: Option<String>,
}

impl Fault {
    /// The code of what kills the daemon.
    pub(super) const KILLS_DAEMON: &'static str = "kills-daemon";

    pub(super) fn new(at: usize, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            at,
            code,
            message: message.into(),
            help: None,
        }
    }

    /// Whether it is a bound of ours that the file goes beyond, which containerd does not have.
    pub(super) fn is_own_limit(&self) -> bool {
        matches!(
            self.code,
            "too-large" | "too-many-hosts" | "too-many-headers"
        )
    }

    /// Whether it kills the daemon instead of making it ignore the file.
    pub(super) fn kills_daemon(&self) -> bool {
        self.code == Self::KILLS_DAEMON
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
