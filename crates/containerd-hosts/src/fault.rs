use crate::code::Code;
use crate::finding::FindingSubject;

/// Something in a file that makes containerd refuse it: a [`Finding`](super::Finding) that does
/// not know its file yet. Never quotes the value of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Offset in the file.
    pub(crate) at: usize,
    /// Its kind.
    pub(crate) code: Code,
    /// What is wrong, in lower case.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
    /// The host that it is about, where that matters to whoever mends it.
    pub(crate) host: Option<FindingSubject>,
}

impl Fault {
    pub(crate) fn new(at: usize, code: Code, message: impl Into<String>) -> Self {
        Self {
            at,
            code,
            message: message.into(),
            help: None,
            host: None,
        }
    }

    /// Whether it is a bound of ours that the file goes beyond, which containerd does not have.
    pub(crate) fn is_own_limit(&self) -> bool {
        matches!(
            self.code,
            Code::TooLarge | Code::TooManyHosts | Code::TooManyHeaders
        )
    }

    /// Whether it kills the daemon instead of making it ignore the file.
    pub(crate) fn kills_daemon(&self) -> bool {
        self.code == Code::KillsDaemon
    }

    /// Says at which host it is.
    pub(crate) fn at_host(mut self, host: Option<FindingSubject>) -> Self {
        self.host = host;
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
