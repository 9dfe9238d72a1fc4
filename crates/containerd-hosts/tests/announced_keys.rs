//! A key that the caller announces is read like one that containerd knows, and is his to judge.

#![allow(clippy::unwrap_used, reason = "a failed test")]

use std::fs;

use containerd_hosts::{Code, DaemonVersion, HostsTree, Reading, RegistryNamespace};
use tempfile::TempDir;

const FILE: &str = "\
server = \"https://up.test\"
Tier = \"gold\"

[host.\"https://m.test\"]
capabilities = [\"pull\"]
TIER = 1

[host.\"https://n.test\"]
capabilities = [\"pull\"]
teir = \"silver\"
";

#[test]
fn it_comes_with_its_host_in_any_case() {
    let tree = tree("reg.test");
    let hosts = announced(&tree)
        .hosts(&name(), Reading::STRICT)
        .unwrap()
        .hosts;
    let of = |index: usize| hosts[index].announced_key("tier");
    let (number, absent, server) = (of(0).unwrap(), of(1), of(2).unwrap());
    assert_eq!((number.text.as_deref(), number.place.line), (None, 6));
    assert_eq!(absent, None);
    assert_eq!(
        (server.text.as_deref(), server.place.column),
        (Some("gold"), 8)
    );
    assert_eq!(server.line_text, "Tier = \"gold\"");
}

#[test]
fn it_is_known_and_near_to_what_is_mistyped() {
    let tree = tree("reg.test");
    let helps = |directories: HostsTree| -> Vec<_> {
        let findings = directories.check(&[], None).into_findings();
        let unknown = findings
            .into_iter()
            .filter(|it| it.code == Code::UnknownKey);
        unknown
            .map(|it| (it.place.line, it.help.unwrap()))
            .collect()
    };
    let nearest = "did you mean `tier`?".to_owned();
    assert_eq!(helps(announced(&tree)), [(10, nearest)]);
    let unknown = HostsTree::new(vec![tree.path().to_owned()]);
    assert_eq!(helps(unknown).len(), 3);
}

#[test]
fn a_daemon_that_knows_keys_in_one_case_only_reads_it_so() {
    let tree = tree("reg.test");
    let reading = Reading::AsContainerd {
        daemon: Some(DaemonVersion::V1_7),
    };
    let hosts = announced(&tree).hosts(&name(), reading).unwrap().hosts;
    let read = hosts
        .iter()
        .map(|host| host.announced_key("tier").is_some());
    assert_eq!(read.collect::<Vec<_>>(), [true, false, false]);
}

#[test]
fn a_check_hands_it_out_of_every_directory() {
    let (first, second) = (tree("reg.test"), tree("reg.test"));
    fs::create_dir(first.path().join("_default")).unwrap();
    fs::write(first.path().join("_default/hosts.toml"), FILE).unwrap();
    let roots = vec![first.path().to_owned(), second.path().to_owned()];
    let directories = HostsTree::new(roots).with_announced_key("tier");
    let checked = directories.check(&[], None);
    let roots = checked.roots.iter().flat_map(|root| &root.directories);
    let read = roots.map(|it| {
        let hosts = it.hosts.iter();
        let announced = hosts.filter(|host| host.announced_key("tier").is_some());
        let codes = it.naming.iter().map(|finding| finding.code);
        (&*it.registry_namespace, announced.count(), codes.collect())
    });
    let shadowed = vec![Code::ShadowedDirectory];
    assert_eq!(
        read.collect::<Vec<_>>(),
        [
            ("_default", 2, Vec::new()),
            ("reg.test", 2, Vec::new()),
            ("reg.test", 2, shadowed),
        ]
    );
}

fn tree(directory: &str) -> TempDir {
    let tree = TempDir::new().unwrap();
    fs::create_dir(tree.path().join(directory)).unwrap();
    fs::write(tree.path().join(directory).join("hosts.toml"), FILE).unwrap();
    tree
}

fn announced(tree: &TempDir) -> HostsTree {
    HostsTree::new(vec![tree.path().to_owned()]).with_announced_key("Tier")
}

fn name() -> RegistryNamespace {
    RegistryNamespace::new("reg.test").unwrap()
}
