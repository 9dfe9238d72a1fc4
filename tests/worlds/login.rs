//! What the tests of `portunus login` share: a home, an account, and how to log in.

use serde_json::Value;
use support::account::Account;
use support::home::Home;
use support::process::Ran;
use support::programmable_registry::ProgrammableRegistry;

/// Alice's password.
pub const ALICE: &str = "canary-alice-6e02";

/// A password that is nobody's.
pub const WRONG: &str = "canary-wrong-19d3";

/// A registry namespace.
pub const FOO: &str = "foo.test";

/// Logs in with this secret on standard input.
pub fn log_in_with(home: &Home, arguments: &[&str], input: &str) -> Ran {
    let ran = home
        .portunus(&[&["login"], arguments].concat())
        .env("PORTUNUS_STORE", "file")
        .input(input)
        .run();
    assert!(!ran.output().contains("canary"), "{ran}");
    ran
}

/// Logs in as alice with her password.
pub fn log_in(home: &Home, arguments: &[&str]) -> Ran {
    let alice = ["-u", "alice", "--password-stdin"];
    log_in_with(home, &[&alice, arguments].concat(), ALICE)
}

/// Alice with her password.
pub fn alice() -> [Account; 1] {
    [Account::new("alice", ALICE)]
}

/// A registry that asks alice for it.
pub fn basic() -> ProgrammableRegistry {
    ProgrammableRegistry::basic(&alice())
}

/// A home with these logins, each given by its arguments, all with one secret, which no registry was
/// asked about.
pub fn home_with_logins(logins: &[&[&str]], secret: &str) -> Home {
    let home = Home::new();
    for login in logins {
        let always = ["--no-verify", "--password-stdin"];
        log_in_with(&home, &[&always, *login].concat(), secret).assert_success();
    }
    home
}

/// A home in which these mirrors, and then that server, serve foo.test.
pub fn home_with(mirrors: &[&ProgrammableRegistry], server: &str) -> Home {
    let home = Home::new();
    let tables = mirrors.iter().map(|mirror| {
        let url = mirror.url();
        format!("[host.\"{url}\"]\ncapabilities = [\"pull\", \"resolve\"]\n")
    });
    let text = format!("server = \"{server}\"\n{}", tables.collect::<String>());
    home.write_hosts_toml(FOO, &text);
    home
}

/// What `portunus list` says is stored.
pub fn stored(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let ran = home
        .portunus(&[&["list", "--json"], arguments].concat())
        .run();
    ran.assert_success();
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    document["credentials"].as_array().unwrap().clone()
}

/// Each of these texts is said.
#[track_caller]
pub fn assert_says(ran: &Ran, expected: &[&str]) {
    for text in expected {
        assert!(ran.output().contains(text), "`{text}` is not said\n{ran}");
    }
}

/// How many requests carried a credential.
pub fn attempts(registry: &ProgrammableRegistry) -> usize {
    let requests = registry.requests();
    requests
        .iter()
        .filter(|it| it.header("authorization").is_some())
        .count()
}
