use portunus::credential::Credential;
use portunus::name::CredentialKey;

/// What a host is told when containerd asks for a credential, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// This credential.
    Credential(HeldCredential),
    /// None: the host lets anybody in, with or without an anonymous token.
    NotNeeded,
    /// None: the host has no part in the operation.
    NoPart,
    /// None: nothing is stored that may be sent to it.
    NothingStored,
    /// None: it rejected everything that is stored for it.
    Rejected(Vec<StoredUnder>),
    /// None: a trust rule forbids it.
    Refused {
        /// The credential that stays at home.
        stored: StoredUnder,
        /// The rule, in words.
        reason: String,
        /// The command that would allow it.
        help: Option<String>,
    },
    /// None: whether a credential holds could not be found out.
    Failed {
        /// What went wrong, in words, without a secret.
        reason: String,
    },
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
