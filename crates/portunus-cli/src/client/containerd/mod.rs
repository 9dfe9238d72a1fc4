//! Pull and push through a real containerd.

mod address;
pub(crate) mod connected;
mod hosts_directory;
mod interrupt;
pub(crate) mod local;
pub(crate) mod prepared;
pub(crate) mod warning;

use std::time::Duration;

/// How long what was transferred is kept, should we be gone before the end.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);
