//! How does a real containerd pull and push along a plan?

pub(crate) mod address;
pub(crate) mod connected;
pub(crate) mod hosts_directory;
pub(crate) mod interrupt;
pub(crate) mod local;
pub(crate) mod operation;
pub(crate) mod prepared;

use std::time::Duration;

pub use crate::prepared_warning::PreparedWarning;
pub use crate::runtime_folder::UnusedRuntime;
pub use connected::DaemonAddress;
pub use operation::{DaemonPull, DaemonTransferError, pull, push};
pub use prepared::Asked;

/// How long what was transferred is kept, should we be gone before the end.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);
