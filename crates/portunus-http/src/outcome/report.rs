use std::fmt;

use portunus::credential::printable_username;
use portunus::name::CredentialKey;
use portunus::resolve::{Candidate, Phase};

use crate::outcome::Outcome;

/// What one host was asked, shown, and answered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostReport {
    /// The host as `hosts.toml` has it, with its scheme.
    pub host: String,
    /// What it was asked for; `None`: only whether it accepts a credential.
    pub phase: Option<Phase>,
    /// Why it did not help.
    pub outcome: Outcome,
    /// The credentials that were sent to it or to its realm.
    pub shown: Vec<Shown>,
}

/// A credential that was sent somewhere: by its key and place, never by its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Shown {
    /// What it is kept under.
    pub key: CredentialKey,
    /// The account, where known.
    pub username: Option<String>,
    /// Where it is kept, in words.
    pub location: String,
}

impl Shown {
    pub(crate) fn of(candidate: &Candidate, username: Option<&str>) -> Self {
        let entry = &candidate.entry;
        Self {
            key: entry.key.clone(),
            username: username
                .map(str::to_owned)
                .or_else(|| entry.username.clone()),
            location: entry.location.clone(),
        }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(username) = &self.username {
            write!(f, "{}, ", printable_username(username))?;
        }
        write!(f, "`{}` from {}", self.key, self.location)
    }
}

impl fmt::Display for HostReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)?;
        if let Some(phase) = self.phase {
            write!(f, " ({})", phase.as_str())?;
        }
        write!(f, ": {}", self.outcome)?;
        if self.shown.is_empty() {
            return f.write_str("; no credential was sent");
        }
        f.write_str("; sent: ")?;
        for (at, shown) in self.shown.iter().enumerate() {
            let comma = if at == 0 { "" } else { "; " };
            write!(f, "{comma}{shown}")?;
        }
        Ok(())
    }
}
