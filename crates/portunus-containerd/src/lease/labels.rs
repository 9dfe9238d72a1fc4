//! The labels of a lease.

pub(super) const EXPIRY_LABEL: &str = "containerd.io/gc.expire";
/// The process that works under a lease of ours.
pub(super) const OWNER_LABEL: &str = "portunus/owner";
/// The image that a lease of ours is about.
pub(super) const REFERENCE_LABEL: &str = "portunus/reference";
/// Nobody works under a lease with this one: it keeps what a pull that failed has fetched.
pub(super) const REMAINS_LABEL: &str = "portunus/remains";
