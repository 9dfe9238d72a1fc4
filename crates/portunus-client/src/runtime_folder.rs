use std::fs::{DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use portunus::printable::system_words;
use portunus::writers::{refuse_foreign_writers, refuse_unless_private};

use crate::error::ClientError;

/// Where private folders are made, and what is to be told of it.
#[derive(Debug)]
pub(crate) struct RuntimeFolder {
    pub(crate) path: PathBuf,
    pub(crate) unused: Option<UnusedRuntime>,
}

/// That the runtime directory that the environment names is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("XDG_RUNTIME_DIR is not used: {problem}; {} is", used.display())]
#[non_exhaustive]
pub struct UnusedRuntime {
    /// Why not.
    pub problem: String,
    /// What is used in its place.
    pub used: PathBuf,
}

impl RuntimeFolder {
    /// A folder of ours in the runtime directory that the environment names, where that is ours
    /// alone (XDG base directory specification: owned by the user, mode 0700); else the temporary
    /// directory, in which private folders can be made.
    pub(crate) fn find(runtime: Option<&Path>, temporary: &Path) -> Result<Self, ClientError> {
        let unused = match runtime.filter(|path| path.is_absolute()).map(below) {
            Some(Ok(path)) => {
                let unused = None;
                return Ok(Self { path, unused });
            }
            Some(Err(problem)) => Some(UnusedRuntime {
                problem,
                used: temporary.to_owned(),
            }),
            None => None,
        };
        let path = trusted(temporary)?.to_owned();
        Ok(Self { path, unused })
    }
}

/// A temporary directory in which nobody else can put something in the place of a private folder.
///
/// # Errors
/// Where others may write it, or a directory above.
pub(crate) fn trusted(temporary: &Path) -> Result<&Path, ClientError> {
    refuse_foreign_writers(temporary).map_err(ClientError::Untrusted)?;
    Ok(temporary)
}

/// Our folder below the runtime directory, made where there is none.
fn below(runtime: &Path) -> Result<PathBuf, String> {
    refuse_unless_private(runtime).map_err(|foreign| foreign.to_string())?;
    let folder = runtime.join("portunus");
    let unusable = |error: io::Error| format!("{}: {}", folder.display(), system_words(&error));
    match DirBuilder::new().mode(0o700).create(&folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(unusable(error)),
        _ => {}
    }
    // Earlier versions left it open to be read; nobody else could enter the directory above.
    let found = folder.symlink_metadata().map_err(unusable)?;
    if found.is_dir() && found.mode() & 0o077 != 0 {
        std::fs::set_permissions(&folder, Permissions::from_mode(0o700)).map_err(unusable)?;
    }
    refuse_unless_private(&folder).map_err(|foreign| foreign.to_string())?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{chown, symlink};

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn only_a_runtime_directory_that_is_ours_alone_is_used() {
        let root = tempfile::tempdir().unwrap();
        let (runtime, temporary) = (root.path().join("run"), root.path().join("tmp"));
        std::fs::create_dir(&runtime).unwrap();
        std::fs::create_dir(&temporary).unwrap();
        set_mode(&temporary, 0o1777);
        let find = || RuntimeFolder::find(Some(&runtime), &temporary).unwrap();
        set_mode(&runtime, 0o700);
        let found = find();
        assert_eq!((found.path, found.unused), (runtime.join("portunus"), None));
        let mode = std::fs::metadata(runtime.join("portunus")).unwrap().mode();
        assert_eq!(mode & 0o7777, 0o700);
        set_mode(&runtime, 0o755);
        let found = find();
        assert_eq!(found.path, temporary);
        assert!(found.unused.unwrap().to_string().contains("run"));
        set_mode(&runtime, 0o700);
        std::fs::remove_dir(runtime.join("portunus")).unwrap();
        symlink(&temporary, runtime.join("portunus")).unwrap();
        assert_eq!(find().path, temporary);
        std::fs::remove_file(runtime.join("portunus")).unwrap();
        // What `su` and `sudo -E` leave, where we may give it away.
        if chown(&runtime, Some(4242), None).is_ok() {
            assert_eq!(find().path, temporary);
            assert!(!runtime.join("portunus").exists());
        }
        set_mode(&temporary, 0o777);
        assert!(RuntimeFolder::find(None, &temporary).is_err());
    }
}
