use portunus::name::{CredentialKey, NameError};
use portunus::resolve::ResolveError;
use portunus::store::SourceError;

use super::report::ExportWarning;
use super::request::ExportFormat;

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
    /// The tool would find several logins under one name.
    #[error(transparent)]
    SeveralAccounts(Box<SeveralAccounts>),
    /// There is no login for anything that was asked for.
    #[error("there is no login for any of this{}", reasons(.0))]
    Nothing(Vec<ExportWarning>),
}

/// Several logins that a format has one place for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} needs several logins ({}), and {}", names(keys), has_one(*format))]
#[non_exhaustive]
pub struct SeveralAccounts {
    /// The format.
    pub format: ExportFormat,
    /// What the tool would look for.
    pub name: String,
    /// What each is stored for.
    pub keys: Vec<CredentialKey>,
    /// The formats that could hold all that was asked for.
    pub formats: Vec<ExportFormat>,
    /// Whether this format can hold what each target needs, with a file for each.
    pub is_each_alone: bool,
}

fn has_one(format: ExportFormat) -> &'static str {
    match format {
        ExportFormat::Docker => "a file in this format has one for each host",
        ExportFormat::Buildx => "buildx looks for one for each repository, or else for the host",
        ExportFormat::ContainersAuth | ExportFormat::KubernetesSecret => {
            "a file in this format has one for each host and repository"
        }
    }
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
