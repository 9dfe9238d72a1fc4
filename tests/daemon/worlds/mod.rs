//! What tests with a daemon stand on.

pub(crate) mod daemon;
pub(crate) mod download;
pub(crate) mod fake_daemon;
