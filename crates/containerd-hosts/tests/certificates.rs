//! What a certificate holds is looked into only for a caller who asks, whatever features are on.

#![allow(clippy::unwrap_used, reason = "a failed test")]

use std::fs;

use containerd_hosts::{HostsError, HostsTree, ReadStep, Reading, RegistryNamespace};

#[test]
fn a_file_without_a_certificate_is_an_error_only_where_it_was_asked_for() {
    let tree = tempfile::tempdir().unwrap();
    let directory = tree.path().join("reg.test");
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("hosts.toml"), "ca = \"a.crt\"\n").unwrap();
    let directories = HostsTree::new(vec![tree.path().to_owned()]);
    assert_eq!(failed_step(&directories), Some(ReadStep::ReadCa));
    fs::write(directory.join("a.crt"), "no certificate").unwrap();
    assert_eq!(failed_step(&directories), None);
    #[cfg(feature = "certificates")]
    {
        let check = containerd_hosts::CertificateCheck::Usable;
        let asked = directories.with_certificate_check(check);
        assert_eq!(failed_step(&asked), Some(ReadStep::ParseCa));
    }
}

fn failed_step(directories: &HostsTree) -> Option<ReadStep> {
    let name = RegistryNamespace::new("reg.test").unwrap();
    match directories.hosts(&name, Reading::STRICT) {
        Err(HostsError::Unreadable { step, .. }) => Some(step),
        other => other.map(|_| None).unwrap(),
    }
}
