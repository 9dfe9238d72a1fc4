mod classify;
mod host_account;

use std::fmt;

use portunus::name::ImageReference;
use portunus::resolve::Operation;

use crate::transfer::Ended;
use crate::{DaemonError, DaemonVersion, Question};
pub use host_account::HostAccount;

/// Why an image was not pulled or pushed. Holds no secret.
///
/// It prints as one line; [`TransferError::hosts`] tells what each host was answered,
/// [`TransferError::daemon`] what containerd said, and [`TransferError::help`] what to run next.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TransferError {
    /// What was to be done.
    pub operation: Operation,
    /// The image.
    pub reference: ImageReference,
    /// What kind of failure it is.
    pub kind: TransferErrorKind,
    /// What the daemon asked, and what it was told, in order.
    pub questions: Vec<Question>,
    /// What the daemon said, where it was the daemon that failed. It names one host only, and
    /// not always the one that matters.
    pub daemon: Option<DaemonError>,
    message: String,
    help: Vec<String>,
}

/// Kinds of failures, as a program decides on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferErrorKind {
    /// A host wanted a credential, and there is none for it.
    NotLoggedIn,
    /// A host rejected the credential that is stored for it.
    Rejected,
    /// A trust rule kept back a credential that was wanted.
    Refused,
    /// No host has the image.
    NotFound,
    /// The daemon is too old to be given a host directory.
    TooOld,
    /// Something took too long.
    TimedOut,
    /// The caller stopped it.
    Cancelled,
    /// Anything else that the daemon, the network or a registry did.
    Failed,
}

impl TransferError {
    /// What the hosts that asked were told, each once, in the order they first asked.
    pub fn hosts(&self) -> Vec<HostAccount<'_>> {
        host_account::of(&self.questions)
    }

    /// What to do about it: commands and hints, a line each.
    pub fn help(&self) -> &[String] {
        &self.help
    }

    pub(crate) fn ended(
        operation: Operation,
        reference: ImageReference,
        ended: Ended,
        questions: Vec<Question>,
    ) -> Self {
        let cause = classify::cause(&reference, &ended, &questions);
        Self {
            message: format!("{operation} of {reference}: {}", cause.message),
            operation,
            reference,
            kind: cause.kind,
            questions,
            daemon: match ended {
                Ended::Daemon(error) => Some(error),
                _ => None,
            },
            help: cause.help,
        }
    }

    pub(crate) fn too_old(
        operation: Operation,
        reference: ImageReference,
        version: &DaemonVersion,
    ) -> Self {
        Self {
            message: format!(
                "{operation} of {reference}: containerd {version} ignores host directories, and would ask the registry itself in place of its mirrors"
            ),
            operation,
            reference,
            kind: TransferErrorKind::TooOld,
            questions: Vec::new(),
            daemon: None,
            help: vec!["use --local, or update containerd to 2.0 or newer".to_owned()],
        }
    }
}

impl fmt::Display for TransferError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for TransferError {}
