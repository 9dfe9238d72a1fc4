//! Kubernetes, as far as it concerns the credentials of registries.
//!
//! | module | what it does |
//! |---|---|
//! | [`PullSecrets`] | reads pull secrets: mounted, in manifests, or as bytes; each is a source for a resolver |
//!
//! The library asks no API server and runs no program; files are read where the caller names them.

mod manifest;
mod pull_secret;

pub use pull_secret::{MergedEntry, PullSecrets};
