use portunus::name::{Authority, CredentialKey, NameError};
use portunus::resolve::ResolveError;
use portunus::store::SourceError;

use super::report::ExportWarning;

/// Why nothing is exported. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A registry namespace is no name that an image could have.
    #[error(transparent)]
    Name(#[from] NameError),
    /// There is no plan.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// What holds a login failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The format has one login for a host, and several are needed.
    #[error(
        "{host} needs several logins ({}), and a file in this format has one for each host",
        names(keys)
    )]
    #[non_exhaustive]
    SeveralAccounts {
        /// The host.
        host: Authority,
        /// What each is stored for.
        keys: Vec<CredentialKey>,
    },
    /// There is no login for anything that was asked for.
    #[error("there is no login for any of this{}", reasons(.0))]
    Nothing(Vec<ExportWarning>),
}

fn names(keys: &[CredentialKey]) -> String {
    let names: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
    names.join(", ")
}

fn reasons(warnings: &[ExportWarning]) -> String {
    warnings
        .iter()
        .map(|warning| format!("; {warning}"))
        .collect()
}
