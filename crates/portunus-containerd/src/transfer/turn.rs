use std::path::PathBuf;
use std::sync::Arc;

use portunus::remedy::Remedy;

use crate::callback::lookup::Lookup;
use crate::callback::question::Question;
use crate::daemon::daemon_error::DaemonError;
use crate::transfer::error::kind::TransferErrorKind;
use crate::transfer::progress::Totals;

/// One host of a pull, in its turn.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Turn {
    /// The host, in words.
    pub host: String,
    /// Which host of its plan that is, by [`PreparedAttempt::position`]; `None`: it is of no plan.
    ///
    /// [`PreparedAttempt::position`]: portunus::resolve::PreparedAttempt::position
    pub attempt: Option<usize>,
    /// What is done about it.
    pub way: Way,
}

/// What is done about a host.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Way {
    /// The daemon is sent there, and to nobody else.
    Sent(SentTo),
    /// The daemon is not sent there: what we know of the host already rules it out.
    #[non_exhaustive]
    RuledOut {
        /// What kind of failure that is.
        kind: TransferErrorKind,
        /// Why, in words.
        reason: String,
        /// What to do about it.
        remedies: Vec<Remedy>,
    },
}

/// How the daemon is sent to one host.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SentTo {
    /// The root of a host directory that holds this host alone, as an absolute path.
    pub host_dir: PathBuf,
    /// What the host is told.
    pub answers: Arc<dyn Lookup>,
    /// The digest of the image there, where that was found out. Without one, the daemon asks the
    /// host by the image's tag, unless an earlier host has told the digest.
    pub digest: Option<String>,
}

impl SentTo {
    /// To the host in this directory, where the digest of the image is not known.
    pub fn new(host_dir: impl Into<PathBuf>, answers: Arc<dyn Lookup>) -> Self {
        Self {
            host_dir: host_dir.into(),
            answers,
            digest: None,
        }
    }
}

impl Turn {
    /// A host of no plan, and what is done about it.
    pub fn new(host: impl Into<String>, way: Way) -> Self {
        Self {
            host: host.into(),
            attempt: None,
            way,
        }
    }
}

/// What became of a host in its turn. Holds no secret.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TurnReport {
    /// The host, in words.
    pub host: String,
    /// [`Turn::attempt`]: which host of its plan that is.
    pub attempt: Option<usize>,
    /// Whether it served, or why not.
    pub outcome: TurnOutcome,
    /// What the daemon asked, and what it was told, in order.
    pub questions: Vec<Question>,
    /// What the daemon had from this host, and what it had before.
    pub totals: Totals,
}

/// Whether a host served an image, or why not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TurnOutcome {
    /// With it the image was whole.
    Served,
    /// The daemon was not sent there.
    #[non_exhaustive]
    RuledOut {
        /// What kind of failure that is.
        kind: TransferErrorKind,
        /// Why, in words.
        reason: String,
        /// What to do about it.
        remedies: Vec<Remedy>,
    },
    /// It has another image under the tag than the one that is being pulled.
    #[non_exhaustive]
    OtherDigest {
        /// The digest of its image.
        digest: String,
    },
    /// It did not give all that was missing. What it gave is kept.
    #[non_exhaustive]
    Failed {
        /// What kind of failure it was.
        kind: TransferErrorKind,
        /// Why, in words.
        reason: String,
        /// What to do about it.
        remedies: Vec<Remedy>,
        /// What the daemon said, where it was the daemon that failed.
        daemon: Option<DaemonError>,
    },
}
