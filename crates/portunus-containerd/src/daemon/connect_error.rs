use std::path::PathBuf;
use std::time::Duration;

use portunus::remedy::{Advise, Remedy};

/// Why a daemon could not be reached.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// There is no such file.
    #[error("{path}: no such socket", path = path.display())]
    SocketMissing {
        /// The path tried.
        path: PathBuf,
    },
    /// The file is not a socket.
    #[error("{path}: not a socket", path = path.display())]
    NotASocket {
        /// The path tried.
        path: PathBuf,
    },
    /// The socket may not be opened.
    #[error("{path}: permission denied", path = path.display())]
    PermissionDenied {
        /// The path tried.
        path: PathBuf,
    },
    /// Nobody listens at the socket.
    #[error("{path}: nobody listens at this socket", path = path.display())]
    NobodyListens {
        /// The path tried.
        path: PathBuf,
    },
    /// Another failure of the operating system.
    #[error("{path}: {problem}", path = path.display())]
    Io {
        /// The path tried.
        path: PathBuf,
        /// What the operating system said.
        problem: String,
    },
    /// Whoever listens does not speak containerd's protocol.
    #[error("{place}: not a containerd: {problem}")]
    NotContainerd {
        /// The path tried, or the channel in words.
        place: String,
        /// What it said instead.
        problem: String,
    },
    /// Nothing was said within the deadline.
    #[error("{place}: no answer within {} ms", waited.as_millis())]
    Silent {
        /// The path tried, or the channel in words.
        place: String,
        /// How long was waited.
        waited: Duration,
    },
}

impl Advise for ConnectError {
    fn remedies(&self) -> Vec<Remedy> {
        vec![match self {
            Self::PermissionDenied { .. } => Remedy::GainSocket,
            Self::NobodyListens { .. } | Self::Silent { .. } => Remedy::StartDaemon,
            _ => Remedy::NameSocket,
        }]
    }
}
