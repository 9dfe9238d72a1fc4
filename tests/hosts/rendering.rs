//! The directory that a daemon is handed means what the roots mean.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use crate::worlds::vectors::{self, Vector};
use portunus::hosts::{DaemonVersion, Host, HostsTree, Reading, RenderError};
use portunus::name::RegistryNamespace;
use serde_json::Value;
use tempfile::TempDir;

#[support::test(long)]
fn a_rendered_directory_gives_the_hosts_of_every_accepted_vector() {
    let mut accepted = 0;
    for file in ["upstream", "docs", "systematic", "random"] {
        for vector in vectors::read(file) {
            accepted += usize::from(round_trips(&vector));
        }
    }
    println!("{accepted} vectors rendered and read again");
    assert!(
        accepted > 1_000,
        "the strict reading accepts only {accepted}"
    );
}

fn round_trips(vector: &Vector) -> bool {
    let Ok(name) = RegistryNamespace::new(vector.text("namespace")) else {
        return false;
    };
    let root = vector.lay_out();
    let directories = vector.directories(root.path());
    let Ok(expected) = directories.hosts(&name, Reading::STRICT) else {
        return false;
    };
    let target = TempDir::new().unwrap();
    let id = vector.text("id");
    directories
        .render(std::slice::from_ref(&name), None, target.path())
        .unwrap_or_else(|error| panic!("{id}: {error}"));
    let rendered = vector
        .directories(target.path())
        .hosts(&name, Reading::AS_CONTAINERD);
    let rendered = rendered.unwrap_or_else(|error| panic!("{id}: {error}"));
    assert_eq!(
        json(&rendered.hosts, &name),
        json(&expected.hosts, &name),
        "{id}"
    );
    assert!(!rendered.fell_back, "{id}");
    for daemon in [DaemonVersion::V2_1, DaemonVersion::V2_3] {
        let target = TempDir::new().unwrap();
        match directories.render(std::slice::from_ref(&name), Some(daemon), target.path()) {
            Err(RenderError::Inexpressible { .. }) => continue,
            rendered => rendered.unwrap(),
        }
        let read = vector.directories(target.path()).hosts(
            &name,
            Reading::AsContainerd {
                daemon: Some(daemon),
            },
        );
        assert!(!read.unwrap().fell_back, "{id} for {daemon}");
    }
    true
}

#[support::test]
fn the_first_root_speaks_and_paths_are_absolute() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    write(
        &first,
        "reg.test_5000_",
        "server = \"https://up.test/v1\"\nca = \"ca.crt\"\n[host.\"http://m.test/\"]\ncapabilities = [\"pull\"]\n",
    );
    let ca = first.path().join("reg.test_5000_/ca.crt");
    fs::copy(vectors::conformance().join("pki/ca1.crt"), &ca).unwrap();
    write(
        &second,
        "reg.test:5000",
        "server = \"https://never.test\"\n",
    );
    let name = RegistryNamespace::new("reg.test:5000").unwrap();
    let target = TempDir::new().unwrap();
    let roots = vec![first.path().to_owned(), second.path().to_owned()];
    HostsTree::new(roots)
        .render(&[name], None, target.path())
        .unwrap();
    let text = fs::read_to_string(target.path().join("reg.test_5000_/hosts.toml")).unwrap();
    let expected = format!(
        "server = \"https://up.test/v1\"\nca = [\"{}\"]\n\n[host.\"http://m.test/\"]\ncapabilities = [\"pull\"]\n",
        ca.to_str().unwrap()
    );
    assert_eq!(text, expected);
}

#[support::test]
fn an_older_daemon_gets_only_what_it_knows() {
    let root = TempDir::new().unwrap();
    write(
        &root,
        "reg.test",
        "[host.\"https://m.test\"]\ncapabilities = [\"pull\", \"referrers\"]\ndial_timeout = \"3s\"\n",
    );
    write(
        &root,
        "only.test",
        "[host.\"https://m.test\"]\ncapabilities = [\"referrers\"]\n",
    );
    let directories = HostsTree::new(vec![root.path().to_owned()]);
    for (daemon, line) in [
        (
            DaemonVersion::V2_3,
            "capabilities = [\"pull\", \"referrers\"]\ndial_timeout = \"3s\"\n",
        ),
        (
            DaemonVersion::V2_1,
            "capabilities = [\"pull\"]\ndial_timeout = \"3s\"\n",
        ),
        (DaemonVersion::V1_7, "capabilities = [\"pull\"]\n"),
    ] {
        let target = TempDir::new().unwrap();
        let name = RegistryNamespace::new("reg.test").unwrap();
        directories
            .render(&[name], Some(daemon), target.path())
            .unwrap();
        let text = fs::read_to_string(target.path().join("reg.test/hosts.toml")).unwrap();
        assert_eq!(
            text,
            format!("\n[host.\"https://m.test\"]\n{line}"),
            "{daemon}"
        );
    }
    let only = RegistryNamespace::new("only.test").unwrap();
    let target = TempDir::new().unwrap();
    let rendered = directories.render(&[only], Some(DaemonVersion::V2_1), target.path());
    assert!(
        matches!(rendered, Err(RenderError::Inexpressible { .. })),
        "an empty list would mean everything"
    );
}

#[support::test]
fn a_rendered_file_is_private_and_read_by_its_owner() {
    let root = TempDir::new().unwrap();
    write(&root, "reg.test", "[header]\nx-a = \"1\"\n");
    let target = TempDir::new().unwrap();
    let name = RegistryNamespace::new("reg.test").unwrap();
    HostsTree::new(vec![root.path().to_owned()])
        .render(&[name], None, target.path())
        .unwrap();
    let mode = |path: &str| {
        fs::metadata(target.path().join(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    assert_eq!(
        (mode("reg.test"), mode("reg.test/hosts.toml")),
        (0o700, 0o600)
    );
}

#[support::test]
fn a_broken_file_is_not_rendered() {
    let root = TempDir::new().unwrap();
    write(&root, "reg.test", "capabilities = [\"pul\"]\n");
    let target = TempDir::new().unwrap();
    let name = RegistryNamespace::new("reg.test").unwrap();
    let rendered =
        HostsTree::new(vec![root.path().to_owned()]).render(&[name], None, target.path());
    assert!(matches!(rendered, Err(RenderError::Hosts(_))));
    assert_eq!(fs::read_dir(target.path()).unwrap().count(), 0);
}

/// `client` written as one file and as a pair of the same differ in form only; both are kept.
fn json(hosts: &[Arc<Host>], name: &RegistryNamespace) -> Vec<Value> {
    hosts
        .iter()
        .map(|host| vectors::host_json(host, name))
        .collect()
}

fn write(root: &TempDir, directory: &str, text: &str) {
    let directory = root.path().join(directory);
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("hosts.toml"), text).unwrap();
}

#[support::test]
fn a_proxy_of_newer_daemons_is_kept() {
    let root = TempDir::new().unwrap();
    fs::create_dir(root.path().join("reg.test")).unwrap();
    let text = "server = \"https://r.test\"\nproxy = \"http://p.test:3128\"\n[host.\"https://m.test\"]\ncapabilities = [\"pull\"]\nproxy = \"http://q.test\"\n";
    fs::write(root.path().join("reg.test/hosts.toml"), text).unwrap();
    let target = TempDir::new().unwrap();
    let name = RegistryNamespace::new("reg.test").unwrap();
    HostsTree::new(vec![root.path().to_owned()])
        .render(std::slice::from_ref(&name), None, target.path())
        .unwrap();
    let rendered = fs::read_to_string(target.path().join("reg.test/hosts.toml")).unwrap();
    for line in [
        "proxy = \"http://p.test:3128\"\n",
        "proxy = \"http://q.test\"\n",
    ] {
        assert!(rendered.contains(line), "{rendered}");
    }
}
