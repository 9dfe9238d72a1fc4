//! Who may write a file that gives trust? We and root, as sshd asks of its keys (`StrictModes`).
//!
//! Whoever may write the file, or a directory on the way to it, says what it says: which mirror
//! is lent a login, which program is run, where a password goes.

use std::fmt;
use std::fs::Metadata;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use crate::printable::system_words;
use crate::remedy::{Advise, Remedy};

/// Group and others.
const OTHERS_MAY_WRITE: u32 = 0o022;
/// In such a directory only its owner renames or removes a file.
const STICKY: u32 = 0o1000;
/// The owner that Linux shows for users who have no number in this user namespace
/// (`/proc/sys/kernel/overflowuid`).
const NO_NUMBER: u32 = 65534;

/// A component of a path by which somebody else may change what is found there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForeignWriter {
    /// The component.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: WriterProblem,
}

/// How somebody else may write a component of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriterProblem {
    /// It belongs to that user, who is neither us nor root.
    Owner(u32),
    /// Its mode lets others write.
    Mode(u32),
    /// It cannot be looked at, in the system's words, or is no directory, or others may write it
    /// and it is neither a file nor a directory.
    Unknown(String),
}

impl ForeignWriter {
    /// The user whom it should belong to: us.
    pub fn wanted_owner(&self) -> u32 {
        own_user()
    }

    fn new(path: &Path, problem: WriterProblem) -> Self {
        Self {
            path: path.to_owned(),
            problem,
        }
    }

    fn irregular(path: &Path) -> Self {
        let words = "it is not a regular file".to_owned();
        Self::new(path, WriterProblem::Unknown(words))
    }

    fn unknown(path: &Path, error: &io::Error) -> Self {
        Self::new(path, WriterProblem::Unknown(system_words(error)))
    }
}

impl fmt::Display for ForeignWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path.display();
        match &self.problem {
            WriterProblem::Owner(user) => write!(f, "{path} belongs to user {user}"),
            WriterProblem::Mode(mode) => {
                write!(
                    f,
                    "others than its owner may write {path} (mode {mode:04o})"
                )
            }
            WriterProblem::Unknown(words) => write!(f, "{path} cannot be looked at: {words}"),
        }
    }
}

impl std::error::Error for ForeignWriter {}

impl Advise for ForeignWriter {
    fn remedies(&self) -> Vec<Remedy> {
        vec![Remedy::KeepOthersOut(self.clone())]
    }
}

/// Whether nobody but us and root may change what is found at a path: the file, every directory
/// above it, and every link on the way belong to us or to root, and no other may write them; a
/// directory with the sticky bit (`/tmp`) may be written by others. Of a path that is not there
/// nothing is wrong.
///
/// # Errors
/// The first component for which that does not hold.
pub fn refuse_foreign_writers(path: &Path) -> Result<(), ForeignWriter> {
    let unknown = |error: io::Error| ForeignWriter::unknown(path, &error);
    let resolved = match std::fs::canonicalize(path) {
        Ok(resolved) => resolved,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(unknown(error)),
    };
    // As written, for the links on the way; then where they lead, if there are any.
    let written = std::path::absolute(path).map_err(unknown)?;
    refuse_any(&written)?;
    match written == resolved {
        true => Ok(()),
        false => refuse_any(&resolved),
    }
}

/// Whether a directory is ours alone: no link, ours and not root's, closed to everybody else, and
/// on a way that only we and root may write.
///
/// # Errors
/// The component for which that does not hold.
pub fn refuse_unless_private(directory: &Path) -> Result<(), ForeignWriter> {
    let found = look_at(directory)?;
    if !found.is_dir() {
        let error = rustix::io::Errno::NOTDIR.into();
        return Err(ForeignWriter::unknown(directory, &error));
    }
    if found.uid() != own_user() {
        return Err(ForeignWriter::new(
            directory,
            WriterProblem::Owner(found.uid()),
        ));
    }
    if found.mode() & 0o077 != 0 {
        let mode = found.mode() & 0o7777;
        return Err(ForeignWriter::new(directory, WriterProblem::Mode(mode)));
    }
    refuse_foreign_writers(directory)
}

fn refuse_any(path: &Path) -> Result<(), ForeignWriter> {
    let mut above: Vec<&Path> = path.ancestors().collect();
    above.reverse();
    above.into_iter().try_for_each(refuse)
}

fn refuse(path: &Path) -> Result<(), ForeignWriter> {
    let found = look_at(path)?;
    if !is_trusted(found.uid()) {
        return Err(ForeignWriter::new(path, WriterProblem::Owner(found.uid())));
    }
    // The mode of a link says nothing.
    let is_sticky = found.is_dir() && found.mode() & STICKY != 0;
    if !found.is_symlink() && !is_sticky && found.mode() & OTHERS_MAY_WRITE != 0 {
        // A device, as where a link leads to `/dev/null`, needs its mode: nobody is told to change it.
        if !found.is_file() && !found.is_dir() {
            return Err(ForeignWriter::irregular(path));
        }
        let mode = found.mode() & 0o7777;
        return Err(ForeignWriter::new(path, WriterProblem::Mode(mode)));
    }
    Ok(())
}

fn look_at(path: &Path) -> Result<Metadata, ForeignWriter> {
    let looked = std::fs::symlink_metadata(path);
    looked.map_err(|error| ForeignWriter::unknown(path, &error))
}

/// Root of a machine has no number in the user namespace of a rootless container: what shows the
/// owner without a number there counts as root's, because `/` itself does.
fn is_trusted(user: u32) -> bool {
    user == 0 || user == own_user() || (user == NO_NUMBER && !has_number(NO_NUMBER))
}

/// Whether a user has a number in this user namespace (user_namespaces(7), `uid_map`).
fn has_number(user: u32) -> bool {
    let Ok(map) = std::fs::read_to_string("/proc/self/uid_map") else {
        return true;
    };
    map.lines().any(|line| {
        let numbers: Vec<u64> = line.split_whitespace().flat_map(str::parse).collect();
        let [first, _, count] = numbers[..] else {
            return true;
        };
        (first..first + count).contains(&u64::from(user))
    })
}

fn own_user() -> u32 {
    rustix::process::geteuid().as_raw()
}

#[cfg(test)]
mod tests {
    use std::fs::{Permissions, create_dir, set_permissions, write};
    use std::os::unix::fs::{PermissionsExt as _, chown, symlink};

    use super::*;

    fn mode(path: &Path, mode: u32) {
        set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn each_component_that_others_may_write_is_named() {
        let root = tempfile::tempdir().unwrap();
        let directory = root.path().join("directory");
        let file = directory.join("file");
        create_dir(&directory).unwrap();
        write(&file, "").unwrap();
        mode(&file, 0o644);
        mode(&directory, 0o755);
        assert_eq!(refuse_foreign_writers(&file), Ok(()));
        for (path, bad, good) in [
            (&file, 0o664, 0o644),
            (&file, 0o646, 0o644),
            (&directory, 0o775, 0o755),
            (&directory, 0o757, 0o1777),
        ] {
            mode(path, bad);
            let refused = refuse_foreign_writers(&file).unwrap_err();
            assert_eq!(
                (&refused.path, &refused.problem),
                (path, &WriterProblem::Mode(bad))
            );
            assert_eq!(refused.remedies(), [Remedy::KeepOthersOut(refused.clone())]);
            mode(path, good);
            assert_eq!(refuse_foreign_writers(&file), Ok(()));
        }
        assert_eq!(refuse_foreign_writers(&directory.join("absent")), Ok(()));
    }

    #[test]
    fn where_a_link_leads_is_looked_at_as_well() {
        let root = tempfile::tempdir().unwrap();
        let (open, link) = (root.path().join("open"), root.path().join("link"));
        create_dir(&open).unwrap();
        write(open.join("file"), "").unwrap();
        mode(&open, 0o777);
        symlink(open.join("file"), &link).unwrap();
        assert_eq!(refuse_foreign_writers(&link).unwrap_err().path, open);
    }

    #[test]
    fn nobody_is_told_to_change_the_mode_of_a_device() {
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("link");
        symlink("/dev/null", &link).unwrap();
        let refused = refuse_foreign_writers(&link).unwrap_err();
        assert_eq!(refused.path, Path::new("/dev/null"));
        assert!(matches!(refused.problem, WriterProblem::Unknown(_)));
    }

    #[test]
    fn a_runtime_folder_is_ours_alone() {
        let root = tempfile::tempdir().unwrap();
        let (folder, link) = (root.path().join("folder"), root.path().join("link"));
        create_dir(&folder).unwrap();
        symlink(&folder, &link).unwrap();
        mode(&folder, 0o700);
        assert_eq!(refuse_unless_private(&folder), Ok(()));
        assert!(refuse_unless_private(&link).is_err());
        mode(&folder, 0o750);
        assert!(refuse_unless_private(&folder).is_err());
    }

    #[test]
    fn what_cannot_be_looked_at_is_told_in_the_systems_words() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        write(&file, "").unwrap();
        for (refused, words) in [
            (refuse_unless_private(&file), "not a directory"),
            (
                refuse_unless_private(&root.path().join("absent")),
                "no such file or directory",
            ),
            (
                refuse_foreign_writers(&file.join("below")),
                "not a directory",
            ),
        ] {
            let told = refused.unwrap_err().to_string();
            assert!(
                told.ends_with(&format!(" cannot be looked at: {words}")),
                "{told}"
            );
        }
    }

    /// Where we are root, which alone may give a file away.
    #[test]
    fn what_belongs_to_another_user_is_refused() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("file");
        write(&file, "").unwrap();
        let given = chown(&file, Some(4242), None);
        let refused = refuse_foreign_writers(&file);
        match given {
            Ok(()) => assert_eq!(refused.unwrap_err().problem, WriterProblem::Owner(4242)),
            Err(_) => assert_eq!(refused, Ok(())),
        }
    }
}
