use std::time::Instant;

use super::SecretFile;
use super::lock::{PATIENCE, open_to_read};
use crate::store::hold::Hold;

impl SecretFile {
    /// Keeps other programs that ask for the same from what stands in the file, until the hold is
    /// dropped. It is the file itself that is locked: the lock beside it is for writing, also
    /// meanwhile. `None` where it is not there, cannot be locked, or others hold it for too long.
    pub(crate) fn hold(&self) -> Option<Hold> {
        // Elsewhere a lock keeps everybody from reading, too.
        if !cfg!(unix) {
            return None;
        }
        let target = self.target().ok()?;
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            let lock = self.wait_for(open_to_read(&target).ok()?).ok()?;
            // Who writes puts another file there: the lock of the old one keeps nobody from it.
            if lock.is_of(&target) {
                return Some(Hold::new(lock));
            }
        }
        None
    }
}
