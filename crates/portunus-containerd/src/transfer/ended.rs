use std::time::Duration;

use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::{DaemonError, GrpcCode};
use crate::daemon::version::ReportedVersion;

/// Why a transfer ended without success.
#[derive(Debug)]
pub(crate) enum Ended {
    TooOld(ReportedVersion),
    Daemon(DaemonError),
    /// What was to be loaded cannot be read, or is not what it says.
    Content(String),
    NoSuchImage(ContainerdNamespace),
    /// What a host gave is stored, and is no image.
    NoImage(String),
    /// No host served; what became of each is recorded.
    EveryHost,
    Silent(Duration),
    Idle(Duration),
    TooLong(Duration),
    Cancelled,
}

impl Ended {
    pub(crate) fn into_daemon(self) -> Option<DaemonError> {
        match self {
            Self::Daemon(error) => Some(error),
            _ => None,
        }
    }

    /// Whether it says something about the host that the daemon was sent to, so that the next one
    /// may do better.
    pub(crate) fn is_of_host(&self) -> bool {
        match self {
            Self::Daemon(error) => {
                error.grpc != GrpcCode::Unavailable && !error.is_about_unpacking()
            }
            Self::NoImage(_) | Self::Idle(_) => true,
            _ => false,
        }
    }
}

impl From<DaemonError> for Ended {
    fn from(error: DaemonError) -> Self {
        Self::Daemon(error)
    }
}
