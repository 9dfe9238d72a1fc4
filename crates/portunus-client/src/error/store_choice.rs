use portunus::name::CredentialKey;

use crate::store_choice::{StoreChoice, UnknownStore};

/// Why a login cannot go to the store that was chosen for it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreChoiceError {
    /// A variable names no store.
    #[error("`{0}`: {1}")]
    Variable(&'static str, UnknownStore),
    /// Docker's places keep no word of what was consented to.
    #[error("{0} cannot keep what was consented to with the login")]
    NoConsent(StoreChoice),
    /// Docker's places keep one login a host.
    #[error("{choice} can only keep the plain login of a host, not `{key}`")]
    PlainOnly {
        /// The store.
        choice: StoreChoice,
        /// What the login is for.
        key: Box<CredentialKey>,
    },
    /// Nobody says where docker's file is: `HOME` is not set either.
    #[error("cannot tell where docker's config.json is: HOME is not set")]
    NoDockerConfig,
    /// What this was built with has not that keyring.
    #[error("this program was built without this keyring")]
    NotBuilt,
}
