//! A file that holds secrets: read whole, and changed without losing what others write to it.

mod lock;
mod place;
mod read;
mod replace;
mod update;

use std::path::{Path, PathBuf};

pub(crate) use read::{SecretText, Stamp};

use super::json::JsonProblem;
use super::{SourceError, SourceKind};

/// Larger files are refused, in bytes.
pub(crate) const LARGEST: u64 = 32 * 1024 * 1024;

/// A file of secrets and the kind of source it serves.
#[derive(Debug, Clone)]
pub(crate) struct SecretFile {
    path: PathBuf,
    kind: SourceKind,
}

impl SecretFile {
    pub(crate) fn new(path: impl Into<PathBuf>, kind: SourceKind) -> Self {
        Self {
            path: path.into(),
            kind,
        }
    }

    /// The path as given.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The path in words.
    pub(crate) fn location(&self) -> String {
        self.path.display().to_string()
    }

    /// A failure of the file as a whole.
    pub(crate) fn error(&self, problem: impl Into<String>) -> SourceError {
        SourceError::new(self.kind, self.location(), problem)
    }

    /// A failure at a place in the file.
    pub(crate) fn error_at(&self, problem: &JsonProblem) -> SourceError {
        let location = format!("{}:{}:{}", self.location(), problem.line, problem.column);
        SourceError::new(self.kind, location, problem.problem.clone())
    }

    fn io_error(&self, action: &str, error: &std::io::Error) -> SourceError {
        // The kind's words have no path and no content in them.
        self.error(format!("cannot {action}: {}", error.kind()))
    }
}
