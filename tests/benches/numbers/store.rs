//! A big file of credentials.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Map, json};

/// How many entries it has.
pub(crate) const ENTRIES: usize = 10_000;

/// The password of that host.
pub(crate) fn password(host: &str) -> String {
    format!("secret of {host}")
}

/// Writes our own file of credentials: a namespaced entry for each of these hosts, among others.
pub(crate) fn write(file: &Path, hosts: &[String], registry_namespace: &str) {
    let wanted = hosts
        .iter()
        .map(|host| (host.clone(), registry_namespace.to_owned()));
    let others = (hosts.len()..ENTRIES).map(|at| {
        (
            format!("mirror-{}.test", at % 100),
            format!("reg-{at}.test"),
        )
    });
    let mut credentials = Map::new();
    for (host, registry_namespace) in wanted.chain(others) {
        let entry = json!({
            "kind": "password",
            "username": "alice",
            "secret": password(&host),
            "stored_at": "2026-11-21T10:00:00Z",
        });
        credentials.insert(format!("{host}?ns={registry_namespace}"), entry);
    }
    assert_eq!(credentials.len(), ENTRIES);
    let document = json!({ "version": 1, "credentials": credentials });
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, document.to_string()).unwrap();
    fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
}
