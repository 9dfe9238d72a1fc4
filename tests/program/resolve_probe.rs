//! `resolve --probe` asks each host what it wants to be shown, and whether it accepts that.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::account::Account;
use support::home::Home;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::port;
use support::programmable_registry::ProgrammableRegistry;

const IMAGE: &str = "reg-a.test/team/app:v1";
const SECRET: &str = "canary-51aa";

/// A home whose mirrors of reg-a.test are these, all with this login of alice's.
fn home(mirrors: &[String], logins: &[(&str, &str)]) -> Home {
    let home = Home::new();
    let capabilities = "capabilities = [\"pull\", \"resolve\"]\n";
    let tables = mirrors
        .iter()
        .map(|url| format!("[host.\"{url}\"]\n{capabilities}"));
    let server = format!("server = \"https://127.0.0.1:{}\"\n", port::free());
    home.write_hosts_toml("reg-a.test", &(server + &tables.collect::<String>()));
    let file = auths(logins.iter().map(|(host, password)| (*host, *password)));
    fs::write(home.docker_config(), file).unwrap();
    home
}

fn auths<'a>(logins: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let entry = |(host, password): (&str, &str)| {
        let text = STANDARD.encode(format!("alice:{password}"));
        (host.to_owned(), json!({ "auth": text }))
    };
    json!({ "auths": logins.map(entry).collect::<serde_json::Map<_, _>>() }).to_string()
}

fn probes(home: &Home, more: &[&str]) -> Vec<Value> {
    let ran = home
        .portunus(&[&["resolve", "--probe", "--json", IMAGE], more].concat())
        .run();
    ran.assert_success();
    assert!(!ran.output().contains("canary"), "{ran}");
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    let attempts = document["attempts"].as_array().unwrap();
    attempts
        .iter()
        .map(|attempt| attempt["probe"].clone())
        .collect()
}

#[support::test]
fn each_host_says_what_it_wants_and_what_it_accepts() {
    let accounts = [Account::new("alice", SECRET)];
    let (basic, bearer) = (
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    );
    let (open, strange) = (
        ProgrammableRegistry::open(),
        ProgrammableRegistry::basic(&accounts),
    );
    for registry in [&basic, &bearer, &open, &strange] {
        registry.put_image("team/app", "v1", &Image::small("one"));
    }
    let mirrors = [basic.url(), bearer.url(), open.url(), strange.url()];
    let logins = [
        (basic.address(), SECRET),
        (bearer.address(), SECRET),
        (strange.address(), "canary-old"),
    ];
    let logins: Vec<(&str, &str)> = logins
        .iter()
        .map(|(host, password)| (host.as_str(), *password))
        .collect();
    let home = home(&mirrors, &logins);
    let probes = probes(&home, &[]);
    let told: Vec<Value> = probes
        .iter()
        .map(|probe| {
            json!([
                probe["reachable"],
                probe["challenge"],
                probe["accepted"],
                probe["realm_trusted"]
            ])
        })
        .collect();
    let expected = [
        json!([true, "Basic", true, null]),
        json!([true, "Bearer", true, true]),
        json!([true, null, null, null]),
        json!([true, "Basic", false, null]),
        json!([false, null, null, null]),
    ];
    assert_eq!(told, expected);
    assert!(
        probes.iter().all(|probe| probe["ms"].is_u64()),
        "{probes:?}"
    );
    let text = home.portunus(&["resolve", "--probe", IMAGE]).run();
    for told in [
        "probe: answered in ",
        "wants Basic",
        &format!("wants Bearer with a token of {}/token", bearer.url()),
        &format!("accepted: alice, key {}, docker ", basic.address()),
        "asks for nothing",
        &format!("rejected: alice, `{}` from ", strange.address()),
        &format!(
            "help: portunus login --registry-namespace reg-a.test {}",
            strange.address()
        ),
        "probe: unreachable: ",
    ] {
        assert!(text.stdout.contains(told), "{told} is not told in\n{text}");
    }
}

#[support::test]
fn a_foreign_realm_is_named_and_sees_no_secret() {
    let realm = HttpServer::start(|_| Reply::json(&json!({ "token": "t" })));
    let named = format!("{}/token", realm.url());
    let registry = ProgrammableRegistry::settings_bearer(&[Account::new("alice", SECRET)])
        .realm(&named)
        .start();
    let at = registry.address();
    let home = home(&[registry.url()], &[(&at, SECRET)]);
    let probe = &probes(&home, &[])[0];
    assert_eq!(
        json!([probe["realm"], probe["realm_trusted"], probe["accepted"]]),
        json!([named, false, false])
    );
    let text = home.portunus(&["resolve", "--probe", IMAGE]).run();
    let help = format!("help: portunus login {at} --trust-realm {}\n", realm.url());
    assert!(text.stdout.contains(&help), "{text}");
    assert!(realm.requests_with(SECRET).is_empty() && registry.requests_with(SECRET).is_empty());
}

#[support::test]
fn without_the_flag_nobody_is_asked() {
    let registry = ProgrammableRegistry::open();
    let home = home(&[registry.url()], &[]);
    for operation in ["--pull", "--push", "--resolve"] {
        home.portunus(&["resolve", "--why", operation, IMAGE])
            .run()
            .assert_success();
    }
    assert_eq!(registry.requests().len(), 0);
}

#[support::test]
fn a_mounted_pull_secret_goes_before_a_stored_login() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let at = registry.address();
    let home = home(&[registry.url()], &[(&at, "canary-old")]);
    let mounted = home.path().join("secret");
    fs::create_dir(&mounted).unwrap();
    fs::write(
        mounted.join(".dockerconfigjson"),
        auths([(at.as_str(), SECRET)].into_iter()),
    )
    .unwrap();
    let probe = &probes(&home, &["--pull-secret", mounted.to_str().unwrap()])[0];
    assert_eq!(probe["accepted"], true);
    assert!(registry.requests_with("canary-old").is_empty());
}
