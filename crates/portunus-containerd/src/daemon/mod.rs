//! The daemon: who it is, and how it is called.

pub(crate) mod call;
pub(crate) mod connect_error;
pub(crate) mod connection;
pub(crate) mod containerd_namespace;
pub(crate) mod content;
pub(crate) mod daemon_error;
pub(crate) mod images;
pub(crate) mod peer;
pub(crate) mod readable_directory;
pub(crate) mod snapshotters;
pub(crate) mod stream;
pub(crate) mod version;
