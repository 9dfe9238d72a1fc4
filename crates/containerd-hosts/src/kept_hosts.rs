use std::collections::HashMap;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::HostsError;
use crate::hosts_tree::HostsTree;
use crate::lookup::{self, below};
use crate::reading::Reading;
use crate::registry_namespace::RegistryNamespace;
use crate::registry_namespace_hosts::{HostsSource, RegistryNamespaceHosts};
use crate::stamp::Stamp;

/// Hosts that are read again only where a file has changed, was added or removed: for programs that
/// ask for the same registry namespaces again and again.
///
/// Only what a `hosts.toml` says is kept. Whether it still says so is told by looking at that file, at
/// each directory that would have gone before its own, and at each certificate and key.
#[derive(Debug)]
pub struct KeptHosts {
    tree: HostsTree,
    reading: Reading,
    held: Mutex<HashMap<RegistryNamespace, Held>>,
}

/// More registry namespaces are not kept: then all are read anew.
const MOST: usize = 256;

/// A file system may give two changes one time where no more than this lies between them.
const TICK: Duration = Duration::from_millis(10);

#[derive(Debug, Clone)]
struct Held {
    found: Arc<RegistryNamespaceHosts>,
    /// What was not there.
    absent: Vec<PathBuf>,
    /// What was read, as it was when it was read.
    files: Vec<(PathBuf, Stamp)>,
    looked_at: Instant,
    /// Whether it was read so long after the first look that no later change has the time of an
    /// earlier one.
    settled: bool,
}

impl KeptHosts {
    /// The hosts of those directories, read so.
    pub fn new(tree: HostsTree, reading: Reading) -> Self {
        Self {
            tree,
            reading,
            held: Mutex::default(),
        }
    }

    /// The same hosts, read in another way.
    #[must_use]
    pub fn read_as(self, reading: Reading) -> Self {
        Self::new(self.tree, reading)
    }

    /// The ordered hosts of a registry namespace, as they are now.
    ///
    /// # Errors
    /// As those of [`HostsTree::hosts`]. They are not kept.
    pub fn hosts(
        &self,
        registry_namespace: &RegistryNamespace,
    ) -> Result<Arc<RegistryNamespaceHosts>, HostsError> {
        let unchanged = {
            let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
            let held = held.get(registry_namespace);
            held.filter(|held| held.is_unchanged()).cloned()
        };
        if let Some(held) = unchanged.as_ref().filter(|held| held.settled) {
            return Ok(Arc::clone(&held.found));
        }
        let (found, stamp) = self.tree.stamped_hosts(registry_namespace, self.reading)?;
        let found = Arc::new(found);
        self.keep(&found, stamp, unchanged);
        Ok(found)
    }

    /// Keeps what was read, of a `hosts.toml` with that stamp. `before`: what was kept, and unchanged
    /// when it was read.
    fn keep(
        &self,
        found: &Arc<RegistryNamespaceHosts>,
        stamp: Option<Stamp>,
        before: Option<Held>,
    ) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let name = &found.registry_namespace;
        if let Some(mut before) = before
            && before.is_unchanged()
        {
            if before.looked_at.elapsed() > TICK {
                before.settled = true;
                before.found = Arc::clone(found);
                held.insert(name.clone(), before);
            }
            return;
        }
        if held.len() >= MOST {
            held.clear();
        }
        match self.look_at(found, stamp) {
            Some(now) => held.insert(name.clone(), now),
            None => held.remove(name),
        };
    }

    /// `None`: it cannot be told whether it has changed.
    fn look_at(&self, found: &Arc<RegistryNamespaceHosts>, stamp: Option<Stamp>) -> Option<Held> {
        let directory = found.dir.as_ref()?;
        let is_read = found.source == HostsSource::HostsToml;
        let stamp = stamp.filter(|_| is_read)?;
        let hosts_toml = (below(directory, "hosts.toml"), stamp);
        let names = self.tree.names(&found.registry_namespace);
        let places = lookup::places(self.tree.roots(), &names);
        let absent = places.take_while(|place| place.as_os_str() != directory.as_os_str());
        let with_files = found.hosts.iter();
        let with_files = with_files.filter(|host| host.ca.is_some() || host.client.is_some());
        let of_hosts = with_files.flat_map(|host| {
            let ca = host.ca.iter().flatten();
            let client = host.client.iter().flatten();
            let client = client.flat_map(|pair| [Some(&pair.certificate), pair.key.as_ref()]);
            ca.chain(client.flatten()).cloned()
        });
        let of_hosts = of_hosts.map(|path| Stamp::at(&path).map(|stamp| (path, stamp)));
        let files = std::iter::once(Some(hosts_toml)).chain(of_hosts);
        Some(Held {
            found: Arc::clone(found),
            absent: absent.collect(),
            looked_at: Instant::now(),
            files: files.collect::<Option<_>>()?,
            settled: false,
        })
    }
}

impl Held {
    fn is_unchanged(&self) -> bool {
        let is_absent = |path: &PathBuf| {
            let looked = std::fs::metadata(path);
            looked.is_err_and(|error| error.kind() == ErrorKind::NotFound)
        };
        let is_same = |(path, stamp): &(PathBuf, Stamp)| Stamp::at(path).as_ref() == Some(stamp);
        self.files.iter().all(is_same) && self.absent.iter().all(is_absent)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;
    use std::thread::sleep;

    use super::*;

    fn kept(roots: &[&Path]) -> KeptHosts {
        let roots = roots.iter().map(|root| root.to_path_buf()).collect();
        KeptHosts::new(HostsTree::new(roots), Reading::STRICT)
    }

    fn write(root: &Path, name: &str, host: &str) {
        fs::create_dir_all(root.join(name)).unwrap();
        let text = format!("[host.\"https://{host}\"]\ncapabilities = [\"pull\"]\n");
        fs::write(root.join(name).join("hosts.toml"), text).unwrap();
    }

    fn first(kept: &KeptHosts) -> String {
        let name = RegistryNamespace::new("reg.test:5000").unwrap();
        kept.hosts(&name).unwrap().hosts[0].host.clone()
    }

    /// As if it had been asked for again and again for a while.
    fn settle(kept: &KeptHosts) {
        first(kept);
        sleep(2 * TICK);
        first(kept);
        assert!(kept.held.lock().unwrap().values().all(|held| held.settled));
    }

    #[test]
    fn what_is_unchanged_is_not_read_again() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "reg.test:5000", "a.test");
        let kept = kept(&[root.path()]);
        settle(&kept);
        let name = RegistryNamespace::new("reg.test:5000").unwrap();
        let (one, other) = (kept.hosts(&name).unwrap(), kept.hosts(&name).unwrap());
        assert!(Arc::ptr_eq(&one, &other));
    }

    #[test]
    fn what_changes_is_seen_at_the_next_call() {
        let (first_root, root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let kept = kept(&[first_root.path(), root.path()]);
        write(root.path(), "reg.test:5000", "a.test");
        settle(&kept);
        // Of the same length, and at once.
        write(root.path(), "reg.test:5000", "b.test");
        assert_eq!(first(&kept), "b.test");
        write(root.path(), "reg.test:5000", "c.test");
        assert_eq!(first(&kept), "c.test");
        settle(&kept);
        // A directory that goes before, in the same root and in another.
        write(root.path(), "reg.test_5000_", "d.test");
        assert_eq!(first(&kept), "d.test");
        settle(&kept);
        write(first_root.path(), "_default", "e.test");
        assert_eq!(first(&kept), "e.test");
        settle(&kept);
        fs::remove_dir_all(first_root.path().join("_default")).unwrap();
        assert_eq!(first(&kept), "d.test");
        settle(&kept);
        fs::remove_file(root.path().join("reg.test_5000_/hosts.toml")).unwrap();
        assert_eq!(first(&kept), "reg.test:5000");
    }

    #[test]
    fn a_certificate_that_goes_is_missed_at_the_next_call() {
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "reg.test:5000", "a.test");
        let folder = root.path().join("reg.test:5000");
        fs::write(folder.join("ca.pem"), "").unwrap();
        let text = "[host.\"https://a.test\"]\nca = \"ca.pem\"\n";
        fs::write(folder.join("hosts.toml"), text).unwrap();
        let kept = kept(&[root.path()]);
        settle(&kept);
        fs::remove_file(folder.join("ca.pem")).unwrap();
        let name = RegistryNamespace::new("reg.test:5000").unwrap();
        kept.hosts(&name).unwrap_err();
    }
}
