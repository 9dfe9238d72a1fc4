//! What lies in a hosts directory as if it were read, and is not.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use portunus::hosts::HostsTree;
use portunus::resolve::{CheckFinding, check};
use support::home::Home;
use tempfile::TempDir;

const SERVER: &str = "server = \"https://r.test\"\n";

/// A root with these files.
fn root(files: &[&str]) -> TempDir {
    let root = TempDir::new().unwrap();
    for file in files {
        let path = root.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, SERVER).unwrap();
    }
    root
}

fn findings(root: &Path) -> Vec<CheckFinding> {
    check(HostsTree::new(vec![root.to_owned()]), &[], None)
}

/// The one finding of a code: the place behind the root, and the help.
fn found(root: &Path, code: &str) -> Option<(String, String)> {
    let findings = findings(root);
    let found = findings.iter().find(|it| it.code.as_str() == code)?;
    let place = found.place.file.strip_prefix(root).unwrap();
    let help = found.help.clone().unwrap_or_default();
    Some((place.display().to_string(), help))
}

#[support::test]
fn a_file_that_nobody_reads_is_told_with_where_it_belongs() {
    for (files, place, help) in [
        (
            &["r.test/host.toml"][..],
            "r.test/host.toml",
            "rename it to `hosts.toml`",
        ),
        (
            &["r.test/hosts.toml.txt"],
            "r.test/hosts.toml.txt",
            "rename it to `hosts.toml`",
        ),
        (
            &["r.test/Hosts.toml"],
            "r.test/Hosts.toml",
            "rename it to `hosts.toml`",
        ),
        (
            &["r.test/hosts.yaml"],
            "r.test/hosts.yaml",
            "rename it to `hosts.toml`",
        ),
        (
            &["r.test/hsots.toml"],
            "r.test/hsots.toml",
            "rename it to `hosts.toml`",
        ),
        (
            &["r.test/hosts.toml", "r.test/host.toml"],
            "r.test/host.toml",
            "write what is in it into `hosts.toml`, and remove it",
        ),
        (
            &["hosts.toml", "r.test/hosts.toml"],
            "hosts.toml",
            "move it to `HOST/hosts.toml`",
        ),
        (
            &["ghcr.io/owner/hosts.toml"],
            "ghcr.io/owner/hosts.toml",
            "ghcr.io/hosts.toml`",
        ),
        (
            &["ghcr.io/hosts.toml", "ghcr.io/owner/app/hosts.toml"],
            "ghcr.io/owner/app/hosts.toml",
            "which is for everything on that host",
        ),
        (&["r.test/ca.pem"], "r.test/ca.pem", "rename it to `ca.crt`"),
        (
            &["r.test/client.key"],
            "r.test/client.key",
            "beside it as `client.cert`",
        ),
        (
            &["r.test/hosts.toml", "r.test/ca.crt"],
            "r.test/ca.crt",
            "write `ca = \"ca.crt\"` there",
        ),
    ] {
        let root = root(files);
        let (at, said) = found(root.path(), "unread-file").unwrap_or_else(|| panic!("{files:?}"));
        assert_eq!(at, place);
        assert!(said.contains(help), "{files:?}: {said}");
    }
}

#[support::test]
fn what_is_read_or_put_aside_is_left_alone() {
    for files in [
        &[
            "r.test/hosts.toml",
            "r.test/hosts.toml.bak",
            "r.test/hosts.toml~",
        ][..],
        &["r.test/hosts.toml", "r.test/README.md", "README.md"],
        &["r.test/ca.crt", "r.test/client.cert", "r.test/client.key"],
    ] {
        let root = root(files);
        assert_eq!(found(root.path(), "unread-file"), None, "{files:?}");
    }
    let root = root(&["r.test/ca.pem", "r.test/own.pem"]);
    let text = format!("{SERVER}ca = [\"ca.pem\"]\nclient = [\"own.pem\"]\n");
    fs::write(root.path().join("r.test/hosts.toml"), text).unwrap();
    assert_eq!(found(root.path(), "unread-file"), None);
}

#[support::test]
fn a_link_that_leads_nowhere_is_told() {
    for link in ["r.test", "r.test/hosts.toml"] {
        let root = TempDir::new().unwrap();
        let path = root.path().join(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink("/nowhere/at/all", &path).unwrap();
        let (place, help) = found(root.path(), "dangling-link").unwrap();
        assert_eq!(place, link);
        assert_eq!(help, "put the target there, or remove the link");
    }
}

#[support::test]
fn a_directory_that_nothing_leads_to_is_told_with_its_right_name() {
    for (name, help) in [
        ("registry-1.docker.io", "rename it to `docker.io`"),
        ("index.docker.io", "rename it to `docker.io`"),
        ("https:/r.test", "move what is in it one directory up"),
        ("r.test.", "rename it to `r.test`"),
        ("::1", "rename it to `[::1]`"),
        ("r.test:99999", "from 1 to 65535"),
        ("r.test_0_", "from 1 to 65535"),
        ("*.test", "rename it to `_default`"),
        ("_Default", "rename it to `_default`"),
        ("default", "rename it to `_default`"),
        ("r..test", "as references have it"),
    ] {
        let root = root(&[&format!("{name}/hosts.toml")]);
        let (_, said) =
            found(root.path(), "unreachable-directory").unwrap_or_else(|| panic!("{name}"));
        assert!(said.contains(help), "{name}: {said}");
        // One thing to do about one directory.
        assert_eq!(found(root.path(), "unread-file"), None, "{name}");
    }
}

#[support::test]
fn a_bare_name_is_that_of_the_file_or_directory_that_lies_there() {
    let mut home = Home::new();
    home.set_env("PORTUNUS_HOSTS_DIR", home.hosts_dir().to_str().unwrap());
    home.write_hosts_toml("reg.test", SERVER);
    let root = root(&[
        "certs8/m.test/hosts.toml",
        "reg.test/hosts.toml",
        "hosts.toml",
    ]);
    fs::write(
        root.path().join("certs8/m.test/hosts.toml"),
        "server = \"*\"\n",
    )
    .unwrap();
    let below = |name: &str| root.path().join(name).display().to_string();
    let own = home.hosts_dir().join("reg.test").display().to_string();
    for (subject, looked_at) in [
        ("certs8", below("certs8/m.test")),
        ("hosts.toml", root.path().display().to_string()),
        // What the settings speak for is meant before what happens to lie here.
        ("reg.test", own),
    ] {
        let mut command = home.command(support::program::portunus());
        command.args(["check", subject]).current_dir(root.path());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            said.contains(&format!("looked at {looked_at}\n")),
            "{subject}: {said}"
        );
    }
}
