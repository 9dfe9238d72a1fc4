use crate::host::Place;

/// A key that the caller announced
/// ([`HostsTree::with_announced_key`](super::HostsTree::with_announced_key)), as it
/// is written for a host. containerd ignores it; what it means is the caller's to say.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AnnouncedKey {
    /// Its name as announced.
    pub name: String,
    /// Its text; `None` where its value is no string.
    pub text: Option<String>,
    /// Where the value stands.
    pub place: Place,
    /// The line, with whatever may be a secret left out.
    pub line_text: String,
}
