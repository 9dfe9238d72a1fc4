//! Older containerd daemons read a file as the vectors' `other_versions` say.

use std::collections::BTreeSet;
use std::fs;

use crate::worlds::vectors::{self, Vector};
use portunus::hosts::{DaemonVersion, HostsError, HostsTree, Reading, Severity};
use portunus::name::RegistryNamespace;
use serde_json::{Value, json};
use support::workspace;

/// Vectors on which a version is known to be read otherwise than it reads, one a line:
/// the version, the vector, the reason.
const KNOWN_LIMITS: &str = "tests/hosts/older_daemons_limits.txt";

const VERSIONS: [(&str, DaemonVersion); 3] = [
    ("v2.3.4", DaemonVersion::V2_3),
    ("v2.1.9", DaemonVersion::V2_1),
    ("v1.7.24", DaemonVersion::V1_7),
];

#[support::test(long)]
fn older_daemons_read_as_they_do() {
    let mut differing = BTreeSet::new();
    let vectors = vectors();
    for (name, daemon) in VERSIONS {
        let (mut agree, mut differ) = (0, 0);
        for vector in &vectors {
            let Some(expected) = vector.value("other_versions").get(name) else {
                continue;
            };
            if expected["unstable"] == true {
                continue;
            }
            if found(vector, daemon) == wanted(expected, daemon) {
                agree += 1;
            } else {
                differ += 1;
                differing.insert(format!("{name} {}", vector.text("id")));
            }
        }
        println!("{name}: {agree} agree, {differ} differ");
        assert!(agree > 0);
    }
    let known = known_limits("reads");
    let new: Vec<_> = differing.difference(&known).collect();
    let stale: Vec<_> = known.difference(&differing).collect();
    assert!(
        new.is_empty() && stale.is_empty(),
        "differ: {new:#?}, agree by now: {stale:#?}"
    );
}

#[support::test]
fn a_file_that_older_daemons_read_otherwise_is_told_of() {
    let mut silent = BTreeSet::new();
    for vector in vectors() {
        let means_otherwise = vector
            .value("other_versions")
            .as_object()
            .is_some_and(|versions| {
                versions
                    .values()
                    .any(|other| other["source"] == "hosts.toml" || other["fell_back"] == true)
            });
        let has_file = vector.value("source") == "hosts.toml" || vector.value("fell_back") == true;
        if !means_otherwise || !has_file {
            continue;
        }
        let root = vector.lay_out();
        let name = RegistryNamespace::new(vector.text("namespace")).unwrap();
        let told = vector
            .directories(root.path())
            .check(&[name], None)
            .into_findings()
            .iter()
            .any(|finding| {
                finding.code.as_str() == "means-otherwise" || finding.severity == Severity::Error
            });
        if !told {
            silent.insert(format!("check {}", vector.text("id")));
        }
    }
    let known = known_limits("check");
    let new: Vec<_> = silent.difference(&known).collect();
    let stale: Vec<_> = known.difference(&silent).collect();
    assert!(
        new.is_empty() && stale.is_empty(),
        "silent: {new:#?}, told of by now: {stale:#?}"
    );
}

#[support::test]
fn only_newer_daemons_ask_a_host_twice_whose_tables_are_scattered() {
    let root = tempfile::tempdir().unwrap();
    let directory = root.path().join("reg.test");
    fs::create_dir(&directory).unwrap();
    let text =
        "[host.\"https://a.test\"]\n[host.\"https://b.test\"]\n[host.\"https://a.test\".header]\n";
    fs::write(directory.join("hosts.toml"), text).unwrap();
    let tree = HostsTree::new(vec![root.path().to_owned()]);
    let name = RegistryNamespace::new("reg.test").unwrap();
    for (daemon, asked, told) in [
        (DaemonVersion::NEWEST, 4, true),
        (DaemonVersion::V2_1, 4, true),
        (DaemonVersion::V1_7, 3, false),
    ] {
        let reading = Reading::Strict {
            daemon: Some(daemon),
        };
        let found = tree.hosts(&name, reading).unwrap();
        let mut codes = found.findings.iter().map(|finding| finding.code.as_str());
        assert_eq!(found.hosts.len(), asked, "{daemon}");
        assert_eq!(
            codes.any(|code| code == "host-listed-twice"),
            told,
            "{daemon}"
        );
    }
}

/// Those with other outcomes for a name that is a registry.
fn vectors() -> Vec<Vector> {
    ["upstream", "docs", "systematic", "random"]
        .into_iter()
        .flat_map(vectors::read)
        .filter(|vector| !vector.is_about_modes() && vector.value("other_versions").is_object())
        .filter(|vector| RegistryNamespace::new(vector.text("namespace")).is_ok())
        .collect()
}

/// The entries for `check`, or those for readings.
fn known_limits(what: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(workspace::root().join(KNOWN_LIMITS)).unwrap();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter(|line| line.starts_with("check ") == (what == "check"))
        .map(|line| line.splitn(3, ' ').take(2).collect::<Vec<_>>().join(" "))
        .collect()
}

fn wanted(expected: &Value, daemon: DaemonVersion) -> Value {
    let outcome = &expected["expect"];
    match outcome.get("error_kind") {
        Some(kind) => json!({ "dies": kind == "panic" }),
        None => json!({
            "fell_back": expected["fell_back"],
            "source": expected["source"],
            "hosts": comparable(outcome["hosts"].clone(), daemon),
        }),
    }
}

fn found(vector: &Vector, daemon: DaemonVersion) -> Value {
    let root = vector.lay_out();
    let name = RegistryNamespace::new(vector.text("namespace")).unwrap();
    let reading = Reading::AsContainerd {
        daemon: Some(daemon),
    };
    match vector.directories(root.path()).hosts(&name, reading) {
        Err(error) => json!({ "dies": matches!(error, HostsError::Broken { .. }) }),
        Ok(found) => {
            let hosts = found.hosts.iter();
            let hosts = hosts.map(|host| vectors::host_json(host, &name)).collect();
            json!({
                "fell_back": found.fell_back,
                "source": found.source.as_str(),
                "hosts": comparable(vector.with_mark(hosts, root.path()), daemon),
            })
        }
    }
}

/// Without what the vectors leave out: `referrers`, and for 1.7 `dial_timeout`.
fn comparable(mut hosts: Value, daemon: DaemonVersion) -> Value {
    for host in hosts.as_array_mut().unwrap() {
        let capabilities = host["capabilities"].as_array_mut().unwrap();
        capabilities.retain(|capability| capability != "referrers");
        if daemon == DaemonVersion::V1_7 {
            host["dial_timeout_ns"] = Value::Null;
        }
    }
    hosts
}
