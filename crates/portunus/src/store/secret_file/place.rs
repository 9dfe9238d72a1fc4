use std::fs::DirBuilder;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::SecretFile;
use crate::store::error::SourceError;

/// As many symbolic links in a row as Linux follows.
const LINKS: usize = 40;

impl SecretFile {
    /// The path behind symbolic links, whether there is a file or not: what is renamed over, so
    /// that the link stays.
    pub(super) fn target(&self) -> Result<PathBuf, SourceError> {
        let mut path = self.path().to_owned();
        for _ in 0..LINKS {
            let Ok(link) = std::fs::read_link(&path) else {
                return Ok(path);
            };
            path = parent(&path).join(link);
        }
        Err(self.error("too many symbolic links"))
    }

    /// Makes the directory of `target` where it is not there, readable by the user only.
    pub(super) fn make_directory(&self, target: &Path) -> Result<(), SourceError> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder
            .create(parent(target))
            .map_err(|error| match error.kind() {
                // Something stands there, and it is none.
                ErrorKind::AlreadyExists => io::Error::from(ErrorKind::NotADirectory),
                _ => error,
            })
            .map_err(|error| self.io_error("create its directory", &error))
    }
}

/// The directory a path stands in.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
