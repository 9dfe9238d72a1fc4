//! The core stays light, and everything builds with the Rust that is promised.

use std::collections::BTreeSet;

use serde_json::Value;
use support::workspace;

#[support::test(needs("cargo?"))]
fn the_core_has_few_dependencies_and_no_socket() {
    let tree = tree(&["-p", "portunus"]);
    assert!(tree.len() <= 80, "{} crates: {tree:?}", tree.len());
    let own = self::tree(&["-p", "portunus", "--prune", "containerd-hosts"]);
    assert!(own.len() <= 65, "{} crates: {own:?}", own.len());
    for heavy in [
        "tokio",
        "async-io",
        "mio",
        "socket2",
        "hyper",
        "reqwest",
        "rustls",
        "prost",
        "prost-build",
        "tonic",
    ] {
        assert!(!has(&tree, heavy), "the core depends on {heavy}");
    }
}

#[support::test(needs("cargo?"))]
fn reading_hosts_needs_next_to_nothing() {
    let bare = tree(&["-p", "containerd-hosts"]);
    assert!(bare.len() <= 24, "{} crates: {bare:?}", bare.len());
    let whole = tree(&["-p", "containerd-hosts", "--features", "certificates"]);
    assert!(whole.len() <= 32, "{} crates: {whole:?}", whole.len());
    for heavy in ["url", "psl", "serde_json", "base64", "portunus"] {
        assert!(!has(&whole, heavy), "containerd-hosts depends on {heavy}");
    }
}

#[support::test(needs("cargo?"))]
fn the_program_without_its_daemons_needs_no_protoc() {
    let tree = tree(&["-p", "portunus-cli", "--no-default-features"]);
    for heavy in ["prost", "prost-build", "tonic", "containerd-client"] {
        assert!(
            !has(&tree, heavy),
            "portunus-cli depends on {heavy} with no feature on"
        );
    }
}

#[support::test(needs("cargo?"))]
fn the_client_without_features_needs_no_protoc_and_no_keyring() {
    let tree = tree(&["-p", "portunus-client"]);
    let heavy = ["prost", "prost-build", "tonic", "containerd-client", "clap"];
    for heavy in heavy.into_iter().chain(["keyring-core", "zbus", "dbus"]) {
        assert!(!has(&tree, heavy), "portunus-client depends on {heavy}");
    }
}

/// Otherwise a test that runs the program has cargo compile everything a second time.
#[support::test(needs("cargo?"))]
fn what_tests_need_gives_the_program_s_dependencies_no_other_features() {
    let features = |edges| {
        let ran = workspace::cargo(&[
            "tree",
            "--locked",
            "--workspace",
            "-e",
            edges,
            "--prefix",
            "none",
            "-f",
            "{p} {f}",
        ]);
        let lines = ran.assert_success().stdout.lines();
        lines
            .map(|line| line.trim_end_matches(" (*)").to_owned())
            .collect::<BTreeSet<String>>()
    };
    let (alone, with_tests) = (features("normal,build"), features("normal,build,dev"));
    let apart: Vec<&String> = alone.difference(&with_tests).collect();
    assert_eq!(apart, [""; 0]);
}

#[support::test(needs("cargo?"))]
fn no_dependency_asks_for_a_newer_rust() {
    let host = workspace::cargo(&["-vV"]);
    let host = host
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let ran = workspace::cargo(&[
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        host,
    ]);
    let metadata: Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours = packages
        .iter()
        .find(|package| package["name"] == "portunus")
        .unwrap();
    let promised = version(&ours["rust_version"]).unwrap();
    let used: BTreeSet<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|node| node["id"].as_str())
        .collect();
    let newer: Vec<String> = packages
        .iter()
        .filter(|package| package["id"].as_str().is_some_and(|id| used.contains(id)))
        .filter(|package| version(&package["rust_version"]).is_some_and(|wanted| wanted > promised))
        .map(|package| {
            format!(
                "{} {} wants {}",
                package["name"], package["version"], package["rust_version"]
            )
        })
        .collect();
    assert_eq!(newer, [""; 0]);
}

/// As cargo-deny does, where that is not installed.
#[support::test(needs("cargo?"))]
fn every_dependency_has_a_licence_that_is_allowed() {
    let deny = workspace::read("deny.toml".as_ref());
    let allowed = deny.split_once("allow = [").unwrap().1;
    let allowed = allowed.split_once("\n]").unwrap().0;
    let allowed: BTreeSet<&str> = allowed.split('"').skip(1).step_by(2).collect();
    let ran = workspace::cargo(&["metadata", "--locked", "--format-version", "1"]);
    let metadata: Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let refused: Vec<String> = packages
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| format!("{}: {}", package["name"], package["license"]))
        .collect();
    assert_eq!(refused, [""; 0]);
    for (expression, expected) in [
        ("MIT/Apache-2.0", true),
        ("MIT OR LGPL-2.1-or-later", true),
        ("(MIT OR GPL-3.0-only) AND ISC", true),
        ("MIT AND GPL-3.0-only", false),
        ("(GPL-2.0 OR GPL-3.0-only) AND MIT", false),
        ("Apache-2.0 WITH LLVM-exception", true),
        ("", false),
    ] {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}

/// Whether one of the alternatives of every part of an SPDX expression is allowed. The parts that
/// crates have are alternatives in parentheses, or alternatives alone.
fn is_allowed(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let expression = expression.replace('/', " OR ");
    expression.split(" AND ").all(|part| {
        let part = part.trim().trim_matches(['(', ')']);
        part.split(" OR ")
            .any(|licence| allowed.contains(licence.trim()))
    })
}

/// A crate in two versions is built twice and linked twice. Ten of those there are today, because
/// others have not moved on yet.
#[support::test(needs("cargo?"))]
fn few_crates_are_linked_in_two_versions() {
    let tree = tree(&["-p", "portunus-cli"]);
    let names: Vec<&str> = tree.iter().filter_map(|it| it.split(' ').next()).collect();
    let twice: BTreeSet<&&str> = names
        .iter()
        .filter(|name| names.iter().filter(|it| it == name).count() > 1)
        .collect();
    assert!(twice.len() <= 10, "{twice:?}");
}

/// `NAME VERSION` of what is linked or runs at build time, the package itself included.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let always = ["tree", "--locked", "-e", "normal,build", "--prefix", "none"];
    let ran = workspace::cargo(&[&always, arguments].concat());
    let lines = ran.assert_success().stdout.lines();
    lines
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect()
}

fn has(tree: &BTreeSet<String>, name: &str) -> bool {
    tree.iter()
        .any(|it| it.split(' ').next().is_some_and(|it| it == name))
}

fn version(text: &Value) -> Option<(u32, u32)> {
    let mut parts = text.as_str()?.split('.').map(str::parse);
    Some((parts.next()?.ok()?, parts.next()?.ok()?))
}
