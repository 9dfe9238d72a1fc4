//! Docker's files and helpers are read as docker's own code reads them, except where listed.
//!
//! The vectors in `tests/cases/credentials/` hold what docker/cli and nerdctl answered. Their
//! `note` names the case.

use std::collections::BTreeSet;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use portunus::credential::Credential;
use portunus::name::{Authority, CredentialKey};
use portunus::store::{DockerAuthVariable, DockerConfig, HelperPrograms, Source};
use serde_json::Value;
use support::home::Home;

#[support::test]
fn docker_s_answers_are_ours_except_where_listed() {
    compare(
        include_str!("../cases/credentials/docker.jsonl"),
        "get",
        DOCKER,
    );
}

#[support::test]
fn nerdctl_s_answers_are_ours_except_where_listed() {
    compare(
        include_str!("../cases/credentials/nerdctl.jsonl"),
        "retrieve",
        NERDCTL,
    );
}

/// Where we differ on purpose: why, and the vectors.
type Differences = &'static [(&'static str, &'static [&'static str])];

const DOCKER: Differences = &[
    (
        "one bad entry is a warning, the others are good",
        &[
            "dc/entry/010",
            "dc/entry/011",
            "dc/entry/012",
            "dc/entry/014",
            "dc/entry/016",
            "dc/entry/021",
            "dc/entry/023",
            "dc/entry/024",
            "dc/entry/025",
            "dc/entry/026",
            "dc/entry/028",
            "dc/entry/029",
            "dc/entry/030",
            "dc/entry/031",
            "dc/entry/033",
            "dc/entry/062",
            "dc/file/030",
            "dc/file/031",
        ],
    ),
    ("base64 is read without its padding, too", &["dc/entry/015"]),
    (
        "a password that is not UTF-8 is refused, not changed",
        &["dc/entry/017", "dc/entry/043"],
    ),
    (
        "Docker Hub's names are one registry, in every spelling",
        &[
            "dc/env/004",
            "dc/file/025",
            "dc/key/030",
            "dc/key/031",
            "dc/key/032",
            "dc/key/033",
            "dc/key/035",
            "dc/key/037",
            "dc/key/040",
            "dc/key/041",
            "dc/key/042",
            "dc/key/044",
            "dc/key/047",
        ],
    ),
    (
        "a void DOCKER_AUTH_CONFIG is a failure, not silence",
        &[
            "dc/env/008",
            "dc/env/009",
            "dc/env/010",
            "dc/env/011",
            "dc/env/012",
        ],
    ),
    (
        "what does not concern credentials may have any type",
        &["dc/file/036", "dc/file/037", "dc/file/041"],
    ),
    (
        "a helper may be configured for a glob of hosts",
        &["dc/helper/019"],
    ),
    (
        "a helper is configured for a host in any spelling",
        &[
            "dc/helper/010",
            "dc/helper/011",
            "dc/helper/013",
            "dc/helper/016",
        ],
    ),
    (
        "a host, the same with port 443, and in any case are one; the portless form is asked first",
        &["dc/key/016", "dc/key/028", "dc/many/009"],
    ),
    (
        "a key with a path never answers for the whole host",
        &[
            "dc/key/022",
            "dc/key/023",
            "dc/key/024",
            "dc/key/026",
            "dc/key/063",
            "dc/many/005",
            "dc/many/007",
        ],
    ),
    (
        "a key for one registry namespace never answers for the plain host",
        &["dc/key/065", "dc/key/066", "dc/key/091", "dc/many/020"],
    ),
];

const NERDCTL: Differences = &[
    (
        "a password that is not UTF-8 is refused, not changed",
        &["nd/entry/017"],
    ),
    ("a user name keeps its spaces", &["nd/entry/035"]),
    (
        "DOCKER_AUTH_CONFIG comes first",
        &["nd/env/002", "nd/env/005"],
    ),
    (
        "Docker Hub's names are one registry, in every spelling",
        &[
            "nd/env/004",
            "nd/key/030",
            "nd/key/032",
            "nd/key/033",
            "nd/key/034",
            "nd/key/037",
            "nd/key/039",
            "nd/key/040",
            "nd/key/041",
            "nd/key/042",
        ],
    ),
    (
        "a void DOCKER_AUTH_CONFIG is a failure, not silence",
        &[
            "nd/env/006",
            "nd/env/007",
            "nd/env/008",
            "nd/env/010",
            "nd/env/011",
            "nd/env/012",
        ],
    ),
    ("a file that is not UTF-8 is refused", &["nd/file/044"]),
    (
        "a helper may be configured for a glob of hosts",
        &["nd/helper/019"],
    ),
    (
        "a helper is configured for a host in any spelling",
        &[
            "nd/helper/010",
            "nd/helper/013",
            "nd/helper/014",
            "nd/helper/015",
            "nd/helper/018",
            "nd/helper/023",
        ],
    ),
    (
        "a missing helper is a failure, not silence",
        &["nd/helper/050"],
    ),
    (
        "a key with a path never answers for the whole host",
        &[
            "nd/key/023",
            "nd/key/024",
            "nd/key/025",
            "nd/key/026",
            "nd/key/076",
            "nd/many/005",
            "nd/many/007",
        ],
    ),
    (
        "a key for one registry namespace never answers for the plain host",
        &["nd/key/065", "nd/key/066", "nd/many/022"],
    ),
    (
        "a host, the same with port 443, and in any case are one; the portless form is asked first",
        &["nd/many/008"],
    ),
];

/// The spellings that are compared; every other spelling of them is the same authority for us.
const ASKED: [&str; 9] = [
    "reg.test",
    "reg.test:80",
    "reg.test:5000",
    "other.test",
    "docker.io",
    "localhost",
    "localhost:5000",
    "127.0.0.1:5000",
    "[::1]:5000",
];

fn compare(vectors: &str, field: &str, differences: Differences) {
    let mut listed: BTreeSet<&str> = differences
        .iter()
        .flat_map(|(_, ids)| *ids)
        .copied()
        .collect();
    let mut unlisted = Vec::new();
    let mut seen = BTreeSet::new();
    for line in vectors.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let id = vector["id"].as_str().unwrap();
        let home = Home::new();
        let Some(sources) = sources(&home, &vector) else {
            continue;
        };
        for asked in ASKED {
            let upstream = &vector[field][asked];
            let broken = vector.get("load_error").is_some();
            if upstream.is_null() && !(broken && asked == "reg.test") {
                continue;
            }
            let (ours, theirs) = (answer(&sources, asked), accepted(upstream, broken));
            if theirs.contains(&ours) {
                continue;
            }
            seen.insert(id.to_owned());
            if !listed.contains(id) {
                unlisted.push(format!(
                    "{id} {asked}: {}: {ours}, not {theirs:?}",
                    vector["note"]
                ));
            }
        }
    }
    assert!(unlisted.is_empty(), "{}", unlisted.join("\n"));
    listed.retain(|id| !seen.contains(*id));
    assert!(listed.is_empty(), "listed and the same: {listed:?}");
}

/// What upstream answers, in the form of [`answer`]; several where its map order decides.
fn accepted(upstream: &Value, broken: bool) -> Vec<String> {
    if broken || upstream.get("error").is_some() {
        return vec!["failed".to_owned()];
    }
    if let Some(several) = upstream["any_of"].as_array() {
        return several.iter().map(described).collect();
    }
    vec![described(&upstream["ok"])]
}

fn described(auth: &Value) -> String {
    let [username, password, identity, registry] =
        ["username", "password", "identitytoken", "registrytoken"]
            .map(|name| auth[name].as_str().unwrap_or_default());
    if !identity.is_empty() {
        return format!("identity token {identity}");
    }
    if username.is_empty() && password.is_empty() {
        return match registry {
            "" => "none".to_owned(),
            token => format!("registry token {token}"),
        };
    }
    format!("{username} {password}")
}

/// What our sources answer for a plain login, in the order the resolver ranks them.
fn answer(sources: &[Box<dyn Source>], asked: &str) -> String {
    let authority = Authority::parse(asked).unwrap();
    let key = CredentialKey::plain(authority.clone());
    let mut nothing = "none";
    for source in sources {
        // As a pull does: a failing source is told about, and the next one is asked.
        let Ok(found) = source.entries(&authority) else {
            nothing = "failed";
            continue;
        };
        for entry in found.entries.iter().filter(|entry| entry.key == key) {
            match source.credential(entry) {
                Err(_) => return "failed".to_owned(),
                Ok(None) => {}
                Ok(Some(Credential::Password { username, password })) => {
                    return format!("{username} {}", password.expose());
                }
                Ok(Some(Credential::IdentityToken { token, .. })) => {
                    return format!("identity token {}", token.expose());
                }
                Ok(Some(Credential::RegistryToken { token })) => {
                    return format!("registry token {}", token.expose());
                }
            }
        }
    }
    nothing.to_owned()
}

/// The sources of a vector; `None` for one that is no file a test can write.
fn sources(home: &Home, vector: &Value) -> Option<Vec<Box<dyn Source>>> {
    match vector["kind"].as_str() {
        None | Some("missing" | "dir" | "file") => {}
        // As root every file can be read, and host-name conversion is not part of our interface.
        Some(_) => return None,
    }
    if vector["kind"] == "dir" {
        std::fs::create_dir(home.docker_config()).unwrap();
    }
    if let Some(text) = vector["config"].as_str() {
        std::fs::write(home.docker_config(), text).unwrap();
    } else if let Some(text) = vector["config_b64"].as_str() {
        std::fs::write(home.docker_config(), STANDARD.decode(text).unwrap()).unwrap();
    }
    for (name, helper) in vector["helpers"].as_object().into_iter().flatten() {
        let absent = vector["helpers_off_path"]
            .as_array()
            .is_some_and(|off| off.iter().any(|it| it == name));
        if !absent {
            write_helper(home, name, helper);
        }
    }
    let path = home.bin_dir().into_os_string();
    let docker = DockerConfig::new(
        home.docker_config(),
        HelperPrograms::new([("PATH".into(), path)]),
    );
    let variable = DockerAuthVariable::new(vector["env_auth"].as_str().unwrap_or_default());
    Some(vec![Box::new(variable), Box::new(docker)])
}

/// A helper that answers `get` as the vector says.
fn write_helper(home: &Home, name: &str, helper: &Value) {
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let reply = |answer: &Value| match answer.get("json") {
        Some(json) => format!("printf %s {}; exit 0", quoted(&json.to_string())),
        None => format!(
            "printf %s {}; exit {}",
            quoted(answer["out"].as_str().unwrap_or_default()),
            answer["code"]
        ),
    };
    let mut script = "#!/bin/sh\nIFS= read -r key\ncase $key in\n".to_owned();
    for (key, answer) in helper["entries"].as_object().into_iter().flatten() {
        script += &format!("{}) {} ;;\n", quoted(key), reply(answer));
    }
    let default = helper.get("default").map_or_else(
        || "printf %s 'credentials not found in native keychain'; exit 1".to_owned(),
        reply,
    );
    script += &format!("*) {default} ;;\nesac\n");
    let path: &Path = &home.bin_dir().join(format!("docker-credential-{name}"));
    if path.parent().is_some_and(|parent| parent == home.bin_dir()) {
        home.write_script(&format!("docker-credential-{name}"), &script);
    }
}
