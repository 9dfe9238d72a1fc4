//! Files of credentials: docker's, podman's, a pull secret, our own.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use portunus::credential::Credential;
use portunus::name::{Authority, CredentialKey, Profile};
use portunus::store::{
    ContainersAuth, CredentialsFile, DockerAuthVariable, DockerConfig, Entries, HelperPrograms,
    Provenance, PullSecret, Source, SourceError, Store,
};

use super::{texts, vectors, way};
use crate::target::{Reader, Shape, Target};

pub(super) const ALL: [Target; 4] = [
    Target {
        name: "docker config",
        reader: docker,
        seeds: docker_seeds,
        pieces: JSON,
        largest: LARGEST,
        shapes: DOCKER_SHAPES,
    },
    Target {
        name: "auth.json",
        reader: containers,
        seeds: docker_seeds,
        pieces: JSON,
        largest: LARGEST,
        shapes: DOCKER_SHAPES,
    },
    Target {
        name: "pull secret",
        reader: pull_secret,
        seeds: docker_seeds,
        pieces: JSON,
        largest: LARGEST,
        shapes: DOCKER_SHAPES,
    },
    Target {
        name: "own file",
        reader: own,
        seeds: own_seeds,
        pieces: JSON,
        largest: LARGEST,
        shapes: &[
            Shape::new(
                OWN,
                "\"h#.test\":{\"kind\":\"password\",\"username\":\"u\",\"secret\":\"p\"},",
                "}}",
            ),
            Shape::new(
                OWN,
                "\"reg.test?path=p#\":{\"kind\":\"password\",\"username\":\"u\",\"secret\":\"p\"},",
                "}}",
            ),
            Shape::new(
                OWN,
                "\"*.h#.test\":{\"kind\":\"identity_token\",\"secret\":\"p\"},",
                "}}",
            ),
            Shape::new(OWN, "\"broken #\":{\"kind\":\"#\"},", "}}"),
            Shape::new(OWN, "\"reg.test\":{},", "}}"),
            Shape::new(
                "{\"version\":1,",
                "\"credentials\":{\"h#.test\":{\"kind\":\"password\",\"username\":\"u\",\"secret\":\"p\"}},",
                "}",
            ),
            Shape::new("{\"version\":1,\"x\":", "[", ""),
            Shape::new("{\"version\":1,\"x\":\"", "\\n", "\"}"),
        ],
    },
];

/// The largest file of credentials that is read.
const LARGEST: usize = 32 << 20;

const OWN: &str = "{\"version\":1,\"credentials\":{";

const JSON: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    "\"",
    ":",
    ",",
    "\\",
    "\\u0000",
    "\\ud800",
    "\u{feff}",
    "\0",
    "null",
    "1e400",
    "-0",
    "\"auths\":{",
    "\"credHelpers\":{",
    "\"credsStore\":\"",
    "\"auth\":\"dTpw\"",
    "\"identitytoken\":\"",
    "\"credentials\":{",
    "\"version\":1",
    "\"kind\":\"password\"",
    "\"secret\":\"",
    "?ns=",
    "&path=",
    "*.",
    "https://",
    "/v1/",
    "\n",
    "\u{e9}",
    "nerdctl-experimental://",
    "//",
    "/*",
];

const DOCKER_SHAPES: &[Shape] = &[
    Shape::new("{\"auths\":{", "\"h#.test\":{\"auth\":\"dTpw\"},", "}}"),
    Shape::new("{\"auths\":{", "\"reg.test/p#\":{\"auth\":\"dTpw\"},", "}}"),
    Shape::new("{\"auths\":{", "\"*.h#.test\":{\"auth\":\"dTpw\"},", "}}"),
    Shape::new("{\"auths\":{", "\"reg.test\":{\"auth\":\"dTpw\"},", "}}"),
    Shape::new("{\"auths\":{", "\"broken #\":{\"auth\":\"%\"},", "}}"),
    Shape::new(
        "{\"auths\":{",
        "\"m#:5/?ns=reg.test\":{\"auth\":\"dTpw\"},",
        "}}",
    ),
    Shape::new("{\"credHelpers\":{", "\"h#.test\":\"x\",", "}}"),
    Shape::new("{\"credHelpers\":{", "\"h#.test\":\"x#\",", "}}"),
    // What stands in one section beside what stands in another.
    Shape::new(
        "{",
        "\"auths\":{\"h#.test\":{\"auth\":\"dTpw\"}},\"credHelpers\":{\"*.g#.test\":\"x\"},",
        "}",
    ),
    Shape::new(
        "{",
        "\"auths\":{\"h#.g#.test\":{}},\"credHelpers\":{\"h*.g#.test\":\"x\"},",
        "}",
    ),
    Shape::new("{\"x\":", "[", ""),
    Shape::new("{\"x\":[", "0,", "]}"),
    Shape::new("{\"auths\":{\"reg.test\":{\"auth\":\"", "dTpw", "\"}}}"),
    Shape::new("{\"auths\":{\"", "a.", "test\":{\"auth\":\"dTpw\"}}}"),
];

const HOSTS: [&str; 4] = ["reg.test", "docker.io", "h1.test:5000", "a.h7.test"];

/// Asks a source all that can be asked, and gives what it lists.
fn ask(source: &dyn Source, list: Result<Entries, SourceError>) -> Option<BTreeSet<String>> {
    for host in HOSTS {
        let host = host.parse::<Authority>().unwrap();
        for entry in source.entries(&host).into_iter().flat_map(|it| it.entries) {
            assert!(
                entry.key.covers_host(&host),
                "{} answers for {host}",
                entry.key
            );
            let _ = source.credential(&entry);
        }
    }
    let list = list.ok()?;
    let keys = list.entries.iter().map(|entry| entry.key.to_string());
    Some(keys.collect())
}

/// What is written into a file that can be read is there afterwards, beside all that was there. (There
/// may be more: what a second `auths` of null had hidden shows again.)
fn write(store: &dyn Store, before: Option<BTreeSet<String>>) {
    let key: CredentialKey = "new-login.test".parse().unwrap();
    let login = Credential::password("u", "p");
    let stored = store.put(&key, &login, &Provenance::default());
    let (Some(mut keys), Ok(_)) = (before, stored) else {
        return;
    };
    let ask = || ask(store, store.list()).unwrap();
    keys.insert(key.to_string());
    assert!(
        ask().is_superset(&keys),
        "lost by a login: {keys:?}, {:?}",
        ask()
    );
    store.remove(&key).unwrap();
    keys.remove(&key.to_string());
    let after = ask();
    assert!(
        after.is_superset(&keys),
        "lost by a logout: {keys:?}, {after:?}"
    );
    assert!(!after.contains(&key.to_string()), "still there: {after:?}");
}

fn docker(folder: &Path) -> Reader {
    let file = folder.join("config.json");
    Box::new(move |input| {
        fs::write(&file, input).unwrap();
        let config = DockerConfig::new(&file, programs());
        let listed = ask(&config, config.list());
        if let Ok(text) = str::from_utf8(input) {
            let variable = DockerAuthVariable::new(text);
            let _ = ask(&variable, variable.list());
        }
        if way(input, 4) == 0 {
            write(&config, listed);
        }
    })
}

fn containers(folder: &Path) -> Reader {
    let file = folder.join("auth.json");
    Box::new(move |input| {
        fs::write(&file, input).unwrap();
        let auth = ContainersAuth::new(&file, programs());
        let _ = ask(&auth, auth.list());
        let old = ContainersAuth::dockercfg(&file);
        let _ = ask(&old, old.list());
    })
}

fn pull_secret(folder: &Path) -> Reader {
    let files = [".dockerconfigjson", ".dockercfg"].map(|name| folder.join(name));
    Box::new(move |input| {
        for file in &files {
            fs::write(file, input).unwrap();
            if let Ok(secret) = PullSecret::read(file, &Profile::new("ci").unwrap()) {
                let _ = ask(&secret, Ok(Entries::default()));
            }
        }
    })
}

fn own(folder: &Path) -> Reader {
    let file = folder.join("credentials.json");
    Box::new(move |input| {
        fs::write(&file, input).unwrap();
        let own = CredentialsFile::new(&file);
        let listed = ask(&own, own.list());
        if way(input, 4) == 0 {
            write(&own, listed);
        }
    })
}

/// Helpers are looked for nowhere.
fn programs() -> HelperPrograms {
    HelperPrograms::new([])
}

/// The files that docker's own code was asked about.
fn docker_seeds() -> Vec<Vec<u8>> {
    let vectors = vectors("cases/credentials/docker.jsonl");
    let texts = vectors
        .iter()
        .filter_map(|vector| vector["config"].as_str());
    texts.map(|text| text.as_bytes().to_vec()).collect()
}

fn own_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "{\"version\": 1, \"credentials\": {}}",
        "{\n  \"version\": 1,\n  \"credentials\": {\n    \"reg.test\": {\"kind\": \"password\", \"username\": \"u\", \"secret\": \"p\"}\n  }\n}\n",
        "{\"version\":1,\"credentials\":{\"m.test:5000?ns=docker.io\":{\"kind\":\"identity_token\",\"secret\":\"t\",\
         \"realm\":\"https://auth.test/token\",\"stored_at\":\"2026-11-01T00:00:00Z\",\"verified_at\":null}}}",
        "{\"version\":1,\"credentials\":{\"reg.test?path=team&profile=ci\":{\"kind\":\"registry_token\",\"secret\":\"t\"},\
         \"*.reg.test\":{\"kind\":\"password\",\"username\":\"\",\"secret\":\"p\",\"note\":[1,2]}},\"later\":{\"x\":1}}",
    ])
}
