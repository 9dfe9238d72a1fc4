//! What other programs answer: challenges, tokens, errors, helpers.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use portunus::printable::{is_printable, printable};
use portunus::reason::Reason;
use portunus::secret::Secret;
use portunus::store::{HelperPrograms, HelperStore, Source as _, Store as _};
use portunus::token::{Authentication, Challenge, MAX_RESPONSE, Scopes};

use super::conversation::{Answers, CANARY, Parties, REALM};
use super::{texts, vectors, way};
use crate::target::{Reader, Shape, Target};

/// More than any server may send of a header, and hyper reads.
const HEADER: usize = 1 << 20;

pub(super) const ALL: [Target; 3] = [
    Target {
        name: "challenge",
        reader: challenge,
        seeds: challenge_seeds,
        pieces: &[
            "Bearer ",
            "Basic ",
            "Digest ",
            "Negotiate ",
            "realm=",
            "scope=",
            "service=",
            "error=",
            "\"",
            "\\",
            ",",
            "=",
            " ",
            "\t",
            "\n",
            "https://auth.test/token",
            "repository:a/b:pull",
            ":",
            "*",
            "%00",
            "insufficient_scope",
            "\u{e9}",
            "dTpw==",
        ],
        largest: HEADER,
        shapes: &[
            Shape::new(
                "Bearer realm=\"https://a.test/t\",service=\"s\"",
                ",p#=a",
                "",
            ),
            Shape::new(
                "Bearer realm=\"https://a.test/t\",scope=\"",
                "repository:r#:pull ",
                "\"",
            ),
            Shape::new(
                "Bearer realm=\"https://a.test/t\",scope=\"",
                "repository:r:a# ",
                "\"",
            ),
            Shape::new(
                "Bearer realm=\"https://a.test/t\",scope=\"repository:r:",
                "a#,",
                "\"",
            ),
            Shape::new(
                "Bearer realm=\"https://a.test/t\",scope=\"",
                "x#:y:z ",
                "\"",
            ),
            Shape::new("", "Bearer realm=\"https://a#.test\",", "Basic"),
            Shape::new("", "Bearer realm=\"https://a#.test\"\n", ""),
            Shape::new("Bearer realm=\"https://a.test/", "a/../", "\""),
            Shape::new("Bearer realm=\"", "\\\"", ""),
            Shape::new("", "Basic ", ""),
        ],
    },
    Target {
        name: "token answer",
        reader: token,
        seeds: token_seeds,
        pieces: JSON,
        largest: MAX_RESPONSE,
        shapes: &[
            Shape::new("{", "\"token\":\"#\",", "}"),
            Shape::new("{", "\"n#\":\"#\",", "}"),
            Shape::new("{\"token\":\"", "a", "\"}"),
            Shape::new("{\"token\":\"", "\\u0041", "\"}"),
            Shape::new("{\"x\":", "[", ""),
            Shape::new("{\"expires_in\":", "9", "}"),
            Shape::new(
                "{\"errors\":[",
                "{\"code\":\"#\",\"message\":\"canary\"},",
                "]}",
            ),
        ],
    },
    Target {
        name: "helper output",
        reader: helper,
        seeds: helper_seeds,
        pieces: JSON,
        largest: 1 << 20,
        shapes: &[
            Shape::new("{\"Username\":\"u\",\"Secret\":\"", "a", "\"}"),
            Shape::new("{", "\"h#.test\":\"u\",", "}"),
            Shape::new("{\"Username\":", "[", ""),
            Shape::new("", "credentials not found in native keychain\n", ""),
        ],
    },
];

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    ":",
    ",",
    "\\",
    "\\u0000",
    "\\ud83d",
    "null",
    "true",
    "1e999",
    "-1",
    "\"token\":",
    "\"access_token\":",
    "\"expires_in\":",
    "\"refresh_token\":",
    "\"Username\":",
    "\"Secret\":",
    "<token>",
    "\"ServerURL\":",
    "\"errors\":[",
    "\"message\":",
    "<html>",
    "\u{feff}",
    "\0",
    "\u{1b}[2J",
    "canary",
    "\n",
];

/// Each line is a header. What comes of it is asked for, anonymously and by a login.
fn challenge(_: &Path) -> Reader {
    let parties = Parties::new();
    Box::new(move |input| {
        let lines: Vec<&[u8]> = header_lines(input).collect();
        let challenges = Challenge::parse_all(lines.iter().copied());
        for challenge in &challenges {
            for (name, value) in challenge.parameters() {
                assert_eq!(challenge.parameter(name), Some(value));
            }
        }
        let Ok(Some(Authentication::Bearer(bearer))) = Authentication::choose(&challenges) else {
            return;
        };
        let scopes = Scopes::parse(&bearer.scopes.join(" "));
        assert!(Scopes::parse(&scopes.to_string()).cover(&scopes));
        let answers = Answers {
            challenge: lines,
            status: 200,
            body: br#"{"token":"t"}"#,
        };
        let _ = parties.log_in(&answers);
        let _ = parties.ask(&answers);
    })
}

/// The lines of an answer whose header has at most [`HEADER`] bytes: each brings its name with it.
fn header_lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let most = HEADER / "WWW-Authenticate: \r\n".len();
    input.split(|byte| *byte == b'\n').take(most)
}

/// The answer as one of each status that is told apart; and as an error, what is shown of it.
fn token(_: &Path) -> Reader {
    let parties = Parties::new();
    let challenge = format!("Bearer realm=\"{REALM}\",service=\"s\"");
    Box::new(move |input| {
        for status in [200, 401, 404, 500] {
            let answers = Answers {
                challenge: vec![challenge.as_bytes()],
                status,
                body: input,
            };
            if let Err(failure) = parties.log_in(&answers) {
                assert!(!failure.to_string().contains(CANARY), "{failure}");
            }
        }
        let reason = Reason::read(input, str::from_utf8(input).ok(), &[&Secret::new(CANARY)]);
        if let Some(reason) = reason {
            assert!(!reason.as_str().contains(CANARY), "{reason}");
            assert!(printable(reason.as_str()).chars().all(is_printable));
        }
    })
}

/// A program that prints the input, whatever it is asked; every other one fails.
fn helper(folder: &Path) -> Reader {
    let output = folder.join("output");
    let install = |name: &str, code: u8| {
        let program = folder.join(format!("docker-credential-{name}"));
        let script = format!(
            "#!/bin/sh\n/bin/cat \"{}\"\nexit {code}\n",
            output.display()
        );
        // Another process writes it: were it open here, it could not be run (`ETXTBSY`).
        let mut writer = Command::new("/bin/sh");
        writer.args(["-c", "printf %s \"$1\" > \"$2\"", "sh", &script]);
        assert!(writer.arg(&program).status().unwrap().success());
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    };
    install("good", 0);
    install("bad", 1);
    let programs = HelperPrograms::new([("PATH".into(), folder.into())]);
    let helpers = ["good", "bad"].map(|name| HelperStore::new(name, &programs));
    Box::new(move |input| {
        fs::write(&output, input).unwrap();
        let helper = &helpers[usize::from(way(input, 8) == 0)];
        let host = "reg.test".parse().unwrap();
        for entry in helper.entries(&host).into_iter().flat_map(|it| it.entries) {
            let _ = helper.credential(&entry);
        }
        if let Err(error) = helper.list() {
            assert!(!error.to_string().contains("canary"), "{error}");
        }
    })
}

fn challenge_seeds() -> Vec<Vec<u8>> {
    let lines = |vector: &serde_json::Value| -> Vec<u8> {
        let headers = vector["headers"].as_array().unwrap().iter();
        let headers = headers.map(|header| match header.as_str() {
            Some(text) => text.as_bytes().to_vec(),
            None => STANDARD.decode(header["b64"].as_str().unwrap()).unwrap(),
        });
        headers.collect::<Vec<_>>().join(&b'\n')
    };
    vectors("conformance/challenges/challenges.jsonl")
        .iter()
        .map(lines)
        .collect()
}

fn token_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "{\"token\":\"abc\",\"expires_in\":300,\"issued_at\":\"2026-11-28T00:00:00Z\"}",
        "{\"access_token\":\"abc\",\"refresh_token\":\"r\",\"scope\":\"repository:a:pull\",\"token_type\":\"Bearer\"}",
        "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"no access with canary\",\"detail\":null}]}",
        "{\"error\":\"invalid_grant\",\"error_description\":\"wrong\"}",
        "{\"details\":\"incorrect username or password\"}",
        "<html><body>login</body></html>",
        "",
    ])
}

fn helper_seeds() -> Vec<Vec<u8>> {
    texts(&[
        "{\"ServerURL\":\"reg.test\",\"Username\":\"u\",\"Secret\":\"canary\"}\n",
        "{\"ServerURL\":\"reg.test\",\"Username\":\"<token>\",\"Secret\":\"canary\"}\n",
        "{\"reg.test\":\"u\",\"https://index.docker.io/v1/\":\"v\"}\n",
        "credentials not found in native keychain\n",
        "pass not initialized: exit status 1: canary",
        "null",
    ])
}
