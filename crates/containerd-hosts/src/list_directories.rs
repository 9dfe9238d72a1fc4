use std::path::{Path, PathBuf};

use crate::certificates::unreadable;
use crate::error::{HostsError, ReadStep};

/// The directories of a root, by name.
pub(crate) fn list_directories(root: &Path) -> Result<Vec<PathBuf>, HostsError> {
    let unlisted = |error: &std::io::Error| unreadable(ReadStep::ReadDirectory, root, error);
    let entries = match std::fs::read_dir(root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| unlisted(&error))?,
    };
    let mut directories = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unlisted(&error))?.path();
        // A dangling or looping link is told of where its registry namespace is asked for.
        if path.is_dir() || path.is_symlink() {
            directories.push(path);
        }
    }
    directories.sort();
    Ok(directories)
}
