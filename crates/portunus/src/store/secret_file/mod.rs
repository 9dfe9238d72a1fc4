//! A file that holds secrets: read whole, and changed without losing what others write to it.

mod hold;
mod lock;
mod place;
mod read;
mod replace;
mod update;

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(crate) use read::{SecretText, Stamp};

use super::error::{SourceError, SourceErrorKind};
use super::source_label::SourceLabel;
use super::source_name::SourceName;
use crate::printable::system_words;
use crate::remedy::Remedy;

/// Larger files are refused, in bytes.
pub(crate) const LARGEST: u64 = 32 * 1024 * 1024;

/// A file of secrets and the kind of source it serves.
#[derive(Debug, Clone)]
pub(crate) struct SecretFile {
    path: PathBuf,
    label: SourceLabel,
}

impl SecretFile {
    pub(crate) fn new(path: impl Into<PathBuf>, kind: SourceName) -> Self {
        let path = path.into();
        Self {
            label: SourceLabel::new(kind, path.as_path()),
            path,
        }
    }

    /// The path as given.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file in errors.
    pub(crate) fn label(&self) -> &SourceLabel {
        &self.label
    }

    fn error(&self, problem: impl Into<String>) -> SourceError {
        self.label.error(problem)
    }

    fn io_error(&self, action: &str, error: &std::io::Error) -> SourceError {
        let failed = self
            .error(format!("cannot {action}: {}", system_words(error)))
            .with_kind(SourceErrorKind::Inaccessible);
        match error.kind() {
            ErrorKind::PermissionDenied => failed.with_remedy(self.who_may()),
            _ => failed,
        }
    }

    /// Another program stands in the way.
    fn busy(&self, problem: &str) -> SourceError {
        self.error(problem)
            .with_kind(SourceErrorKind::Inaccessible)
            .with_remedy(Remedy::AwaitOther)
    }

    /// How to see whose permission is missing: on the file, or on the directory nearest to it.
    fn who_may(&self) -> Remedy {
        let mut above = self.path.ancestors().skip(1);
        let directory = above.find(|directory| directory.symlink_metadata().is_ok());
        let file = self.path.symlink_metadata().is_ok();
        let paths = directory.into_iter().chain(file.then_some(&*self.path));
        Remedy::GainPermission(paths.map(Path::to_owned).collect())
    }
}
