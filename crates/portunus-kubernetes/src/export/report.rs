use std::fmt;
use std::path::PathBuf;

use portunus::name::CredentialKey;
use portunus::secret::Secret;
use portunus::store::{Entry, Location};

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export {
    /// The files, secrets included.
    pub files: Vec<ExportedFile>,
    /// What is in them, in their order.
    pub entries: Vec<ExportedEntry>,
    /// What to know before handing it out.
    pub warnings: Vec<ExportWarning>,
    /// The hosts that are asked without a login, as URLs.
    pub anonymous: Vec<String>,
}

/// A file of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportedFile {
    /// Where it stands in the folder; empty: it is the only one.
    pub path: PathBuf,
    /// What stands in it.
    pub text: Secret,
}

/// A login that was exported.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportedEntry {
    /// What the tool finds it under.
    pub name: String,
    /// What it is stored for here.
    pub key: CredentialKey,
    /// Where.
    pub location: Location,
}

/// What to know before a file is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExportWarning {
    /// A login that is stored for some repositories goes to every one of its host.
    #[non_exhaustive]
    WholeHost {
        /// What it is stored for.
        key: CredentialKey,
        /// The host.
        host: String,
    },
    /// The tool shows a login to every host of an image that asks.
    #[non_exhaustive]
    EveryHost {
        /// What it is stored for.
        key: CredentialKey,
        /// The hosts, as URLs.
        hosts: Vec<String>,
    },
    /// A login is left out.
    #[non_exhaustive]
    LeftOut {
        /// What it is stored for.
        key: CredentialKey,
        /// Why.
        reason: String,
    },
}

impl ExportWarning {
    pub(super) fn left_out(entry: &Entry, reason: impl Into<String>) -> Self {
        Self::LeftOut {
            key: entry.key.clone(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for ExportWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WholeHost { key, host } => write!(
                f,
                "the login of `{key}` goes to every repository of {host}: the tool looks for hosts"
            ),
            Self::EveryHost { key, hosts } => write!(
                f,
                "a node shows the login of `{key}` to each of these hosts that asks: {}",
                hosts.join(", ")
            ),
            Self::LeftOut { key, reason } => {
                write!(f, "the login of `{key}` is left out: {reason}")
            }
        }
    }
}
