use std::fmt;
use std::time::SystemTime;

use super::location::Location;
use super::source_name::SourceName;
use crate::credential::CredentialKind;
use crate::name::CredentialKey;

/// One stored credential without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// What it is stored for.
    pub key: CredentialKey,
    /// The account; `None` where it is not known before the secret is fetched.
    pub username: Option<String>,
    /// The kind; `None` where it is not known before the secret is fetched.
    pub kind: Option<CredentialKind>,
    /// What the source is called that it is in.
    pub source: SourceName,
    /// Where in words: the path of a file, the name of a helper and the file that configured it.
    pub location: Location,
    /// What was noted when it was stored.
    pub provenance: Provenance,
}

impl Entry {
    /// An entry of which nothing but its key and its place is known.
    pub fn new(key: CredentialKey, source: SourceName, location: impl Into<Location>) -> Self {
        Self {
            key,
            username: None,
            kind: None,
            source,
            location: location.into(),
            provenance: Provenance::default(),
        }
    }
}

impl fmt::Display for Entry {
    /// The account, the key, and where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let username = self.username.as_deref();
        let username = username.unwrap_or("account not known before it is fetched");
        let (key, source, location) = (&self.key, &self.source, &self.location);
        write!(f, "{username}, key {key}, {source} {location}")
    }
}

/// What is noted beside a credential. Only our own file and the keyring keep it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// The program that stored it.
    pub stored_by: Option<String>,
    /// When it was stored.
    pub stored_at: Option<SystemTime>,
    /// When a registry last accepted it.
    pub verified_at: Option<SystemTime>,
    /// The realm the operator trusted with it, as a URL.
    pub realm: Option<String>,
    /// Whether the operator consented to send it over plain http.
    pub plain_http: bool,
}
