use std::fmt;

use portunus::name::CredentialKey;
use portunus::store::{Location, SourceError, StoreWarning};

use crate::store_choice::StoreChoice;

/// Where a login was stored, and what is to be known of that.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredLogin {
    /// Where.
    pub location: Location,
    /// What the user should be told.
    pub warnings: Vec<StoringWarning>,
}

/// What the user should be told about where a login was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoringWarning {
    /// The store says so.
    Store(StoreWarning),
    /// It is in a file, since the store where it belongs could not be used.
    FellBack {
        /// Why not.
        error: SourceError,
        /// Where it is instead.
        location: Location,
    },
    /// An older login, which would come first, was removed.
    RemovedOlder {
        /// From where.
        location: Location,
        /// What both are for.
        key: CredentialKey,
    },
    /// There may be an older login that comes first.
    OlderMayStay {
        /// Why that is not known.
        error: SourceError,
        /// What both are for.
        key: CredentialKey,
    },
    /// It is looked for there only where this store is chosen for good.
    OnlyWhereChosen(StoreChoice),
}

impl fmt::Display for StoringWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(warning) => warning.fmt(f),
            Self::FellBack { error, location } => write!(
                f,
                "{error}; the secret is in {location} instead, unencrypted and readable by you only"
            ),
            Self::RemovedOlder { location, key } => write!(
                f,
                "{location}: the older login for `{key}` was removed from there"
            ),
            Self::OlderMayStay { error, key } => write!(
                f,
                "{error}; an older login for `{key}` may still be there, and come first"
            ),
            Self::OnlyWhereChosen(choice) => write!(
                f,
                "it is read from there only with PORTUNUS_STORE={choice}, or store = \"{choice}\" \
                 in config.toml"
            ),
        }
    }
}
