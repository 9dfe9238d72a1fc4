//! The folder for everything that cargo and the tests write for a moment.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, File};
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};

/// What the harness of the tests looks for, to clear away the folder of a run that was killed; see
/// `tests/support/scratch.rs`.
const PREFIX: &str = "portunus-tests-";

/// What it looks for, where a run was killed before it had locked its folder.
const UNLOCKED: &str = "portunus-new-";

/// A folder that is locked for as long as we live, and removed when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    _lock: File,
}

impl Scratch {
    /// Makes one below `$TMPDIR`, or below `/tmp` where that is no folder.
    pub(crate) fn new() -> Result<Self, String> {
        let mut base = env::temp_dir();
        if !base.is_dir() {
            eprintln!("note: TMPDIR={} is no folder, /tmp is used", base.display());
            base = PathBuf::from("/tmp");
        }
        Self::make(&base).map_err(|error| {
            let base = base.display();
            format!("{base}: {error}\nhelp: set TMPDIR to a folder that you can write to")
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// It gets its name once it is locked, so that nobody takes it for a dead one. All names are of
    /// one length, so that none is the beginning of another, and by chance, since in a container
    /// our process id may be that of a run that was killed.
    fn make(base: &Path) -> io::Result<Self> {
        let id = RandomState::new().hash_one(()) % 10_000_000_000;
        let (new, folder) = (
            base.join(format!("{UNLOCKED}{id:010}")),
            base.join(format!("{PREFIX}{id:010}")),
        );
        fs::create_dir(&new)?;
        let lock = File::create(new.join("lock"))?;
        lock.lock()?;
        fs::rename(&new, &folder)?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left is cleared away by the lifeline, or before the next tests.
        let _ = fs::remove_dir_all(&self.folder);
    }
}
