use std::path::PathBuf;
use std::sync::Arc;

use crate::finding::Finding;
use crate::host::Host;
use crate::registry_namespace::RegistryNamespace;

/// The ordered hosts of one registry namespace, server last, and where they come from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegistryNamespaceHosts {
    /// The registry namespace asked for.
    pub registry_namespace: RegistryNamespace,
    /// The directory that speaks for it; `None`: no root has one.
    pub dir: Option<PathBuf>,
    /// What was read there.
    pub source: HostsSource,
    /// Whether containerd refuses the `hosts.toml` and goes on without it.
    pub fell_back: bool,
    /// The hosts in the order they are tried.
    pub hosts: Vec<Arc<Host>>,
    /// What deserves a word: unknown keys, lines that containerd ignores.
    pub findings: Vec<Finding>,
}

/// What the hosts of a registry namespace were read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostsSource {
    /// A `hosts.toml`.
    HostsToml,
    /// A folder of certificates without a usable `hosts.toml`.
    Certificates,
    /// Nothing: the default server.
    None,
}

impl HostsSource {
    /// The name in JSON: `hosts.toml`, `certs`, `none`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HostsToml => "hosts.toml",
            Self::Certificates => "certs",
            Self::None => "none",
        }
    }
}
