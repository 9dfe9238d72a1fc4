use std::time::Duration;

use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::DaemonError;
use crate::daemon::version::ReportedVersion;

/// Why a transfer ended without success.
#[derive(Debug)]
pub(crate) enum Ended {
    TooOld(ReportedVersion),
    Daemon(DaemonError),
    /// What was to be loaded cannot be read, or is not what it says.
    Content(String),
    NoSuchImage(ContainerdNamespace),
    Silent(Duration),
    Idle(Duration),
    TooLong(Duration),
    Cancelled,
}

impl From<DaemonError> for Ended {
    fn from(error: DaemonError) -> Self {
        Self::Daemon(error)
    }
}
