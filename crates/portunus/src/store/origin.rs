use super::json::JsonProblem;
use super::{SourceError, SourceKind};

/// What a text was read from, for errors about it.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    /// The kind of source.
    pub(crate) kind: SourceKind,
    /// The place in words.
    pub(crate) location: String,
}

impl Origin {
    pub(crate) fn new(kind: SourceKind, location: impl Into<String>) -> Self {
        Self {
            kind,
            location: location.into(),
        }
    }

    /// A failure of the whole.
    pub(crate) fn error(&self, problem: impl Into<String>) -> SourceError {
        SourceError::new(self.kind, self.location.clone(), problem)
    }

    /// A failure at a place in the text.
    pub(crate) fn error_at(&self, problem: &JsonProblem) -> SourceError {
        let location = format!("{}:{}:{}", self.location, problem.line, problem.column);
        SourceError::new(self.kind, location, problem.problem.clone())
    }
}
