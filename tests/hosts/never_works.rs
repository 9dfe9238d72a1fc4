//! What containerd reads without a word and what never works; and what `check` is given to look at.

use std::fs;
use std::path::Path;

use portunus::hosts::HostsTree;
use portunus::resolve::check;
use support::home::Home;

use crate::check::{HOST, codes, root};

#[support::test]
fn what_never_works_is_told_with_the_line_to_write() {
    let pull = "capabilities = [\"pull\"]\n";
    for (code, text, said, help) in [
        (
            "path-behind-v2",
            format!("[host.\"https://harbor.test/v2/docker.io\"]\n{pull}"),
            "asks `https://harbor.test/v2/docker.io/v2/…`",
            "write `override_path = true` here, so that it asks `https://harbor.test/v2/docker.io/…`",
        ),
        (
            "path-outside-v2",
            format!("[host.\"https://ecr.test/dockerhub\"]\n{pull}override_path = true\n"),
            "asks `https://ecr.test/dockerhub/…`",
            "write `https://ecr.test/v2/dockerhub`",
        ),
        (
            "web-site",
            "server = \"https://docker.io\"\n".to_owned(),
            "docker.io is a web site",
            "write `https://registry-1.docker.io`",
        ),
        (
            "web-site",
            "server = \"https://www.docker.com\"\n".to_owned(),
            "www.docker.com is a web site",
            "write `https://registry-1.docker.io`",
        ),
        (
            "web-site",
            "server = \"https://WWW.GitLab.com\"\n".to_owned(),
            "www.gitlab.com is a web site",
            "write `https://registry.gitlab.com`",
        ),
        (
            "path-of-v1",
            "server = \"https://index.docker.io/v1/\"\n".to_owned(),
            "asks `https://index.docker.io/v1/v2/…`",
            "write `https://registry-1.docker.io`",
        ),
        (
            "path-of-v1",
            format!("[host.\"https://m.test:5000/v1\"]\n{pull}"),
            "asks `https://m.test:5000/v1/v2/…`",
            "write `https://m.test:5000`",
        ),
        (
            "impossible-host",
            "server = \"*\"\n".to_owned(),
            "no host can have this name",
            "write the name or the address of one host; what is for all registries belongs into the directory `_default`",
        ),
        (
            "other-tls-settings",
            format!(
                "server = \"https://r.test\"\n[host.\"https://r.test\"]\n{pull}ca = \"ca.crt\"\n"
            ),
            "two sets of TLS settings",
            "write the same `ca`, `client` and `skip_verify` at both, those of `server` before the first table",
        ),
        (
            "unknown-key",
            format!("[host.\"https://m.test\"]\n{pull}insecure_skip_verify = true\n"),
            "unknown key `insecure_skip_verify`",
            "containerd calls it `skip_verify`",
        ),
        (
            "unknown-key",
            "[host.m.test]\n".to_owned(),
            "unknown table `test`",
            "a name with dots wants quotes: `[host.\"https://HOST\"]`",
        ),
        (
            "unknown-key",
            "[registry.mirrors.\"reg.test\"]\n".to_owned(),
            "unknown table `registry`",
            "that belongs into the configuration of containerd itself; here each mirror is a table: `[host.\"https://MIRROR\"]`",
        ),
        (
            "unpaired-client",
            "server = \"https://r.test\"\nclient = [\"c.crt\", \"c.key\"]\n".to_owned(),
            "a list of their own",
            "write `client = [[\"c.crt\", \"c.key\"]]`",
        ),
        (
            "invalid-client",
            "server = \"https://r.test\"\nclient = [[\"c.crt\"], [\"c.key\"]]\n".to_owned(),
            "a pair of `client` has two files",
            "write `client = [[\"cert.pem\", \"key.pem\"]]`",
        ),
    ] {
        let root = root("reg.test", &text);
        let findings = check(HostsTree::new(vec![root.path().to_owned()]), &[], None);
        let found = findings.iter().find(|it| it.code.as_str() == code);
        let found = found.unwrap_or_else(|| panic!("{code} is not found: {findings:#?}"));
        assert!(found.message.contains(said), "{found}");
        assert_eq!(found.help.as_deref(), Some(help));
    }
}

#[support::test]
fn files_that_want_to_be_a_pair_have_one_help() {
    let text = "server = \"https://r.test\"\nclient = [\"c.crt\", \"c.key\"]\n";
    let root = root("reg.test", text);
    let findings = check(HostsTree::new(vec![root.path().to_owned()]), &[], None);
    let client = |code: &str| code.ends_with("-client");
    let about: Vec<_> = findings
        .iter()
        .filter(|it| client(it.code.as_str()))
        .collect();
    assert!(about.len() > 1, "{about:?}");
    let helps: Vec<&str> = about.iter().filter_map(|it| it.help.as_deref()).collect();
    assert_eq!(helps, ["write `client = [[\"c.crt\", \"c.key\"]]`"]);
}

#[support::test]
fn paths_that_work_are_left_alone() {
    let pull = "capabilities = [\"pull\"]\n";
    for text in [
        format!("[host.\"https://m.test/docker\"]\n{pull}"),
        format!("[host.\"https://m.test/v2\"]\n{pull}"),
        format!("[host.\"https://m.test/v2/docker.io\"]\n{pull}override_path = true\n"),
        format!("[host.\"https://m.test/api/hub/v2\"]\n{pull}override_path = true\n"),
        "server = \"https://registry-1.docker.io\"\n".to_owned(),
        format!("[host.\"https://my_mirror:5000\"]\n{pull}"),
        format!("[host.\"https://[fd00::1]:5000\"]\n{pull}"),
        format!("[host.\"https://m.test\"]\n{pull}proxy = \"http://proxy.test:3128\"\n"),
    ] {
        let found = codes(root("reg.test", &text).path());
        let odd = [
            "path-behind-v2",
            "path-outside-v2",
            "web-site",
            "impossible-host",
            "unknown-key",
        ];
        assert!(
            !found.iter().any(|code| odd.contains(code)),
            "{text}{found:?}"
        );
    }
}

#[support::test]
fn every_fault_of_a_file_is_told_at_once() {
    let text = format!(
        "{HOST}capabilities = [\"relsolve\"]\nskip-verify = true\nca = \"nope.pem\"\ndial_timeout = \"3\"\nskip_verify = \"yes\"\n"
    );
    let root = root("reg.test", &text);
    let findings = check(HostsTree::new(vec![root.path().to_owned()]), &[], None);
    let mut told: Vec<(&str, u32)> = findings
        .iter()
        .map(|it| (it.code.as_str(), it.place.line))
        .collect();
    told.sort_unstable();
    for expected in [
        ("invalid-dial-timeout", 5),
        ("unknown-capability", 2),
        ("unknown-key", 3),
        ("unreadable-ca", 4),
        ("wrong-type", 6),
    ] {
        let times = told.iter().filter(|it| **it == expected).count();
        assert_eq!(times, 1, "{expected:?} in {told:?}");
    }
}

#[support::test]
fn a_range_of_addresses_is_no_directory_of_containerd_s() {
    let told = |root: &Path| {
        let findings = check(HostsTree::new(vec![root.to_owned()]), &[], None);
        let of_name = findings
            .into_iter()
            .find(|it| it.code.as_str() == "unreachable-directory");
        of_name.map(|it| (it.message, it.help.unwrap_or_default()))
    };
    let flat = root("192.168.0.0_24_", "server = \"https://r.test\"\n");
    let nested = root("192.168.0.0/24", "server = \"https://r.test\"\n");
    for root in [flat, nested] {
        let (message, help) = told(root.path()).unwrap();
        assert!(message.contains("a range of addresses"), "{message}");
        assert!(!help.contains("rename"), "{help}");
    }
    assert_eq!(told(root("192.168.0.1_5000_", "").path()), None);
}

#[support::test]
fn a_file_and_a_directory_are_checked_where_they_lie() {
    let root = root("reg.test", "server = \"*\"\n");
    fs::create_dir(root.path().join("fine.test")).unwrap();
    fs::write(
        root.path().join("fine.test/hosts.toml"),
        "server = \"https://f.test\"\n",
    )
    .unwrap();
    let path = |end: &str| root.path().join(end).display().to_string();
    let run = |subject: &str| Home::new().portunus(&["check", subject]).run();
    for (subject, code, looked_at) in [
        (path("reg.test/hosts.toml"), 5, path("reg.test")),
        (path("reg.test"), 5, path("reg.test")),
        (path("fine.test/hosts.toml"), 0, path("fine.test")),
        (
            path("."),
            5,
            format!("{}\nlooked at {}", path("fine.test"), path("reg.test")),
        ),
    ] {
        let ran = run(&subject);
        ran.assert_code(code);
        assert!(
            ran.stdout.contains(&format!("looked at {looked_at}\n")),
            "{ran}"
        );
    }
    for absent in [path("nope"), path("reg.test/nowhere.toml")] {
        run(&absent).assert_code(5);
    }
}

#[support::test]
fn a_hosts_directory_that_is_named_and_absent_is_told() {
    let home = Home::new();
    home.portunus(&["--hosts-dir", "/nowhere", "check"])
        .run()
        .assert_code(5);
    home.portunus(&["check"])
        .env("PORTUNUS_HOSTS_DIR", "/nowhere")
        .run()
        .assert_code(5);
    let ran = home
        .portunus(&["--hosts-dir", "/nowhere", "resolve", "reg.test/app"])
        .run();
    ran.assert_code(0);
    assert!(
        ran.stderr
            .contains("the hosts directory /nowhere of --hosts-dir does not exist"),
        "{ran}"
    );
}
