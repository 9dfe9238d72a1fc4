//! Another HTTP client that only carries what the authorizer decides, against hostile registries.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use support::account::Account;
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::pki::CertificateAuthority;
use support::process::{self, Ran};
use support::program;
use support::programmable_registry::ProgrammableRegistry;

const SECRET: &str = "canary-e2";
const HEADER: &str = "canary-header-55";

/// Runs the example for an image of `reg.test`, whose only host is this one, with these logins to
/// it, one a file.
fn run(verb: &str, toml: &str, at: &str, logins: &[Value]) -> Ran {
    let home = Home::new();
    home.write_hosts_toml("reg.test", toml);
    let mut arguments: Vec<PathBuf> =
        vec![verb.into(), home.hosts_dir(), "reg.test/team/app:v1".into()];
    for (number, login) in logins.iter().enumerate() {
        let path = home.path().join(format!("{number}.json"));
        fs::write(&path, json!({ "auths": { at: login } }).to_string()).unwrap();
        arguments.push(path);
    }
    let mut command = home.command(program::example("own_http_client"));
    let ran = process::run(command.args(&arguments), b"");
    ran.assert_success();
    assert!(!ran.output().contains("canary"), "{ran}");
    ran
}

fn toml(url: &str) -> String {
    format!("server = \"{url}\"\n[header]\nx-key = \"{HEADER}\"\n")
}

fn password(password: &str) -> Value {
    json!({ "username": "alice", "password": password })
}

fn alice() -> [Account; 1] {
    [Account::new("alice", SECRET)]
}

#[support::test]
fn an_identity_token_is_no_password() {
    let registry = HttpServer::start(|_| Reply::challenge("Basic realm=\"r\""));
    // base64 of `alice:`
    let login = json!({ "auth": "YWxpY2U6", "identitytoken": SECRET });
    let ran = run(
        "pull",
        &toml(&registry.url()),
        &registry.address(),
        &[login],
    );
    assert!(ran.stdout.contains("there is none for it"), "{ran}");
    assert_eq!(registry.requests().len(), 1);
    assert!(registry.requests_with(SECRET).is_empty());
}

#[support::test]
fn a_foreign_realm_sees_nothing() {
    let realm = HttpServer::start(|_| Reply::json(&json!({ "token": "t" })));
    let named = format!("{}/token", realm.url());
    let registry = ProgrammableRegistry::settings_bearer(&alice())
        .realm(&named)
        .start();
    let ran = run(
        "pull",
        &toml(&registry.url()),
        &registry.address(),
        &[password(SECRET)],
    );
    assert!(ran.stdout.contains("which is not trusted with it"), "{ran}");
    assert!(realm.requests().is_empty() && registry.requests_with(SECRET).is_empty());
}

#[support::test]
fn a_foreign_redirect_carries_neither_secret_nor_header() {
    let elsewhere = ProgrammableRegistry::open();
    elsewhere.put_image("team/app", "v1", &Image::small("one"));
    for registry in [
        ProgrammableRegistry::basic(&alice()),
        ProgrammableRegistry::bearer(&alice()),
    ] {
        elsewhere.forget_requests();
        let target = elsewhere.url();
        registry.answer_with(move |request| {
            let asked = request.path != "/token" && request.header("authorization").is_some();
            asked.then(|| Reply::redirect(&format!("{target}{}", request.path)))
        });
        let ran = run(
            "pull",
            &toml(&registry.url()),
            &registry.address(),
            &[password(SECRET)],
        );
        assert!(ran.stdout.ends_with(": 200\n"), "{ran}");
        assert!(!registry.requests_with(HEADER).is_empty());
        assert!(!elsewhere.requests().is_empty());
        for request in elsewhere.requests() {
            let shown = request.contains(SECRET) || request.contains(HEADER);
            assert!(
                !shown && request.header("authorization").is_none(),
                "{request:?}"
            );
        }
    }
}

#[support::test]
fn the_second_candidate_follows_and_a_wrong_password_is_sent_once() {
    for registry in [
        ProgrammableRegistry::basic(&alice()),
        ProgrammableRegistry::bearer(&alice()),
    ] {
        registry.put_image("team/app", "v1", &Image::small("one"));
        let logins = ["canary-wrong", "canary-wrong", SECRET].map(password);
        let ran = run("pull", &toml(&registry.url()), &registry.address(), &logins);
        assert!(ran.stdout.ends_with(": 200\n"), "{ran}");
        assert_eq!(registry.requests_with("canary-wrong").len(), 1);
    }
}

#[support::test]
fn an_upload_goes_to_its_location_and_carries_no_secret_away() {
    let elsewhere = HttpServer::start(|_| Reply::status(201));
    for away in [false, true] {
        let registry = ProgrammableRegistry::basic(&alice());
        let location = match away {
            true => format!("{}/upload", elsewhere.url()),
            false => "/v2/team/app/blobs/uploads/7".to_owned(),
        };
        registry.answer_with(move |request: &Request| {
            request.basic()?;
            Some(match request.method.as_str() {
                "POST" => Reply::status(202).header("Location", &location),
                _ => Reply::status(201),
            })
        });
        let ran = run(
            "push",
            &toml(&registry.url()),
            &registry.address(),
            &[password(SECRET)],
        );
        assert!(ran.stdout.ends_with(": 201\n"), "{ran}");
        let put = |request: &&Request| request.method == "PUT";
        assert_eq!(
            registry.requests().iter().filter(put).count(),
            usize::from(!away)
        );
        assert_eq!(
            elsewhere.requests().iter().filter(put).count(),
            usize::from(away)
        );
    }
    for request in elsewhere.requests() {
        let shown = request.contains(SECRET) || request.contains(HEADER);
        assert!(
            !shown && request.header("authorization").is_none(),
            "{request:?}"
        );
    }
}

#[support::test]
fn what_it_cannot_do_it_refuses() {
    let authority = CertificateAuthority::new();
    let registry = ProgrammableRegistry::basic(&alice());
    let home = Home::new();
    let ca = home.path().join("ca.pem");
    fs::write(&ca, authority.certificate_pem()).unwrap();
    let own = authority.client("alice");
    let (certificate, key) = (home.path().join("own.pem"), home.path().join("own.key"));
    fs::write(&certificate, own.certificate_pem()).unwrap();
    fs::write(&key, own.key_pem()).unwrap();
    let at = registry.address();
    for more in [
        format!("ca = {ca:?}"),
        format!("client = [[{certificate:?}, {key:?}]]"),
        "skip_verify = true".to_owned(),
    ] {
        let text = format!("server = \"https://{at}\"\n{more}\n");
        let ran = run("pull", &text, &at, &[password(SECRET)]);
        assert!(ran.stdout.contains("this client knows no"), "{more}: {ran}");
        assert!(registry.requests().is_empty());
    }
}
