//! The one folder below which a run of tests writes everything, and how what is left of a run that
//! was killed is cleared away.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::{processes, tools};

/// What the names of such folders begin with, so that the next run finds them. `cargo xtask` makes
/// one, too, for what cargo and the tests of other packages write.
const PREFIX: &str = "portunus-tests-";

/// What they are called until they are locked. Nothing is written into one.
const UNLOCKED: &str = "portunus-new-";

/// How long one is called so at most.
const UNLOCKED_FOR: Duration = Duration::from_secs(60);

/// What the path of a socket may be long is 107 bytes, and some lie deep.
const LONGEST: usize = 50;

/// A folder that is locked for as long as its owner lives.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    // Unlocked by the kernel when we end, however that happens.
    _lock: File,
}

impl Scratch {
    /// Makes one, as the place of all temporary files of this process, and clears away those whose
    /// owners live no more.
    pub(crate) fn new() -> Self {
        let base = base();
        let (outer, prefix) = match base.parent() {
            Some(outer) if is_scratch(&base) => (outer, "run-"),
            _ => (base.as_path(), PREFIX),
        };
        sweep(outer);
        let scratch =
            Self::make(&base, prefix).unwrap_or_else(|error| panic!("{}: {error}", base.display()));
        tempfile::env::override_temp_dir(&scratch.folder).expect("asked for once");
        scratch
    }

    /// The folder.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// It gets its name once it is locked, so that nobody takes it for a dead one. All names are of
    /// one length, so that none is the beginning of another.
    fn make(base: &Path, prefix: &str) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        let new = builder.prefix(UNLOCKED).rand_bytes(10).tempdir_in(base)?;
        // A daemon that runs as nobody gets through to its own folder.
        fs::set_permissions(new.path(), fs::Permissions::from_mode(0o711))?;
        let lock = File::create(new.path().join("lock"))?;
        lock.lock()?;
        let new = new.keep();
        let name = new.file_name().unwrap_or_default().to_string_lossy();
        let folder = base.join(name.replacen(UNLOCKED, prefix, 1));
        fs::rename(&new, &folder)?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }
}

/// Kills what still runs on files in the folder, and removes it. Gives the command lines of what
/// was killed.
pub(crate) fn clear(folder: &Path) -> Vec<String> {
    let mut killed = Vec::new();
    let mut clean = 0;
    for _ in 0..100 {
        let left = processes::that_name(folder);
        // The second time for what was only about to be started at the first.
        clean = if left.is_empty() && remove(folder) {
            clean + 1
        } else {
            0
        };
        if clean == 2 {
            break;
        }
        for process in left {
            if let Some(pid) = Pid::from_raw(process.id) {
                // It may have ended by itself.
                let _ = kill_process(pid, Signal::KILL);
            }
            killed.push(process.command_line);
        }
        thread::sleep(Duration::from_millis(20));
    }
    killed
}

/// `$TMPDIR`, where sockets can have their place in it, and a daemon of another user.
fn base() -> PathBuf {
    let base = std::env::temp_dir();
    let enterable = |folder: &Path| {
        let mode = folder.metadata().map(|it| it.permissions().mode());
        mode.is_ok_and(|mode| mode & 0o001 != 0)
    };
    let fits = base.as_os_str().len() <= LONGEST
        && base.is_dir()
        && (!tools::is_root() || base.ancestors().all(enterable));
    if fits { base } else { PathBuf::from("/tmp") }
}

fn is_scratch(folder: &Path) -> bool {
    is_called(folder, PREFIX)
}

fn is_called(folder: &Path, prefix: &str) -> bool {
    let name = folder.file_name().unwrap_or_default();
    name.to_string_lossy().starts_with(prefix)
}

/// Clears away the folders of runs that were killed together with what would have cleared them.
fn sweep(outer: &Path) {
    let entries = fs::read_dir(outer).into_iter().flatten().flatten();
    for folder in entries.map(|entry| entry.path()) {
        if is_scratch(&folder) && is_ours(&folder) && is_dead(&folder) {
            clear(&folder);
        } else if is_called(&folder, UNLOCKED) && is_ours(&folder) && is_old(&folder) {
            remove(&folder);
        }
    }
}

fn is_ours(folder: &Path) -> bool {
    fs::symlink_metadata(folder)
        .is_ok_and(|it| it.is_dir() && it.uid() == tools::user_and_group().0)
}

/// Whether nobody holds its lock.
fn is_dead(folder: &Path) -> bool {
    let lock = File::open(folder.join("lock"));
    lock.is_ok_and(|lock| !matches!(lock.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Whether it would have its lock by now, had its maker lived.
fn is_old(folder: &Path) -> bool {
    let made = fs::symlink_metadata(folder).and_then(|it| it.modified());
    made.is_ok_and(|made| made.elapsed().is_ok_and(|age| age > UNLOCKED_FOR))
}

/// Ends what a daemon has mounted in this folder and left.
pub(crate) fn unmount_below(folder: &Path) {
    for mount in processes::mounts_below(folder) {
        let mut umount = Command::new("umount");
        umount.arg("-nl").arg(mount).stderr(Stdio::null());
        // Without the right to do it, nothing was mounted by us.
        let _ = umount.status();
    }
}

/// Whether it is gone.
fn remove(folder: &Path) -> bool {
    unmount_below(folder);
    match fs::remove_dir_all(folder) {
        Ok(()) => true,
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}
