//! What is typed, and what stands as a key in files: names.

use std::path::Path;

use portunus::name::{Authority, CredentialKey, HostPattern, ImageReference, KeyText, Repository};
use portunus::store::docker_key;

use super::{texts, vectors};
use crate::target::{Reader, Shape, Target};

pub(super) const ALL: [Target; 2] = [
    Target {
        name: "credential key",
        reader: key,
        seeds: key_seeds,
        pieces: NAMES,
        largest: 1 << 20,
        shapes: &[
            Shape::new("", "a.", "test"),
            Shape::new("reg.test?path=", "a/", "a"),
            Shape::new("reg.test?", "ns=docker.io&", "path=a"),
            Shape::new("reg.test?path=a", "%20", ""),
            Shape::new("nerdctl-experimental://", "a/host/", "reg.test"),
            Shape::new("https://", "/", ""),
            Shape::new("", "[", ""),
            Shape::new("", "*.", "test"),
        ],
    },
    Target {
        name: "image reference",
        reader: reference,
        seeds: reference_seeds,
        pieces: NAMES,
        largest: 1 << 20,
        shapes: &[
            Shape::new("reg.test/", "a/", "a"),
            Shape::new("reg.test/a", ":a", ""),
            Shape::new("reg.test/a", "@a", ""),
            Shape::new("", "a.", "test/a"),
            Shape::new("reg.test/a:", "a", ""),
            Shape::new("reg.test/a@sha256:", "0", ""),
        ],
    },
];

const NAMES: &[&str] = &[
    "/",
    ":",
    "@",
    "?",
    "&",
    "=",
    ".",
    "*",
    "[",
    "]",
    "::",
    "%",
    "%2f",
    "%zz",
    "\\",
    "#",
    " ",
    "\0",
    "\n",
    "\u{e9}",
    "\u{ff0e}",
    "\u{202e}",
    "ns=",
    "path=",
    "profile=",
    "docker.io",
    "https://",
    "http://",
    "/v1/",
    "/v2/",
    ":443",
    ":80",
    ":65536",
    "sha256:",
    "xn--",
    "127.1",
    "localhost",
    "library/",
    "latest",
    "..",
];

/// What is read and written out is the same when it is read again.
fn key(_: &Path) -> Reader {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        let keys = [
            text.parse::<CredentialKey>().ok(),
            docker_key::credential_key(&text),
        ];
        for key in keys.into_iter().flatten() {
            assert_eq!(key.to_string().parse(), Ok(key.clone()), "{key}");
        }
        let _ = KeyText::parse(&text);
        if let Ok(authority) = Authority::parse(&text) {
            assert_eq!(
                Authority::parse(&authority.to_string()),
                Ok(authority.clone())
            );
            let written = docker_key::credential_key(&docker_key::write_key(&authority));
            // docker knows no globs.
            let is_glob = authority.host().contains('*');
            assert!(is_glob || written == Some(CredentialKey::plain(authority)));
        }
        if let Ok(pattern) = HostPattern::parse(&text) {
            assert_eq!(HostPattern::parse(&pattern.to_string()), Ok(pattern));
        }
        if let Ok(repository) = Repository::new(text) {
            assert!(repository.covers(&repository));
        }
    })
}

fn reference(_: &Path) -> Reader {
    Box::new(|input| {
        let text = String::from_utf8_lossy(input);
        if let Ok(reference) = ImageReference::parse(&text) {
            assert_eq!(ImageReference::parse(&reference.to_string()), Ok(reference));
        }
    })
}

fn key_seeds() -> Vec<Vec<u8>> {
    let mut seeds = texts(&[
        "reg.test",
        "reg.test:5000?ns=docker.io&path=library/alpine&profile=ci",
        "*.reg.test",
        "[::1]:5000",
        "https://index.docker.io/v1/",
        "mirror.test:5000/v2/proxy?ns=docker.io",
        "nerdctl-experimental://docker.io/host/mirror.test:5000/v2/proxy",
        "endpoint://foo.test/mirror:5000",
    ]);
    for vector in vectors("cases/credentials/nerdctl.jsonl") {
        let asked = vector["retrieve"].as_object().unwrap();
        seeds.extend(asked.keys().map(|key| key.as_bytes().to_vec()));
    }
    seeds
}

fn reference_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "alpine",
        "library/alpine:3.20",
        "reg.test/team/app:v1",
        "localhost:5000/a",
        "localhost:5000",
        "registry-1.docker.io/library/alpine",
        "[::1]:5000/a/b:c",
        "reg.test/app@sha256:0000000000000000000000000000000000000000000000000000000000000000",
        "reg.test/app:v1@sha256:1111111111111111111111111111111111111111111111111111111111111111",
    ])
}
