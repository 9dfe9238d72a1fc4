use super::location::Location;
use super::source_name::SourceName;
use crate::name::CredentialKey;
use crate::remedy::{Advise, Remedy};

/// Why a source could not answer, or a store could not be written. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{location}: {problem}")]
#[non_exhaustive]
pub struct SourceError {
    /// What the source is called that failed.
    pub source_name: SourceName,
    /// Where the fault lies.
    pub kind: SourceErrorKind,
    /// The file, helper or keyring, with the line or the key where there is one.
    pub location: Location,
    /// What is wrong, in lower case.
    pub problem: String,
    /// The key of the entry that it is about, where that can be told.
    pub entry: Option<Box<CredentialKey>>,
    /// What to do about it.
    pub remedy: Option<Box<Remedy>>,
}

/// Where the fault of a [`SourceError`] lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// With the source: what it holds makes no sense, or what serves it does not work.
    Broken,
    /// With one entry, which is there and answers for nobody. The others are still good.
    Unusable,
    /// With what was to be stored: the store can hold no such key or credential.
    CannotKeep,
    /// With the operating system, which did not let a file be read or written.
    Inaccessible,
}

impl SourceError {
    /// A failure of the source at `location`, which is broken unless [`Self::with_kind`] says
    /// otherwise.
    pub fn new(
        source_name: SourceName,
        location: impl Into<Location>,
        problem: impl Into<String>,
    ) -> Self {
        Self {
            source_name,
            kind: SourceErrorKind::Broken,
            location: location.into(),
            problem: problem.into(),
            entry: None,
            remedy: None,
        }
    }

    /// The same with the fault somewhere else.
    #[must_use]
    pub fn with_kind(mut self, kind: SourceErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// The same about one entry.
    #[must_use]
    pub fn with_entry(mut self, key: Option<CredentialKey>) -> Self {
        self.entry = key.map(Box::new);
        self
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn with_remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(Box::new(remedy));
        self
    }
}

impl Advise for SourceError {
    fn remedies(&self) -> Vec<Remedy> {
        self.remedy.as_deref().cloned().into_iter().collect()
    }
}
