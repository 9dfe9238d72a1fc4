use crate::store::SourceError;
use containerd_hosts::HostsError;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResolveError {
    /// The hosts cannot be told: a broken `hosts.toml`.
    #[error(transparent)]
    Hosts(#[from] HostsError),
    /// A source of credentials failed that may not be passed over: our own file always, a foreign
    /// one on a push.
    #[error(transparent)]
    Source(#[from] SourceError),
}
