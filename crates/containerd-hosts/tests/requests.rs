//! What of a host tells that no request can be made to it.

#![allow(clippy::unwrap_used, reason = "a failed test")]

use std::fs;

use containerd_hosts::{HostsTree, Reading, RegistryNamespace, RequestError};

#[test]
fn a_colon_alone_is_no_host_and_a_port_alone_is_this_machine() {
    for (url, error) in [
        ("https://:", Some(RequestError::NoHost)),
        ("://a.test", Some(RequestError::NoHost)),
        ("https://:5000", None),
        ("https://a.test:", None),
    ] {
        let tree = tempfile::tempdir().unwrap();
        let directory = tree.path().join("reg.test");
        fs::create_dir(&directory).unwrap();
        let text = format!("[host.\"{url}\"]\n");
        fs::write(directory.join("hosts.toml"), text).unwrap();
        let name = RegistryNamespace::new("reg.test").unwrap();
        let tree = HostsTree::new(vec![tree.path().to_owned()]);
        let found = tree.hosts(&name, Reading::AS_CONTAINERD).unwrap();
        assert_eq!(found.hosts[0].request_error(), error, "{url}");
    }
}
