use std::path::Path;

use crate::check::names_a_host;
use crate::hosts_tree::HostsTree;
use crate::list_directories::list_directories;
use crate::lookup;
use crate::registry_namespace::RegistryNamespace;

impl HostsTree {
    /// The registry namespaces that have a directory of their own, by name. `_default`, and what
    /// cannot be read or names no host, are left out: [`HostsTree::check`]
    /// tells about those.
    pub fn registry_namespaces(&self) -> Vec<RegistryNamespace> {
        let mut found: Vec<RegistryNamespace> =
            self.roots().iter().flat_map(|it| below(it)).collect();
        found.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        found.dedup();
        found
    }
}

fn below(root: &Path) -> Vec<RegistryNamespace> {
    let directories = list_directories(root).unwrap_or_default();
    let names = directories.iter().filter_map(|directory| {
        let name = directory.file_name()?.to_str()?;
        (name != lookup::DEFAULT_DIRECTORY).then(|| lookup::registry_namespace_of(name))
    });
    names
        .filter_map(|name| RegistryNamespace::new(name).ok())
        .filter(|name| names_a_host(name.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_are_told_by_the_registry_namespace_they_speak_for() {
        let root = tempfile::tempdir().unwrap();
        for name in ["docker.io", "reg.test_5000_", "_default", "a b"] {
            std::fs::create_dir(root.path().join(name)).unwrap();
        }
        let roots = vec![
            root.path().join("none"),
            root.path().to_owned(),
            root.path().to_owned(),
        ];
        let found = HostsTree::new(roots).registry_namespaces();
        let found: Vec<&str> = found.iter().map(RegistryNamespace::as_str).collect();
        assert_eq!(found, ["docker.io", "reg.test:5000"]);
    }
}
