use std::path::PathBuf;
use std::sync::Arc;

use crate::finding::Finding;
use crate::host::Host;

/// What [`HostsTree::check`](crate::HostsTree::check) found, and what it read
/// on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Checked {
    /// Root by root, in order.
    pub roots: Vec<CheckedRoot>,
}

/// What was found below one root.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedRoot {
    /// The root.
    pub root: PathBuf,
    /// Its directories, by name; those that an earlier root stands before, too.
    pub directories: Vec<CheckedDirectory>,
    /// What concerns the root as a whole.
    pub findings: Vec<Finding>,
}

/// What was found in one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedDirectory {
    /// The directory.
    pub directory: PathBuf,
    /// The registry namespace that it speaks for by its name; `_default` for all others.
    pub registry_namespace: String,
    /// The hosts that it gives, server last. None where it cannot be read.
    pub hosts: Vec<Arc<Host>>,
    /// What is in it, in the order of places.
    pub findings: Vec<Finding>,
    /// How it is named, and whether it is read at all.
    pub naming: Vec<Finding>,
}

impl Checked {
    /// All findings, in the order of roots, directories and places.
    pub fn into_findings(self) -> Vec<Finding> {
        let of_directory = |it: CheckedDirectory| it.findings.into_iter().chain(it.naming);
        let of_root = |root: CheckedRoot| {
            let directories = root.directories.into_iter();
            directories.flat_map(of_directory).chain(root.findings)
        };
        self.roots.into_iter().flat_map(of_root).collect()
    }
}
