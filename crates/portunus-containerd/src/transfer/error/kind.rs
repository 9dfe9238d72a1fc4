/// Kinds of failures, as a program decides on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransferErrorKind {
    /// A host wanted a credential, and there is none for it.
    NotLoggedIn,
    /// A host rejected the credential that is stored for it.
    Rejected,
    /// A host knows the account, and does not let it do this.
    Denied,
    /// A trust rule kept back a credential that was wanted.
    Refused,
    /// No host has the image; or, for a push, containerd does not, or not all of it.
    NotFound,
    /// The daemon is too old to be given a host directory.
    TooOld,
    /// Something took too long.
    TimedOut,
    /// The caller stopped it.
    Cancelled,
    /// Anything else that the daemon, the network or a registry did.
    Failed,
}
