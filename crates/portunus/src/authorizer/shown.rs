use std::fmt;

use crate::name::CredentialKey;
use crate::resolve::Candidate;
use crate::store::Location;

/// A credential that was sent somewhere: by its key and place, never by its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shown {
    /// What it is kept under.
    pub key: CredentialKey,
    /// The account, where known.
    pub username: Option<String>,
    /// Where it is kept.
    pub location: Location,
}

impl Shown {
    /// That of a candidate, with the account as its secret has it.
    pub fn of(candidate: &Candidate, username: Option<&str>) -> Self {
        let entry = &candidate.entry;
        let username = username.map(str::to_owned);
        Self {
            key: entry.key.clone(),
            username: username.or_else(|| entry.username.clone()),
            location: entry.location.clone(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Some have none: a token alone.
        if let Some(username) = self.username.as_ref().filter(|it| !it.is_empty()) {
            write!(f, "{username}, ")?;
        }
        write!(f, "`{}` from {}", self.key, self.location)
    }
}
