use portunus::credential::Credential;

use crate::callback::no_answer::NoAnswer;
use crate::callback::stored_under::StoredUnder;

/// What a host is told when containerd asks for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostAnswer {
    /// This credential.
    Credential(HeldCredential),
    /// None; the daemon goes on anonymously, or to the next host.
    Nothing(NoAnswer),
}

/// A credential, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HeldCredential {
    /// The credential.
    pub credential: Credential,
    /// Where it is stored.
    pub stored: StoredUnder,
}

impl HeldCredential {
    /// This credential, which is stored there.
    pub fn new(credential: Credential, stored: StoredUnder) -> Self {
        Self { credential, stored }
    }
}
