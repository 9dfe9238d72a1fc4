//! How does a real containerd pull and push along a plan?
//!
//! What is to stop an operation in order (a signal, a button, a deadline) is a future of the caller's;
//! nothing here listens to signals. One that never stops is [`std::future::pending`].

pub(crate) mod address;
pub(crate) mod connected;
pub(crate) mod failed;
pub(crate) mod hosts_directory;
pub(crate) mod local;
pub(crate) mod operation;
pub(crate) mod prepared;

use std::time::Duration;

pub use crate::prepared_warning::PreparedWarning;
pub use crate::runtime_folder::UnusedRuntime;
pub use connected::DaemonAddress;
pub use failed::{DaemonHostReport, DaemonTransferError};
pub use operation::{DaemonPull, pull, push};

/// How long what was transferred is kept, should we be gone before the end.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);
