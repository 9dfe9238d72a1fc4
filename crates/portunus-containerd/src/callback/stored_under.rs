use std::fmt;

use portunus::name::CredentialKey;
use portunus::store::Location;

/// Where a credential is stored, without the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredUnder {
    /// The key.
    pub key: CredentialKey,
    /// The file, helper or keyring, in words.
    pub location: Location,
}

impl StoredUnder {
    /// This key, in the file, helper or keyring that these words name.
    pub fn new(key: CredentialKey, location: impl Into<Location>) -> Self {
        Self {
            key,
            location: location.into(),
        }
    }
}

pub(crate) fn list_stored(stored: &[StoredUnder]) -> String {
    let stored: Vec<String> = stored.iter().map(StoredUnder::to_string).collect();
    stored.join(", ")
}

impl fmt::Display for StoredUnder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` from {}", self.key, self.location)
    }
}
