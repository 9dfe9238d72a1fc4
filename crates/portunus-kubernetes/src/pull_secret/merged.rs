use portunus::store::{Entry, Location};

/// An entry of a pull secret, in the order in which the secrets were given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct MergedEntry {
    /// The entry; its location says which secret it is from.
    pub entry: Entry,
    /// The secret before it that has an entry for the same key: that one goes first, and this one is
    /// shown only where it is refused.
    pub hidden_by: Option<Location>,
}
