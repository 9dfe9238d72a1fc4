use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::SecretFile;
use crate::store::error::SourceError;

/// How long another process may hold the lock.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(5);

/// The lock over a file of secrets; given back when it is dropped, also by a killed process.
#[derive(Debug)]
pub(super) struct Lock {
    held: File,
}

impl Lock {
    /// Whether what is locked is the file that is at this path by now.
    #[cfg(unix)]
    pub(super) fn is_of(&self, path: &Path) -> bool {
        use std::os::unix::fs::MetadataExt;
        let (held, there) = (self.held.metadata(), path.symlink_metadata());
        let place = |of: &std::fs::Metadata| (of.dev(), of.ino());
        matches!((held, there), (Ok(held), Ok(there)) if place(&held) == place(&there))
    }

    #[cfg(not(unix))]
    pub(super) fn is_of(&self, _: &Path) -> bool {
        false
    }
}

impl SecretFile {
    /// The lock beside `target`, where it is there and nobody holds it.
    pub(super) fn lock_if_free(&self, target: &Path) -> Option<Lock> {
        let file = open_existing(&lock_path(target)).ok()?;
        let is_file = file.metadata().is_ok_and(|found| found.is_file());
        (is_file && file.try_lock().is_ok()).then_some(Lock { held: file })
    }

    /// Takes the lock beside `target`. The lock file stays: removing it would let two processes
    /// hold two locks.
    pub(super) fn lock(&self, target: &Path) -> Result<Lock, SourceError> {
        let opened = open(&lock_path(target));
        self.wait_for(opened.map_err(|error| self.io_error("create its lock file", &error))?)
    }

    /// Reads while no program that takes the lock is writing. Where there is no lock none ever has,
    /// and where it cannot be had, what is there is read.
    pub(crate) fn between_writes<T>(
        &self,
        read: impl FnOnce() -> Result<T, SourceError>,
    ) -> Result<T, SourceError> {
        let lock = open_existing(&lock_path(&self.target()?)).ok();
        let _lock = lock.and_then(|file| self.wait_for(file).ok());
        read()
    }

    /// The lock on a file, once nobody else has it.
    pub(super) fn wait_for(&self, file: File) -> Result<Lock, SourceError> {
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Err(self.error("its lock file is no regular file"));
        }
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { held: file }),
                Err(TryLockError::Error(error)) => {
                    return Err(self.io_error("lock it", &error));
                }
                Err(TryLockError::WouldBlock) if started.elapsed() >= PATIENCE => {
                    return Err(self.busy("another process has held its lock for 30 seconds"));
                }
                Err(TryLockError::WouldBlock) => sleep(PAUSE),
            }
        }
    }
}

fn lock_path(target: &Path) -> PathBuf {
    let mut path = target.as_os_str().to_owned();
    path.push(".lock");
    path.into()
}

fn open(path: &Path) -> io::Result<File> {
    careful().create(true).truncate(false).open(path)
}

/// One that is never written to.
pub(super) fn open_to_read(path: &Path) -> io::Result<File> {
    careful().read(true).write(false).open(path)
}

fn open_existing(path: &Path) -> io::Result<File> {
    careful().open(path)
}

/// Follows no link, and waits for nobody at the other end of a pipe.
fn careful() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600);
        options.custom_flags(flags.bits().cast_signed());
    }
    options
}
