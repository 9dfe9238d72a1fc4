//! Every vector made by running containerd's own code gives the same hosts here.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::worlds::vectors::{self, Vector};
use portunus::hosts::{HostsError, ReadStep, Reading, RegistryNamespaceHosts};
use portunus::name::RegistryNamespace;
use serde_json::{Value, json};

#[support::test]
fn upstream_s_own_tests_agree() {
    all_agree("upstream");
}

#[support::test]
fn examples_of_the_documentation_agree() {
    all_agree("docs");
}

#[support::test]
fn systematic_vectors_agree() {
    all_agree("systematic");
}

#[support::test(long)]
fn random_vectors_agree() {
    all_agree("random");
}

/// File modes do not hold root back, so root runs these as nobody.
#[support::test]
fn vectors_about_file_modes_agree() {
    if rustix::process::geteuid().is_root() {
        const NOBODY: u32 = 65_534;
        let mut child = Command::new(std::env::current_exe().unwrap());
        child.args(["conformance::vectors_about_file_modes_agree", "--exact"]);
        child.uid(NOBODY).gid(NOBODY).current_dir("/");
        // A list of root's, to which nobody can add.
        child.env_remove("PORTUNUS_SKIPPED");
        match child.env("TMPDIR", "/tmp").output() {
            Ok(ran) => {
                let told = String::from_utf8_lossy(&ran.stdout);
                assert!(ran.status.success() && told.contains(" 1 passed"), "{told}");
            }
            Err(error) => println!("skipped: nobody cannot run the tests: {error}"),
        }
        return;
    }
    let vectors = vectors::read("systematic");
    let about_modes: Vec<&Vector> = vectors
        .iter()
        .filter(|vector| vector.is_about_modes())
        .collect();
    assert!(!about_modes.is_empty());
    agree("about file modes", about_modes);
}

/// The one deliberate difference: containerd joins any text to the root.
#[support::test]
fn names_that_are_no_registry_are_refused() {
    for text in ["", ".", "..", "../x", "a/b", "a\0", "reg\ntest"] {
        assert!(RegistryNamespace::new(text).is_err(), "{text:?}");
    }
}

fn all_agree(file: &str) {
    let vectors = vectors::read(file);
    agree(
        file,
        vectors
            .iter()
            .filter(|vector| !vector.is_about_modes())
            .collect(),
    );
}

fn agree(what: &str, vectors: Vec<&Vector>) {
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for vector in &vectors {
        let Ok(registry_namespace) = RegistryNamespace::new(vector.text("namespace")) else {
            refused += 1;
            continue;
        };
        let root = vector.lay_out();
        let directories = vector.directories(root.path());
        let found = directories.hosts(&registry_namespace, Reading::AS_CONTAINERD);
        if let Err(difference) = compare(vector, root.path(), &found) {
            wrong.push(format!("{}: {difference}", vector.text("id")));
        }
    }
    let (count, differ) = (vectors.len(), wrong.len());
    assert!(count > 0);
    println!("{what}: {count} vectors, {refused} names refused on purpose");
    wrong.truncate(20);
    assert_eq!(differ, 0, "vectors that differ:\n{}", wrong.join("\n"));
}

fn compare(
    vector: &Vector,
    root: &Path,
    found: &Result<RegistryNamespaceHosts, HostsError>,
) -> Result<(), String> {
    let expected = vector.value("expect");
    let same = |what: &str, expected: &Value, found: &Value| match expected == found {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected}, found {found}")),
    };
    let found = match found {
        Err(HostsError::Unreadable { step, .. }) => {
            return same("error", &expected["error_kind"], &json!(kind(*step)));
        }
        Err(error) => return Err(format!("unexpected {error}")),
        Ok(found) => found,
    };
    if let Some(error) = expected.get("error") {
        return Err(format!("expected the error {error}"));
    }
    let dir = found.dir.as_ref().map(|dir| dir.to_str().unwrap());
    same(
        "dir",
        vector.value("dir"),
        &vector.with_mark(json!(dir), root),
    )?;
    same(
        "source",
        vector.value("source"),
        &json!(found.source.as_str()),
    )?;
    same(
        "fell_back",
        vector.value("fell_back"),
        &json!(found.fell_back),
    )?;
    let hosts = found
        .hosts
        .iter()
        .map(|host| vectors::host_json(host, &found.registry_namespace))
        .collect();
    same("hosts", &expected["hosts"], &vector.with_mark(hosts, root))
}

fn kind(step: ReadStep) -> &'static str {
    match step {
        ReadStep::FindDirectory => "stat",
        ReadStep::ReadHostsFile => "read_hosts_toml",
        ReadStep::ReadDirectory => "read_dir",
        ReadStep::ReadCa => "ca_read",
        ReadStep::ParseCa => "ca_parse",
        ReadStep::ReadClient => "client_read",
        ReadStep::ParseClient => "client_parse",
        _ => "unknown",
    }
}
