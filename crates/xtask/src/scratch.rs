//! The folder for everything that cargo and the tests write for a moment.

use std::collections::hash_map::RandomState;
use std::env;
use std::fs::{self, File};
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::variable;

/// What the harness of the tests looks for, to clear away the folder of a run that was killed; see
/// `tests/support/scratch.rs`.
const PREFIX: &str = "portunus-tests-";

/// What it looks for, where a run was killed before it had locked its folder.
const UNLOCKED: &str = "portunus-new-";

/// A folder whose files are kept in memory, on most machines.
const IN_MEMORY: &str = "/dev/shm";

/// How much has to be free there, in KiB. All tests have 34 MB there at their most.
const ROOM: u64 = 1 << 20;

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

    /// Makes one in memory, for what is written once, read once and removed: on a disk, tests wait for
    /// that. Where there is no room, or `$TMPDIR` names a place, it is made as any other.
    pub(crate) fn in_memory() -> Result<Self, String> {
        let has_place = variable("TMPDIR").is_none() && has_room();
        let made = has_place.then(|| Self::make(Path::new(IN_MEMORY)).ok());
        made.flatten().map_or_else(Self::new, Ok)
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

/// Whether there is room in memory, for programs that are run from there, too.
fn has_room() -> bool {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let available = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let free = Command::new("df").args(["-Pk", IN_MEMORY]).output();
    let free = free.map(|ran| String::from_utf8_lossy(&ran.stdout).into_owned());
    let rooms = [
        word_of_line(&available, "MemAvailable:", 1),
        word_of_line(&free.unwrap_or_default(), "", 3),
    ];
    lies_in_memory(&mounts) && rooms.iter().all(|free| *free >= ROOM)
}

/// Whether what is mounted last at the place is in memory, and programs can be run from it.
fn lies_in_memory(mounts: &str) -> bool {
    let mounts = mounts.lines().map(|line| line.split(' '));
    let mut places = mounts.filter_map(|mut words| {
        let place = words.nth(1)?;
        (place == IN_MEMORY).then_some((words.next()?, words.next()?))
    });
    places.next_back().is_some_and(|(kind, options)| {
        kind == "tmpfs" && !options.split(',').any(|it| it == "noexec" || it == "ro")
    })
}

/// The number that is that word of the last line that begins so; zero where there is none.
fn word_of_line(text: &str, beginning: &str, word: usize) -> u64 {
    let mut lines = text.lines().rev();
    let line = lines.find(|line| line.starts_with(beginning));
    let word = line.and_then(|line| line.split_whitespace().nth(word));
    word.and_then(|word| word.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_mounted_last_decides_whether_a_place_is_in_memory() {
        let good = "tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n";
        for (mounts, expected) in [
            (good.to_owned(), true),
            (good.replace("nodev", "noexec"), false),
            (format!("{good}/dev/sda1 /dev/shm ext4 rw 0 0\n"), false),
            (good.replace("/dev/shm", "/dev/shm/deep"), false),
            (String::new(), false),
        ] {
            assert_eq!(lies_in_memory(&mounts), expected, "{mounts}");
        }
    }

    #[test]
    fn numbers_are_found_in_their_line_and_place() {
        let free = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                    shm 65536 1 65535 0% /dev/shm\n";
        assert_eq!(word_of_line(free, "", 3), 65_535);
        let available = "MemFree: 1 kB\nMemAvailable: 7 kB\nBuffers: 3 kB\n";
        assert_eq!(word_of_line(available, "MemAvailable:", 1), 7);
        assert_eq!(word_of_line("", "", 3), 0);
    }
}
