//! Which processes and mounts belong to a folder, as `/proc` tells.

use std::fs;
use std::path::{Path, PathBuf};

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
        // Nothing for one that has ended, and nothing for one of another user.
        let read = |file: &str| fs::read(entry.path().join(file)).unwrap_or_default();
        let command_line = read("cmdline");
        let has = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(&*wanted);
        if has(&command_line) || has(&read("environ")) {
            let command_line = String::from_utf8_lossy(&command_line).replace('\0', " ");
            found.push(Named {
                id,
                command_line: command_line.trim_end().to_owned(),
            });
        }
    }
    found
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
