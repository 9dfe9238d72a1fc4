use std::ffi::OsString;
use std::fs::{DirEntry, File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use super::SecretFile;
use super::place::parent;
use crate::store::error::SourceError;

/// A new version of the file, written and synced beside it, not yet in its place.
#[derive(Debug)]
pub(super) struct Replacement {
    file: NamedTempFile,
    /// The wider mode the file has now.
    pub(super) tightened_from: Option<u32>,
}

impl SecretFile {
    /// Writes the new version into the directory of `target`.
    pub(super) fn prepare(&self, target: &Path, text: &str) -> Result<Replacement, SourceError> {
        let failed = |error: &io::Error| self.io_error("write it", error);
        remove_leftovers(target);
        let mut builder = tempfile::Builder::new();
        let prefix = temporary_prefix(target);
        builder.prefix(&prefix);
        let mut file = builder
            .tempfile_in(parent(target))
            .map_err(|error| failed(&error))?;
        let tightened_from = take_over(target, file.as_file()).map_err(|error| failed(&error))?;
        file.write_all(text.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .map_err(|error| failed(&error))?;
        Ok(Replacement {
            file,
            tightened_from,
        })
    }

    /// Removes what a killed process left of a new version, which holds every secret of the file.
    /// Where somebody is writing, it may be theirs, and the next command looks again.
    pub(super) fn sweep(&self) {
        let Ok(target) = self.target() else {
            return;
        };
        if !leftovers(&target).is_empty()
            && let Some(_lock) = self.lock_if_free(&target)
        {
            remove_leftovers(&target);
        }
    }

    /// Puts the new version into its place.
    pub(super) fn commit(
        &self,
        replacement: Replacement,
        target: &Path,
        text: &str,
    ) -> Result<(), SourceError> {
        let written = match replacement.file.persist(target) {
            Ok(_) => Ok(()),
            // A file that is itself a mount point cannot be renamed over.
            Err(error) if error.error.kind() == ErrorKind::ResourceBusy => {
                write_in_place(target, text)
            }
            Err(error) => Err(error.error),
        };
        written
            .and_then(|()| sync_directory(parent(target)))
            .map_err(|error| self.io_error("write it", &error))
    }
}

/// Writes over what is there: space is had before a byte is touched, and the old text comes back
/// where writing fails nevertheless.
fn write_in_place(target: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().read(true).write(true).open(target)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata()?.permissions().mode();
        file.set_permissions(Permissions::from_mode(private(mode)))?;
    }
    let length = usize::try_from(file.metadata()?.len()).map_err(io::Error::other)?;
    let mut old = Zeroizing::new(Vec::with_capacity(length + 1));
    file.read_to_end(&mut old)?;
    reserve(&file, text.len())?;
    overwrite(&mut file, text.as_bytes()).inspect_err(|_| {
        // It is the first failure that is told.
        let _ = overwrite(&mut file, &old);
    })
}

/// Has the file system set space aside; its size stays. A file system that cannot is trusted.
fn reserve(file: &File, length: usize) -> io::Result<()> {
    use rustix::fs::{FallocateFlags, fallocate};
    use rustix::io::Errno;
    let length = u64::try_from(length).map_err(io::Error::other)?;
    match fallocate(file, FallocateFlags::KEEP_SIZE, 0, length) {
        Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::INVAL) => Ok(()),
        reserved => Ok(reserved?),
    }
}

fn overwrite(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    file.rewind()?;
    file.write_all(bytes)?;
    let end = file.stream_position()?;
    file.set_len(end)?;
    file.sync_all()
}

/// Gives the new file the owner of the old one, and its mode without what others may do.
/// Answers the old mode where that was wider.
#[cfg(unix)]
fn take_over(target: &Path, file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    let Ok(old) = std::fs::metadata(target) else {
        file.set_permissions(Permissions::from_mode(0o600))?;
        return Ok(None);
    };
    let new = file.metadata()?;
    if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
        // Only root may; for others the file becomes their own, as with docker.
        let _ = fchown(file, Some(old.uid()), Some(old.gid()));
    }
    let mode = old.mode() & 0o7777;
    file.set_permissions(Permissions::from_mode(private(mode)))?;
    Ok((mode & 0o077 != 0).then_some(mode))
}

#[cfg(not(unix))]
fn take_over(_target: &Path, _file: &File) -> io::Result<Option<u32>> {
    Ok(None)
}

#[cfg(unix)]
fn private(mode: u32) -> u32 {
    match mode & 0o600 {
        0 | 0o200 => 0o600,
        private => private,
    }
}

/// Removes what a killed process left. The lock is held, so no living process of ours uses it.
fn remove_leftovers(target: &Path) {
    for path in leftovers(target) {
        let _ = std::fs::remove_file(path);
    }
}

/// New versions that are not in their place.
fn leftovers(target: &Path) -> Vec<PathBuf> {
    let prefix = temporary_prefix(target);
    let begins = |entry: &DirEntry| {
        let name = entry.file_name();
        name.as_encoded_bytes()
            .starts_with(prefix.as_encoded_bytes())
    };
    let entries = std::fs::read_dir(parent(target)).into_iter().flatten();
    let entries = entries.flatten().filter(begins);
    entries.map(|entry| entry.path()).collect()
}

fn temporary_prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".portunus-");
    prefix
}

#[cfg(unix)]
fn sync_directory(directory: &Path) -> io::Result<()> {
    match File::open(directory)?.sync_all() {
        // Some file systems cannot sync a directory.
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
fn sync_directory(_directory: &Path) -> io::Result<()> {
    Ok(())
}
