//! Whatever stands where a hosts.toml should be is named at once, and no secret with it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use portunus::hosts::{HostsError, HostsTree, Reading, RegistryNamespaceHosts};
use portunus::name::RegistryNamespace;
use tempfile::TempDir;

#[support::test]
fn what_is_no_hosts_file_is_a_named_error_at_once() {
    let many = (0..60_000)
        .map(|number| format!("[host.a{number}]\n"))
        .collect::<String>();
    let large = "#".repeat((1 << 20) + 1);
    let texts: [(&str, &[u8], &str); 6] = [
        ("too large", large.as_bytes(), "larger than 1 MiB"),
        ("too many hosts", many.as_bytes(), "more than 10000 hosts"),
        ("not UTF-8", b"server = \"\xff\"\n", "not UTF-8"),
        (
            "a byte order mark",
            b"\xef\xbb\xbfserver = \"https://a\"\n",
            "byte order mark",
        ),
        ("NUL", b"# \0\n", "NUL"),
        (
            "nested",
            &[b"x = ".as_slice(), &[b'['; 100_000]].concat(),
            "TOML",
        ),
    ];
    for (what, bytes, message) in texts {
        let root = root("reg.test", "");
        fs::write(root.path().join("reg.test/hosts.toml"), bytes).unwrap();
        let error = strict(root.path()).unwrap_err().to_string();
        assert!(error.contains(message), "{what}: {error}");
    }
    type Make = fn(&Path);
    let odd: [(&str, Make, &str); 4] = [
        (
            "a pipe",
            |path| {
                rustix::fs::mknodat(
                    rustix::fs::CWD,
                    path,
                    rustix::fs::FileType::Fifo,
                    0o600.into(),
                    0,
                )
                .unwrap()
            },
            "pipe",
        ),
        (
            "a directory",
            |path| fs::create_dir(path).unwrap(),
            "directory",
        ),
        (
            "a link to itself",
            |path| symlink("hosts.toml", path).unwrap(),
            "symbolic links",
        ),
        (
            "a device",
            |path| symlink("/dev/zero", path).unwrap(),
            "device",
        ),
    ];
    for (what, make, message) in odd {
        let root = TempDir::new().unwrap();
        fs::create_dir(root.path().join("reg.test")).unwrap();
        make(&root.path().join("reg.test/hosts.toml"));
        let error = strict(root.path()).unwrap_err().to_string();
        assert!(error.contains(message), "{what}: {error}");
    }
}

#[support::test]
fn limits_of_ours_are_errors_in_either_reading() {
    let many: String = (0..60_000)
        .map(|number| format!("[host.a{number}]\n"))
        .collect();
    let root = root("reg.test", &many);
    let directories = HostsTree::new(vec![root.path().to_owned()]);
    let name = RegistryNamespace::new("reg.test").unwrap();
    for reading in [Reading::STRICT, Reading::AS_CONTAINERD] {
        assert!(directories.hosts(&name, reading).is_err());
    }
}

#[support::test]
fn no_finding_holds_a_value_of_a_header() {
    let secret = "hunter2";
    for value in [
        "\"Basic hunter2\" x",
        "hunter2",
        "{ a = \"hunter2\" }",
        "[1, \"hunter2\"]",
        "[\"hunter2\"",
        "\"\"\"\nhunter2\\q\"\"\"",
        "[[\"hunter2\"]]",
        "\"hunter2\nx\"",
    ] {
        for before in [
            "[header]\nAuthorization = ",
            "[host.\"https://m.test\".header]\nAuthorization = ",
            "header.Authorization = ",
        ] {
            let root = root("reg.test", &format!("{before}{value}\n"));
            let findings = HostsTree::new(vec![root.path().to_owned()])
                .check(&[], None)
                .into_findings();
            assert!(!findings.is_empty());
            assert!(
                !format!("{findings:?}").contains(secret),
                "{before}{value}: {findings:?}"
            );
            let error = strict(root.path());
            assert!(
                !format!("{error:?}").contains(secret),
                "{before}{value}: {error:?}"
            );
        }
    }
}

fn root(directory: &str, text: &str) -> TempDir {
    let root = TempDir::new().unwrap();
    let directory = root.path().join(directory);
    fs::create_dir(&directory).unwrap();
    fs::write(directory.join("hosts.toml"), text).unwrap();
    root
}

fn strict(root: &Path) -> Result<RegistryNamespaceHosts, HostsError> {
    let name = RegistryNamespace::new("reg.test").unwrap();
    HostsTree::new(vec![root.to_owned()]).hosts(&name, Reading::STRICT)
}
