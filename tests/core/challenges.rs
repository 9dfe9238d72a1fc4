//! `WWW-Authenticate` as containerd reads it, and where we differ on purpose.
//!
//! The vectors under `tests/conformance/challenges` were made by running containerd's parser.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portunus::token::{Authentication, Challenge, ChallengeError, Scheme};
use serde_json::{Value, json};
use url::Url;

/// Where we differ on purpose, and in what.
const DIFFERENCES: &[(&str, &[&str])] = &[
    (
        "every challenge of a line is read",
        &["ch/098", "ch/099", "ch/100", "ch/101"],
    ),
    (
        "blanks around `=` do no harm",
        &["ch/058", "ch/059", "ch/060"],
    ),
    (
        "a realm is an http or https URL with a host, and needs no repair",
        &[
            "ch/012", "ch/052", "ch/053", "ch/056", "ch/066", "ch/067", "ch/070", "ch/118",
            "ch/119", "ch/126", "ch/132", "ch/199", "ch/138", "ch/139", "ch/140", "ch/190",
            "ch/222", "ch/269", "ch/279", "ch/284", "ch/300",
        ],
    ),
    (
        "a Bearer without a usable realm is passed over where Basic stands beside it",
        &["ch/108", "ch/214", "ch/217"],
    ),
    (
        "an empty scope is none",
        &["ch/072", "ch/149", "ch/150", "ch/151", "ch/157", "ch/158"],
    ),
    (
        "a value that is not UTF-8 is made so",
        &["ch/175", "ch/176"],
    ),
];

#[support::test]
fn challenges_are_read_as_containerd_reads_them() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../conformance/challenges/challenges.jsonl"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let mut differing = Vec::new();
    for line in text.lines() {
        let vector: Value = serde_json::from_str(line).unwrap();
        let headers: Vec<Vec<u8>> = list(&vector["headers"]).iter().map(bytes).collect();
        let found = Challenge::parse_all(headers.iter().map(Vec::as_slice));
        let read = json!(found.iter().map(written).collect::<Vec<_>>());
        let mut expected = vector["used"].clone();
        // The URL library writes a URL in one form: `https://h:443` as `https://h/`.
        if let Some(realm) = expected["realm"]
            .as_str()
            .and_then(|text| Url::parse(text).ok())
        {
            expected["realm"] = realm.as_str().into();
        }
        let used = acted_on(&found);
        if read != vector["challenges"] || used != expected {
            differing.push(vector["id"].as_str().unwrap().to_owned());
        }
    }
    let mut expected: Vec<&str> = DIFFERENCES
        .iter()
        .flat_map(|(_, ids)| ids.iter().copied())
        .collect();
    expected.sort_unstable();
    differing.sort_unstable();
    assert_eq!(differing, expected);
}

fn acted_on(challenges: &[Challenge]) -> Value {
    match Authentication::choose(challenges) {
        Ok(None) => Value::Null,
        Ok(Some(Authentication::Bearer(bearer))) => {
            let mut used = json!({
                "scheme": "bearer",
                "realm": bearer.realm.as_str(),
                "service": bearer.service,
                "scopes": bearer.scopes,
            });
            if let Some(error) = bearer.error {
                used["server_error"] = error.into();
            }
            used
        }
        Ok(Some(_)) => json!({ "scheme": "basic" }),
        Err(ChallengeError::NoRealm) => json!({ "scheme": "bearer", "error": "no_realm" }),
        Err(_) => json!({ "scheme": "bearer", "error": "bad_realm" }),
    }
}

fn written(challenge: &Challenge) -> Value {
    let scheme = match challenge.scheme {
        Scheme::Bearer => "bearer",
        Scheme::Digest => "digest",
        _ => "basic",
    };
    let mut parameters = json!({});
    for (name, value) in challenge.parameters() {
        parameters[name] = match std::str::from_utf8(value) {
            Ok(text) => text.into(),
            Err(_) => json!({ "b64": STANDARD.encode(value) }),
        };
    }
    json!({ "scheme": scheme, "parameters": parameters })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn bytes(value: &Value) -> Vec<u8> {
    match value.as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => STANDARD.decode(value["b64"].as_str().unwrap()).unwrap(),
    }
}
