//! Keys with which containerd fails for the registry namespace are an error here, too.

use std::fs;

use crate::worlds::vectors;
use portunus::hosts::{HostsError, HostsTree, ReadStep, Reading};
use portunus::name::RegistryNamespace;
use portunus::resolve::prepare_hosts;

#[support::test]
fn a_key_behind_an_encrypted_one_is_not_used() {
    assert_eq!(failed_step(&["cl1.key"]), None);
    assert_eq!(failed_step(&["cl1.key", "cl1-enc.key"]), None);
    let encrypted_first = failed_step(&["cl1-enc.key", "cl1.key"]);
    assert_eq!(encrypted_first, Some(ReadStep::ParseClient));
}

#[support::test]
fn a_certificate_that_calls_itself_a_key_is_none() {
    let text = fs::read_to_string(vectors::conformance().join("pki/cl1.crt")).unwrap();
    let called_key = text.replace("CERTIFICATE", "PRIVATE KEY");
    assert_eq!(failed(&called_key), Some(ReadStep::ParseClient));
}

fn failed_step(keys: &[&str]) -> Option<ReadStep> {
    let pki = vectors::conformance().join("pki");
    let read = |name: &&str| fs::read_to_string(pki.join(name)).unwrap();
    failed(&keys.iter().map(read).collect::<String>())
}

/// At which step, with that text as the key of a certificate.
fn failed(key: &str) -> Option<ReadStep> {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("reg.test");
    fs::create_dir(&directory).unwrap();
    let certificate = vectors::conformance().join("pki/cl1.crt");
    fs::copy(certificate, directory.join("cl.cert")).unwrap();
    fs::write(directory.join("cl.key"), key).unwrap();
    let name = RegistryNamespace::new("reg.test").unwrap();
    let tree = prepare_hosts(HostsTree::new(vec![root.path().to_owned()]));
    match tree.hosts(&name, Reading::STRICT) {
        Err(HostsError::Unreadable { step, .. }) => Some(step),
        found => found.map(|_| None).unwrap(),
    }
}
