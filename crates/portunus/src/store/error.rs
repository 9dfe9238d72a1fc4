use super::SourceKind;

/// Why a source could not answer, or a store could not be written. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{location}: {problem}")]
#[non_exhaustive]
pub struct SourceError {
    /// Which kind of source failed.
    pub source_kind: SourceKind,
    /// The file, helper or keyring, with the line or the key where there is one.
    pub location: String,
    /// What is wrong, in lower case.
    pub problem: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl SourceError {
    /// A failure of the source at `location`.
    pub fn new(
        source_kind: SourceKind,
        location: impl Into<String>,
        problem: impl Into<String>,
    ) -> Self {
        Self {
            source_kind,
            location: location.into(),
            problem: problem.into(),
            help: None,
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
