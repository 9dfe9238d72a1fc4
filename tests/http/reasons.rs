//! What the other side gives as its reason reaches whoever asked: bounded, and without what it was
//! sent.

use portunus_http::{Error, ErrorKind, HostFailure, Outcome};
use support::account::Account;
use support::http::{Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{SECRET, world_of};

const IMAGE: &str = "reg-a.test/team/app:v1";
const DENIED: &str = r#"{"errors":[{"code":"DENIED","message":"vault is shut"}]}"#;
const SAYS: &str = "DENIED: vault is shut";

fn registries() -> [ProgrammableRegistry; 2] {
    let alice = [Account::new("alice", SECRET)];
    let registries = [
        ProgrammableRegistry::basic(&alice),
        ProgrammableRegistry::bearer(&alice),
    ];
    for registry in &registries {
        registry.put_image("team/app", "v1", &Image::small("one"));
    }
    registries
}

fn is_let_in(request: &Request) -> bool {
    request.header("authorization").is_some() && request.path != "/token"
}

fn outcome(error: &Error) -> &Outcome {
    &error.hosts.last().unwrap().outcome
}

#[support::test]
fn an_account_that_is_known_is_denied_in_the_host_s_own_words() {
    for registry in registries() {
        registry.when(is_let_in, Reply::status(403).body(DENIED));
        let world = world_of(&registry);
        let error = world.pull(IMAGE).unwrap_err();
        assert!(
            matches!(outcome(&error), Outcome::Host(HostFailure::Denied { .. })),
            "{error}"
        );
        assert_eq!(error.kind, ErrorKind::Rejected);
        let at = registry.address();
        let said = format!("denied to alice, `{at}` from memory: {SAYS}");
        assert!(error.to_string().contains(&said), "{error}");
        assert!(!error.to_string().contains("scope"), "{error}");
        // The same to a login.
        let error = world
            .log_in("reg-a.test", &at, "alice", SECRET)
            .unwrap_err();
        assert!(error.to_string().contains(SAYS), "{error}");
    }
}

#[support::test]
fn each_step_tells_the_reason_of_its_own_refusal() {
    let pulls: [(&str, &str); 2] = [("GET", "/manifests/sha256:"), ("GET", "/blobs/sha256:")];
    let pushes: [(&str, &str); 4] = [
        ("POST", "/blobs/uploads/"),
        ("PATCH", "/blobs/uploads/"),
        ("PUT", "/blobs/uploads/"),
        ("PUT", "/manifests/v2"),
    ];
    for status in [400, 403, 413, 422] {
        for registry in registries() {
            let answer = Reply::status(status).body(DENIED);
            let refuses = |step: (&'static str, &'static str)| {
                registry.forget_rules();
                let is_step = move |it: &Request| it.method == step.0 && it.path.contains(step.1);
                registry.when(move |it| is_let_in(it) && is_step(it), answer.clone());
            };
            for step in pulls {
                refuses(step);
                let error = world_of(&registry).pull(IMAGE).unwrap_err();
                assert!(error.to_string().contains(SAYS), "{step:?}: {error}");
            }
            for step in pushes {
                refuses(step);
                let world = world_of(&registry);
                world.write_layout(&Image::small("two"), "v2");
                let error = world.push("reg-a.test/team/app:v2").unwrap_err();
                assert!(error.to_string().contains(SAYS), "{step:?}: {error}");
            }
        }
    }
}

#[support::test]
fn a_reason_for_people_is_shown_however_it_is_written() {
    for (media_type, body, said) in [
        (
            "text/plain; charset=utf-8",
            "RBAC: access\r\ndenied\n",
            ": RBAC: access denied",
        ),
        (
            "application/json; charset=UTF-8",
            r#"{"error":{"code":403,"message":"no right","status":"PERMISSION_DENIED"}}"#,
            ": PERMISSION_DENIED: no right",
        ),
        (
            "application/json",
            r#"{"errors":["plain text"]}"#,
            ": plain text",
        ),
        (
            "application/xml",
            "\u{feff}<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code>\n<Message>Request has \
             expired</Message></Error>",
            ": AccessDenied: Request has expired",
        ),
        (
            "text/html",
            "<html><head><title>Blocked by the &quot;firewall&quot;</title></head></html>",
            ": Blocked by the \"firewall\"",
        ),
        (
            "application/json",
            r#"{"errors":[{"code":"DENIED","message":"no","detail":"2FA is on"}]}"#,
            ": DENIED: no (2FA is on)",
        ),
    ] {
        for registry in registries() {
            let answer = Reply::status(403)
                .header("Content-Type", media_type)
                .body(body);
            registry.when(is_let_in, answer);
            let error = world_of(&registry).pull(IMAGE).unwrap_err();
            assert!(error.to_string().contains(said), "{said}: {error}");
        }
    }
}

/// Who calls it a text and writes no UTF-8 writes Latin-1; in JSON it is replaced, as Go does.
#[support::test]
fn a_reason_that_is_no_utf_8_is_shown_all_the_same() {
    for (media_type, body, said) in [
        (
            "text/plain",
            &b"Schl\xfcssel fehlt"[..],
            ": Schl\u{fc}ssel fehlt",
        ),
        (
            "application/json",
            &b"{\"message\":\"Schl\xfcssel fehlt\"}"[..],
            ": Schl\u{fffd}ssel fehlt",
        ),
    ] {
        let registry = &registries()[0];
        let answer = Reply::status(403).header("Content-Type", media_type);
        registry.when(is_let_in, answer.body(body));
        let error = world_of(registry).pull(IMAGE).unwrap_err();
        assert!(error.to_string().contains(said), "{said}: {error}");
    }
}

#[support::test]
fn a_missing_image_tells_the_reason_of_the_get() {
    let body = r#"{"errors":[{"code":"NAME_UNKNOWN","message":"no such project"}]}"#;
    for registry in registries() {
        registry.when(is_let_in, Reply::status(404).body(body));
        let error = world_of(&registry).pull(IMAGE).unwrap_err();
        let said = "not found (404): NAME_UNKNOWN: no such project";
        assert!(error.to_string().contains(said), "{error}");
        assert_eq!(error.kind, ErrorKind::NotFound);
    }
}

#[support::test]
fn what_may_be_a_token_is_no_reason() {
    for body in [
        "token-5e3c",
        "\"token-5e3c\"",
        "Bearer token-5e3c",
        "[\"token-5e3c\"]",
    ] {
        let registry = &registries()[1];
        registry.when(|it| it.path == "/token", Reply::status(200).body(body));
        let error = world_of(registry).pull(IMAGE).unwrap_err().to_string();
        assert!(error.contains("is no JSON object"), "{error}");
        assert!(!error.contains("token-5e3c"), "{error}");
    }
}

/// Its login is right, so that it is not the password that is to be looked at.
#[support::test]
fn a_token_of_its_own_realm_that_a_registry_refuses_is_named() {
    for error in ["", ",error=\"invalid_token\""] {
        let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
        let challenge = format!("Bearer realm=\"{}/token\",service=\"s\"", registry.url());
        registry.when(
            |it| it.path != "/token",
            Reply::challenge(&format!("{challenge}{error}")),
        );
        let error = world_of(&registry).pull(IMAGE).unwrap_err();
        let refused = matches!(
            outcome(&error),
            Outcome::Host(HostFailure::TokenRefused { .. })
        );
        assert!(refused, "{error}");
    }
}

#[support::test]
fn a_realm_tells_its_reason_with_each_status() {
    for (status, body, retry_after, said) in [
        (
            401,
            r#"{"errors":[{"code":"UNAUTHORIZED","message":"use a token instead of a password"}]}"#,
            None,
            "UNAUTHORIZED: use a token instead of a password",
        ),
        (
            400,
            r#"{"error":"invalid_grant","error_description":"expired"}"#,
            None,
            "invalid_grant: expired",
        ),
        (
            429,
            r#"{"details":"too many failed login attempts"}"#,
            Some("30"),
            "too many failed login attempts; try again after 30 s",
        ),
        (503, "", Some("30"), "try again after 30 s"),
        (200, DENIED, None, SAYS),
    ] {
        let registry = &registries()[1];
        let answer = Reply::status(status).body(body);
        let answer = match retry_after {
            Some(after) => answer.header("Retry-After", after),
            None => answer,
        };
        registry.when(|it| it.path == "/token", answer);
        let world = world_of(registry);
        let error = world.pull(IMAGE).unwrap_err();
        assert!(error.to_string().contains(said), "{status}: {error}");
        let at = registry.address();
        let error = world
            .log_in("reg-a.test", &at, "alice", SECRET)
            .unwrap_err();
        assert!(error.to_string().contains(said), "{status}: {error}");
        // Without a login, too.
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let error = world.pull(IMAGE).unwrap_err();
        assert!(error.to_string().contains(said), "{status}: {error}");
    }
}

#[support::test]
fn what_was_sent_is_blotted_out_and_endless_words_are_cut() {
    for registry in registries() {
        registry.answer_with(|it| {
            let shown = it.header("authorization")?.to_owned();
            let bare = shown.split_once(' ')?.1.to_owned();
            let words = format!("{SECRET} {shown} {bare} {}", "a".repeat(1000));
            let body = serde_json::json!({ "errors": [{ "code": "DENIED", "message": words }] });
            (it.path != "/token").then(|| Reply::status(403).body(body.to_string()))
        });
        let error = world_of(&registry).pull(IMAGE).unwrap_err().to_string();
        assert!(error.contains("DENIED: […] "), "{error}");
        assert!(
            !error.contains(SECRET) && !error.contains("YWxpY2U6"),
            "{error}"
        );
        assert!(!error.contains("token-"), "{error}");
        assert!(error.chars().count() < 600, "{error}");
    }
}

#[support::test]
fn words_that_do_not_come_are_not_waited_for() {
    for registry in registries() {
        registry.when(
            is_let_in,
            Reply::cut_short(&DENIED[..20], 1000).delay(std::time::Duration::ZERO),
        );
        let start = std::time::Instant::now();
        world_of(&registry).pull(IMAGE).unwrap_err();
        assert!(start.elapsed().as_secs() < 20, "{:?}", start.elapsed());
    }
}

#[support::test]
fn what_is_wrong_with_an_answer_without_a_token_is_said() {
    for (body, said) in [
        ("", "the token server's answer is empty"),
        ("<html>", "the token server answered with a web page"),
        (
            r#"{"token":"tok"#,
            "the token server's answer is no JSON object",
        ),
        (
            r#"{"jwt":"x"}"#,
            "the token server's answer has neither `token` nor `access_token`",
        ),
        (
            r#"{"token":["x"]}"#,
            "the token in the token server's answer is empty, no text, or cannot be put into a header",
        ),
    ] {
        let registry = &registries()[1];
        registry.when(|it| it.path == "/token", Reply::status(200).body(body));
        let error = world_of(registry).pull(IMAGE).unwrap_err();
        assert!(error.to_string().contains(said), "{body}: {error}");
    }
}
