//! What a finding says to do about it is true, can be done, and mends it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use portunus::hosts::HostsTree;
use portunus::resolve::{CheckFinding, check};
use support::home::Home;
use support::pki::CertificateAuthority;

use crate::check::{codes, root};

fn findings(root: &Path) -> Vec<CheckFinding> {
    check(HostsTree::new(vec![root.to_owned()]), &[], None)
}

fn help(root: &Path, code: &str) -> String {
    let findings = findings(root);
    let found = findings.iter().find(|it| it.code.as_str() == code);
    let found = found.unwrap_or_else(|| panic!("{code} is not found: {findings:#?}"));
    found.help.clone().unwrap_or_default()
}

/// A pair of a client and its key, which everybody can read.
fn write_pair(directory: &Path, certificate: &str, key: &str) {
    let identity = CertificateAuthority::new().client("alice");
    for (name, pem) in [
        (certificate, identity.certificate_pem()),
        (key, identity.key_pem()),
    ] {
        let path = directory.join(name);
        fs::write(&path, pem).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }
}

#[support::test]
fn only_what_holds_a_key_is_called_one() {
    for (client, open) in [
        ("[[\"c.pem\", \"k.pem\"]]", Some("k.pem")),
        // Swapped, the key is still where it is.
        ("[[\"k.pem\", \"c.pem\"]]", Some("k.pem")),
        ("[[\"c.pem\", \"\"]]", None),
        ("\"c.pem\"", None),
        ("\"k.pem\"", Some("k.pem")),
    ] {
        let root = root(
            "r.test",
            &format!("server = \"https://r.test\"\nclient = {client}\n"),
        );
        write_pair(&root.path().join("r.test"), "c.pem", "k.pem");
        let findings = findings(root.path());
        let told = findings
            .iter()
            .filter(|it| it.code.as_str() == "open-key-file");
        let told: Vec<&str> = told.map(|it| it.message.as_str()).collect();
        assert_eq!(
            told.len(),
            usize::from(open.is_some()),
            "{client}: {told:?}"
        );
        assert!(open.is_none_or(|name| told[0].ends_with(name)), "{told:?}");
    }
}

#[support::test]
fn a_file_that_is_there_is_not_to_be_put_there() {
    let make = |name: &str, text: &str| {
        let root = root("r.test", "");
        fs::remove_file(root.path().join("r.test/hosts.toml")).unwrap();
        fs::write(root.path().join("r.test").join(name), text).unwrap();
        root
    };
    let with = |line: &str| {
        let root = root("r.test", &format!("server = \"https://r.test\"\n{line}\n"));
        write_pair(&root.path().join("r.test"), "c.pem", "k.pem");
        fs::write(root.path().join("r.test/junk.crt"), "junk").unwrap();
        root
    };
    let directory = root("r.test/hosts.toml", "");
    for (root, code, said) in [
        (make("ca.crt", "junk"), "unusable-ca", "or remove it"),
        (make("client.cert", "junk"), "unusable-client", "`NAME.key`"),
        (
            with("ca = \"junk.crt\""),
            "unusable-ca",
            "BEGIN CERTIFICATE in a line, or take out the line",
        ),
        (with("ca = \".\""), "unreadable-ca", "name the file itself"),
        (
            with("ca = \"nope.crt\""),
            "unreadable-ca",
            "put the file there, readable by the daemon",
        ),
        (
            with("client = [[\"c.pem\", \"\"]]"),
            "unreadable-client",
            "name the file itself",
        ),
        (
            with("client = [[\"k.pem\", \"c.pem\"]]"),
            "unusable-client",
            "the certificate first and its unencrypted key second",
        ),
        (directory, "unreadable-file", "take the directory away"),
    ] {
        let help = help(root.path(), code);
        assert!(help.contains(said), "{code}: {help}");
        let other = "put the file there";
        assert!(
            said.contains(other) || !help.contains(other),
            "{code}: {help}"
        );
    }
    let home = Home::new();
    let file = home.path().join("file");
    fs::write(&file, "").unwrap();
    let hosts = file.to_str().unwrap();
    let ran = home.portunus(&["--hosts-dir", hosts, "check"]).run();
    ran.assert_code(5);
    assert!(
        ran.stdout
            .contains("help: name the directory that has a directory for"),
        "{ran}"
    );
}

#[support::test]
fn a_value_of_another_kind_is_answered_with_how_it_is_written() {
    for (line, written) in [
        ("skip_verify = \"true\"", "`skip_verify = true`"),
        (
            "capabilities = \"pull\"",
            "`capabilities = [\"pull\", \"resolve\"]`",
        ),
        ("override_path = 1", "`override_path = true`"),
        ("ca = 7", "`ca = \"ca.crt\"`"),
        (
            "client = true",
            "`client = [[\"client.crt\", \"client.key\"]]`",
        ),
        ("dial_timeout = 3", "`dial_timeout = \"3s\"`"),
    ] {
        let text = format!("server = \"https://r.test\"\n[host.\"https://m.test\"]\n{line}\n");
        let root = root("r.test", &text);
        let help = help(root.path(), "wrong-type");
        assert!(help.contains(written), "{line}: {help}");
    }
}

#[support::test]
fn a_login_in_a_file_is_taken_out_and_not_hidden_in_it() {
    let home = Home::new();
    home.write_hosts_toml(
        "r.test",
        "server = \"https://r.test\"\nusername = \"bob\"\npassword = \"canary-pw\"\n\
         [host.\"https://m.test:5000\"]\ncapabilities = [\"pull\"]\nauth = \"canary-pw\"\n",
    );
    let ran = home.portunus(&["check"]).run();
    for (key, login) in [
        ("username", "login r.test"),
        ("password", "login r.test"),
        ("auth", "login --registry-namespace r.test m.test:5000"),
    ] {
        let told = ran.stdout.split(&format!("unknown key `{key}`")).nth(1);
        let told = told.and_then(|rest| rest.lines().find(|line| line.contains("help: ")));
        let help = format!("  help: take it out and run: portunus {login}");
        assert_eq!(told, Some(help.as_str()), "{ran}");
    }
    assert!(!ran.output().contains("canary-pw"), "{ran}");
}

#[support::test]
fn two_findings_do_not_want_two_things_of_one_line() {
    let root = root(
        "docker.io",
        "[host.\"https://docker.io\"]\ncapabilities = [\"pull\", \"resolve\"]\n",
    );
    let told = codes(root.path());
    assert!(told.contains(&"web-site"), "{told:?}");
    assert!(!told.contains(&"upstream-in-chain"), "{told:?}");
}
