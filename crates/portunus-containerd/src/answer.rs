use portunus::credential::Credential;
use portunus::name::CredentialKey;

use crate::NoAnswer;

/// What a host is told when containerd asks for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// This credential.
    Credential(HeldCredential),
    /// None; the daemon goes on anonymously, or to the next host.
    Nothing(NoAnswer),
}

/// A credential, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldCredential {
    /// The credential.
    pub credential: Credential,
    /// Where it is stored.
    pub stored: StoredUnder,
}

/// Where a credential is stored, without the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredUnder {
    /// The key.
    pub key: CredentialKey,
    /// The file, helper or keyring, in words.
    pub location: String,
}
