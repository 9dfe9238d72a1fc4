//! One run of the transfer service, the same for both directions.

pub(crate) mod deadlines;
pub(crate) mod ends;
pub(crate) mod error;
pub(crate) mod observer;
pub(crate) mod progress;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod report;
pub(crate) mod running;
mod watch;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use portunus::name::ImageReference;
use portunus::resolve::Operation;

use crate::callback::question::Question;
use crate::callback::{CallbackLimits, Lookup};
use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::daemon_error::DaemonError;
use crate::daemon::version::ReportedVersion;
use crate::transfer::deadlines::Deadlines;
use crate::transfer::progress::Totals;

/// What a transfer is made of.
#[derive(Debug)]
pub(crate) struct Transfer {
    pub(crate) operation: Operation,
    pub(crate) reference: ImageReference,
    pub(crate) containerd_namespace: ContainerdNamespace,
    pub(crate) lookup: Arc<dyn Lookup>,
    pub(crate) limits: CallbackLimits,
    pub(crate) deadlines: Deadlines,
    pub(crate) lease_expires_at: SystemTime,
}

/// What was seen during a transfer, whether it succeeded or not.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) questions: Vec<Question>,
    pub(crate) totals: Totals,
}

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
