//! What a pull secret gives for an image is what the kubelet's own keyring gives, except where
//! listed.

use std::collections::BTreeSet;

use portunus::name::Profile;
use portunus_kubernetes::PullSecrets;
use serde_json::Value;
use support::workspace;

use crate::worlds::{logins, none};

/// Where we differ on purpose: why, and the vectors.
type Differences = &'static [(&'static str, &'static [&'static str])];

const DIFFERENCES: Differences = &[
    (
        "a path ends at a segment: `team` covers `team/app`, never `teamwork`; a slash at its end says no more",
        &[
            "path-013",
            "path-017",
            "path-021",
            "path-024",
            "glob-151",
            "order-206",
        ],
    ),
    (
        "a host, the same with port 443, and in any case are one; a port is a number",
        &["host-010", "port-071", "port-081", "port-100"],
    ),
    ("an IPv6 address needs no port", &["port-096"]),
    (
        "Docker Hub's names are one registry, in every spelling",
        &["hub-168", "hub-169", "hub-173", "hub-194"],
    ),
    (
        "Docker Hub's login is a candidate beside others, not only where there is none",
        &["hub-193", "hub-196"],
    ),
    (
        "Docker Hub's login is for Docker Hub, whatever a host's name looks like",
        &["hub-188", "hub-191"],
    ),
    (
        "identity tokens and registry tokens are credentials",
        &["entry-225", "entry-226"],
    ),
    (
        "an entry without a credential is none, and costs no pull",
        &["entry-243", "document-253", "document-266"],
    ),
    (
        "one bad entry is a warning, the others are good",
        &["document-270", "document-273", "type-296"],
    ),
];

#[support::test]
fn the_kubelet_s_answers_are_ours_except_where_listed() {
    let mut listed: BTreeSet<&str> = DIFFERENCES
        .iter()
        .flat_map(|(_, ids)| *ids)
        .copied()
        .collect();
    let text = workspace::read("tests/conformance/kubernetes/secrets.jsonl".as_ref());
    let mut unlisted = Vec::new();
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let id = vector["id"].as_str().unwrap();
        let mut secrets = none();
        for secret in vector["secrets"].as_array().unwrap() {
            secrets.add_manifest(secret.to_string().as_bytes(), "vector");
        }
        let image = vector["image"].as_str().unwrap();
        let (ours, theirs) = (logins(&secrets, image), wanted(&vector["want"]));
        match (ours == theirs, listed.remove(id)) {
            (true, false) | (false, true) => {}
            (true, true) => unlisted.push(format!("{id} is listed and the same")),
            (false, false) => unlisted.push(format!(
                "{id} {image}: {ours:?}, not {theirs:?} ({}; {})",
                vector["note"], vector["differs"]
            )),
        }
    }
    assert_eq!(unlisted, [""; 0]);
    assert!(listed.is_empty(), "listed and unknown: {listed:?}");
}

/// The logins that the kubelet tries, in its order; where it fails, none.
fn wanted(want: &Value) -> Vec<(String, String)> {
    let credentials = want["credentials"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    credentials
        .map(|it| (text(&it["username"]), text(&it["password"])))
        .collect()
}

/// Secrets as tools make them.
#[support::test]
fn the_samples_give_what_the_kubelet_reads_in_them() {
    let folder = workspace::root().join("tests/conformance/kubernetes/samples");
    let expected = workspace::read("tests/conformance/kubernetes/samples/EXPECTED.jsonl".as_ref());
    for line in expected.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let (file, image) = (&vector["file"], vector["image"].as_str().unwrap());
        let path = folder.join(file.as_str().unwrap());
        let secrets = PullSecrets::read(&[path], Profile::DEFAULT).unwrap();
        let ours = logins(&secrets, image);
        let differs = [
            // The entry beside it is bad; this one is good.
            ("good.test/x", vec![("good".to_owned(), "pw".to_owned())]),
            (
                "id.test/x",
                vec![(
                    format!("{:0<8}-0000-0000-0000-{:0<12}", 0, 0),
                    "IDT".to_owned(),
                )],
            ),
            ("empty.test/x", Vec::new()),
        ];
        let differs = differs.into_iter().find(|(it, _)| *it == image);
        let wanted = differs.map_or_else(|| wanted(&vector["want"]), |(_, ours)| ours);
        assert_eq!(ours, wanted, "{file} {image}");
    }
}
