use portunus::credential::Credential;
use portunus::name::CredentialKey;

use crate::callback::question::NoAnswer;

/// What a host is told when containerd asks for a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
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

/// Where a credential is stored, without the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredUnder {
    /// The key.
    pub key: CredentialKey,
    /// The file, helper or keyring, in words.
    pub location: String,
}

impl HeldCredential {
    /// This credential, which is stored there.
    pub fn new(credential: Credential, stored: StoredUnder) -> Self {
        Self { credential, stored }
    }
}

impl StoredUnder {
    /// This key, in the file, helper or keyring that these words name.
    pub fn new(key: CredentialKey, location: impl Into<String>) -> Self {
        Self {
            key,
            location: location.into(),
        }
    }
}
