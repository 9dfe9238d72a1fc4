//! Which login does a pod of Kubernetes pull with, and which does a build in one need?
//!
//! | what | what it does |
//! |---|---|
//! | [`PullSecrets`] | reads pull secrets: mounted, in manifests, or as bytes; each is a source for a resolver |
//! | [`provider`] | answers a kubelet that asks for a login |
//! | [`export`](mod@export) | writes what a build pod needs |
//!
//! The library asks no API server and runs no program; files are read where the caller names them.

pub mod export;
mod manifest;
pub mod provider;
mod pull_secret;

pub use pull_secret::{MergedEntry, PullSecrets};
