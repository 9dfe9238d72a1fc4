//! Every fault of the hosts directories at once.

mod directory;
mod failure;
mod names;
mod permissions;
mod report;
mod unread_files;
mod versions;
mod whole;

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use self::failure::report_failure;
pub(super) use self::names::names_a_host;
pub use self::report::{Checked, CheckedDirectory, CheckedRoot};
use crate::daemon_version::DaemonVersion;
use crate::error::HostsError;
use crate::hosts_tree::HostsTree;
use crate::list_directories::list_directories;
use crate::lookup;
use crate::registry_namespace::RegistryNamespace;

impl HostsTree {
    /// Looks for faults: in every directory of every root, or in those that speak for the given
    /// registry namespaces. `daemon` is the containerd that will read them; `None`: the newest,
    /// and warnings where an older one reads a file otherwise.
    ///
    /// An absent root is none.
    pub fn check(
        &self,
        registry_namespaces: &[RegistryNamespace],
        daemon: Option<DaemonVersion>,
    ) -> Checked {
        let mut seen = HashMap::new();
        let roots = self.roots().iter();
        let checked =
            roots.map(|root| self.check_root(root, registry_namespaces, daemon, &mut seen));
        Checked {
            roots: checked.collect(),
        }
    }

    /// Looks for faults in one directory, wherever it lies.
    pub fn check_directory(
        &self,
        directory: &Path,
        daemon: Option<DaemonVersion>,
    ) -> CheckedDirectory {
        let name = names::registry_namespace(directory);
        let mut checked = directory::check(self, directory.to_owned(), name.clone(), daemon);
        checked.naming.extend(names::check(directory, &name));
        let unread = unread_files::check(&checked);
        checked.naming.extend(unread);
        checked
    }

    /// `seen`: the directories of earlier roots by their registry namespaces.
    fn check_root(
        &self,
        root: &Path,
        registry_namespaces: &[RegistryNamespace],
        daemon: Option<DaemonVersion>,
        seen: &mut HashMap<String, PathBuf>,
    ) -> CheckedRoot {
        let listed = match registry_namespaces {
            [] => list_directories(root),
            wanted => find_directories(root, wanted),
        };
        let (listed, mut findings) = match listed {
            Ok(listed) => (listed, Vec::new()),
            Err(error) => (Vec::new(), vec![report_failure(error)]),
        };
        let mut directories = Vec::with_capacity(listed.len());
        for directory in listed {
            let name = names::registry_namespace(&directory);
            let mut checked = self.check_directory(&directory, daemon);
            if let Some(first) = seen.get(&name) {
                checked
                    .naming
                    .push(names::report_shadowed(&directory, first));
            } else {
                seen.insert(name, directory);
            }
            directories.push(checked);
        }
        let colons = registry_namespaces
            .iter()
            .filter(|name| names::has_bare_colons(name));
        findings.extend(colons.map(|name| names::report_bare_colons(root, name)));
        if registry_namespaces.is_empty() {
            findings.extend(unread_files::check_root(root));
        }
        CheckedRoot {
            root: root.to_owned(),
            directories,
            findings,
        }
    }
}

fn find_directories(
    root: &Path,
    registry_namespaces: &[RegistryNamespace],
) -> Result<Vec<PathBuf>, HostsError> {
    let roots = [root.to_owned()];
    let mut directories = Vec::new();
    for registry_namespace in registry_namespaces {
        let names = [Cow::Borrowed(registry_namespace.as_str())];
        if let Some(found) = lookup::find(lookup::places(&roots, &names))?
            && !directories.contains(&found)
        {
            directories.push(found);
        }
    }
    Ok(directories)
}
