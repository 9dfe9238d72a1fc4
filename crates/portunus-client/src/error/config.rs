use std::fmt;
use std::path::PathBuf;

use portunus::name::NameError;
use portunus::printable::printable;
use portunus::remedy::{Advise, Remedy};
use portunus::writers::ForeignWriter;

use crate::store_choice::UnknownStore;

/// Why `config.toml` cannot be obeyed. No value of it is quoted but names that were looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// It is there and cannot be read.
    #[error("cannot read {}: {problem}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// Somebody else may write it: it names programs that are run, and who is trusted.
    #[error("{} is not obeyed: {writer}", path.display())]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// Who.
        writer: ForeignWriter,
    },
    /// Something in it makes no sense.
    #[error("{place}: {problem}")]
    Broken {
        /// Where.
        place: ConfigPlace,
        /// What.
        problem: ConfigProblem,
    },
}

/// What makes no sense in `config.toml`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigProblem {
    /// It does not follow TOML.
    #[error("this is not TOML")]
    NotToml,
    /// It is not UTF-8.
    #[error("this is not UTF-8 text")]
    NotText,
    /// The value of a key is something else than it has to be.
    #[error("`{key}` is {wanted}")]
    WrongValue {
        /// The key, tables before it.
        key: String,
        /// What it has to be.
        wanted: &'static str,
    },
    /// An empty path, or one with a NUL.
    #[error("`{key}` holds something that is no path")]
    NoPath {
        /// The key.
        key: String,
    },
    /// One of the two of a pair is missing.
    #[error("a trusted realm has `host` and `realm`")]
    HalfAPair,
    /// One of the three of a service account's profile is missing.
    #[error("the profile of a service account has `namespace`, `service_account` and `profile`")]
    IncompleteAccount,
    /// No namespace of Kubernetes and no service account is called so.
    #[error("`{}` names no namespace or service account: neither has globs", printable(.0))]
    NoAccount(String),
    /// A helper for hosts of any name.
    #[error("a helper is named for some hosts, and this is every host with so many labels")]
    HelperForAll,
    /// The same hosts twice.
    #[error("these hosts have a helper already")]
    TwoHelpers,
    /// No program is called so.
    #[error("a helper's name has letters, digits, dots, hyphens and underscores only")]
    HelperName,
    /// It names no store.
    #[error("`store`: {0}")]
    Store(#[from] UnknownStore),
    /// A name is none.
    #[error(transparent)]
    Name(#[from] NameError),
}

/// A place in `config.toml`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigPlace {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// A key of `config.toml` that nobody reads.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConfigWarning {
    /// Where it stands.
    pub place: ConfigPlace,
    /// The key, tables before it.
    pub key: String,
    /// The one that was probably meant.
    pub nearest: Option<String>,
}

impl Advise for ConfigError {
    fn remedies(&self) -> Vec<Remedy> {
        match self {
            Self::Untrusted { writer, .. } => vec![Remedy::KeepOthersOut(writer.clone())],
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for ConfigPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, column } = self;
        write!(f, "{}:{line}:{column}", path.display())
    }
}

impl fmt::Display for ConfigWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: unknown key `{}`", self.place, self.key)
    }
}
