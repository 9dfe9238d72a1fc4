//! How does a real containerd pull and push along a plan?

pub(crate) mod address;
pub(crate) mod connected;
pub(crate) mod hosts_directory;
pub(crate) mod interrupt;
pub(crate) mod local;
pub(crate) mod prepared;
pub(crate) mod warning;

use std::time::Duration;

pub use crate::runtime_folder::UnusedRuntime;
pub use connected::{Connected, DaemonAddress};
pub use local::LocalImage;
pub use prepared::{Asked, Prepared};
pub use warning::PreparedWarning;

/// How long what was transferred is kept, should we be gone before the end.
const LEASE: Duration = Duration::from_secs(24 * 60 * 60);
