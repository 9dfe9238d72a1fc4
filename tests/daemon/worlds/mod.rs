//! What tests with a daemon stand on.

pub(crate) mod counted;
pub(crate) mod daemon;
pub(crate) mod download;
pub(crate) mod fake_daemon;
pub(crate) mod kubelet;
pub(crate) mod load;
pub(crate) mod named;
pub(crate) mod played;
pub(crate) mod site;
pub(crate) mod stalling;
pub(crate) mod two_mirrors;
