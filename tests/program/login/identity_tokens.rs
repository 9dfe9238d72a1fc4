//! Identity tokens: given by the person, or handed out by the realm for a password.

use std::fs;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{ALICE, WRONG, alice, log_in, log_in_with, stored};

#[support::test]
fn an_identity_token_comes_from_standard_input() {
    let registry = ProgrammableRegistry::bearer(&alice());
    registry.add_identity_token("canary-identity", &alice()[0]);
    let home = Home::new();
    let arguments = ["--identity-token-stdin", &registry.address()];
    log_in_with(&home, &arguments, "canary-identity\n").assert_success();
    assert_eq!(stored(&home, &[])[0]["kind"], "identity_token");
    let other = Home::new();
    log_in_with(&other, &arguments, WRONG).assert_code(3);
    assert!(!other.credentials_file().exists());
}

#[support::test]
fn the_identity_token_of_the_realm_takes_the_place_of_the_password() {
    let registry = ProgrammableRegistry::bearer(&alice());
    let home = Home::new();
    log_in(&home, &[&registry.address()]).assert_success();
    let entry = &stored(&home, &[])[0];
    assert_eq!(
        (&entry["kind"], &entry["username"]),
        (&"identity_token".into(), &"alice".into())
    );
    assert!(
        !fs::read_to_string(home.credentials_file())
            .unwrap()
            .contains(ALICE)
    );
}

/// A realm may replace an identity token with each use, and take a second use of an old one for
/// theft: nobody is let in any more after that (RFC 9700, section 4.14.2).
#[support::test(waits)]
fn programs_at_the_same_time_take_turns_with_an_identity_token() {
    let server = suspicious_registry();
    let home = Home::new();
    let arguments = ["--identity-token-stdin", "--no-verify", &server.address()];
    log_in_with(&home, &arguments, "canary-identity-0").assert_success();
    let image = format!("{}/team/app:v1", server.address());
    let probe = || {
        let resolve = home.portunus(&["resolve", "--probe", "--json", &image]);
        let ran = resolve.env("PORTUNUS_STORE", "file").run();
        let told: Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
        told["attempts"][0]["probe"]["accepted"].clone()
    };
    for _ in 0..3 {
        thread::scope(|scope| {
            let programs = [(); 4].map(|()| scope.spawn(probe));
            for program in programs {
                assert_eq!(program.join().unwrap(), true);
            }
        });
    }
    let used: Vec<String> = server
        .requests()
        .iter()
        .filter_map(identity_token)
        .collect();
    let stored = fs::read_to_string(home.credentials_file()).unwrap();
    let newest = format!("canary-identity-{}", used.len());
    assert!(used.len() >= 12, "{used:?}");
    assert!(stored.contains(&newest), "{newest} is lost: {stored}");
}

fn suspicious_registry() -> HttpServer {
    let newest = Mutex::new(Some(0));
    HttpServer::start(move |request| {
        let Some(given) = identity_token(request) else {
            let realm = format!("http://{}/token", request.header("host").unwrap());
            return match request.bearer() {
                Some(_) => Reply::status(404),
                None => Reply::challenge(&format!("Bearer realm=\"{realm}\",service=\"s\"")),
            };
        };
        let mut newest = newest.lock().unwrap();
        *newest = newest.filter(|at| given == format!("canary-identity-{at}"));
        let Some(at) = &mut *newest else {
            return Reply::error(401, "UNAUTHORIZED");
        };
        *at += 1;
        Reply::json(&json!({"access_token": "t", "refresh_token": format!("canary-identity-{at}")}))
            .delay(Duration::from_millis(100))
    })
}

fn identity_token(request: &Request) -> Option<String> {
    request.form_values("refresh_token").into_iter().next()
}
