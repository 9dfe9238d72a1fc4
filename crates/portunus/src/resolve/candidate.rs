use crate::store::Entry;

/// A stored credential that may be sent to the host of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The entry, without its secret.
    pub entry: Entry,
    /// Why it may be sent there, in words.
    pub reason: String,
    /// Position of its source in the resolver.
    pub(crate) source_position: usize,
}

/// A stored credential that was looked at for an attempt and may not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassedOver {
    /// The entry, without its secret.
    pub entry: Entry,
    /// The rule that decided, in words.
    pub reason: String,
}
