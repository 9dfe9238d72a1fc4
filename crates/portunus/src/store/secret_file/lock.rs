use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::SecretFile;
use crate::store::error::SourceError;

/// How long another process may hold the lock.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(5);

/// The lock over a file of secrets; given back when it is dropped, also by a killed process.
#[derive(Debug)]
pub(super) struct Lock {
    _held: File,
}

impl SecretFile {
    /// Takes the lock beside `target`. The lock file stays: removing it would let two processes
    /// hold two locks.
    pub(super) fn lock(&self, target: &Path) -> Result<Lock, SourceError> {
        let mut path = target.as_os_str().to_owned();
        path.push(".lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options
            .open(&path)
            .map_err(|error| self.io_error("create its lock file", &error))?;
        let started = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock { _held: file }),
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
