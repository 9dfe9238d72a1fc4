use super::error::{SourceError, SourceErrorKind};
use super::json::JsonProblem;
use super::location::Location;
use super::source_name::SourceName;
use crate::remedy::Remedy;

/// What a text was read from, for errors about it.
#[derive(Debug, Clone)]
pub(crate) struct SourceLabel {
    /// The kind of source.
    pub(crate) kind: SourceName,
    /// The place.
    pub(crate) location: Location,
}

impl SourceLabel {
    pub(crate) fn new(kind: SourceName, location: impl Into<Location>) -> Self {
        Self {
            kind,
            location: location.into(),
        }
    }

    /// A failure of the whole.
    pub(crate) fn error(&self, problem: impl Into<String>) -> SourceError {
        SourceError::new(self.kind, self.location.clone(), problem)
    }

    /// What was to be stored cannot be kept there.
    pub(crate) fn cannot_keep(&self, problem: impl Into<String>) -> SourceError {
        self.error(problem)
            .with_kind(SourceErrorKind::CannotKeep)
            .with_remedy(Remedy::OtherStore)
    }

    /// A failure at a place in the text.
    pub(crate) fn error_at(&self, problem: &JsonProblem) -> SourceError {
        let location = self.location.clone().at(problem.line, problem.column);
        SourceError::new(self.kind, location, problem.problem.clone())
    }
}
