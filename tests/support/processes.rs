//! Which processes and mounts belong to a folder, as `/proc` tells.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// How often a process that is about to become another program is looked at, and how long between.
const LOOKS: u32 = 100;
const PAUSE: Duration = Duration::from_millis(10);

/// A process of this machine.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) id: i32,
    /// Its words, with spaces between them.
    pub(crate) command_line: String,
}

/// Every other process that has the folder in its command line or its environment, and has not
/// ended. The folder's name must be no beginning of another one's.
pub(crate) fn that_name(folder: &Path) -> Vec<Named> {
    let wanted = folder.to_string_lossy();
    let own = std::process::id().to_string();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(id) = name.parse().ok().filter(|_| name != own) else {
            continue;
        };
        let (command_line, environment) = words(&entry.path());
        let has = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(&*wanted);
        if has(&command_line) || has(&environment) {
            let command_line = String::from_utf8_lossy(&command_line).replace('\0', " ");
            found.push(Named {
                id,
                command_line: command_line.trim_end().to_owned(),
            });
        }
    }
    found
}

/// The command line and the environment of a process, by its folder. Nothing for one that has ended,
/// and nothing for one of another user.
///
/// One that has just been started is without either for as long as the kernel loads its program,
/// which takes a while where that lies on a disk; whoever has started it goes on before.
fn words(process: &Path) -> (Vec<u8>, Vec<u8>) {
    let read = |file: &str| fs::read(process.join(file)).unwrap_or_default();
    // Neither one that has ended nor a thread of the kernel has memory.
    let lives = || String::from_utf8_lossy(&read("status")).contains("\nVmSize:");
    for _ in 0..LOOKS {
        let (command_line, environment) = (read("cmdline"), read("environ"));
        if !command_line.is_empty() || !lives() {
            return (command_line, environment);
        }
        thread::sleep(PAUSE);
    }
    Default::default()
}

/// The places below the folder where something is mounted, the innermost first.
pub(crate) fn mounts_below(folder: &Path) -> Vec<PathBuf> {
    let table = fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let mut mounts: Vec<PathBuf> = table
        .lines()
        .filter_map(|line| line.split(' ').nth(4))
        .map(PathBuf::from)
        .filter(|mount| mount.starts_with(folder))
        .collect();
    mounts.reverse();
    mounts
}
