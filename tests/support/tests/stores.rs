//! The real keyring, the real helpers and the scripted one are what the stories take them for.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use support::helper_script::HelperScript;
use support::home::Home;
use support::keyring::Keyring;
use support::password_store::PasswordStore;
use support::{process, tools};

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn a_keyring_keeps_a_secret_and_ends_with_its_bus() {
    let mut home = Home::new();
    let keyring = Keyring::unlocked(&mut home);
    keyring
        .secret_tool(&home, &["store", "--label=x", "key", "one"], "wonder")
        .assert_success();
    let found = keyring.secret_tool(&home, &["lookup", "key", "one"], "");
    assert_eq!(found.assert_success().stdout, "wonder");
    assert!(lives_in(&home));
    drop(keyring);
    let start = Instant::now();
    while lives_in(&home) {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "the keyring's daemon lives on"
        );
        thread::sleep(Duration::from_millis(5));
    }
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn a_locked_keyring_gives_nothing() {
    let mut home = Home::new();
    let keyring = Keyring::locked(&mut home, |keyring, home| {
        keyring
            .secret_tool(home, &["store", "--label=x", "key", "one"], "wonder")
            .assert_success();
    });
    let found = keyring.secret_tool(&home, &["search", "key", "one"], "");
    assert!(
        found
            .stderr
            .contains("Cannot get secret of a locked object"),
        "{found}"
    );
    assert!(!found.output().contains("wonder"), "{found}");
    let refused = keyring.secret_tool(&home, &["store", "--label=y", "key", "two"], "builder");
    assert!(!refused.status.success(), "{refused}");
}

#[support::test(needs(
    "dbus-daemon",
    "gnome-keyring-daemon",
    "secret-tool",
    "docker-credential-secretservice"
))]
fn the_secret_service_helper_stores_in_the_keyring() {
    let mut home = Home::new();
    let keyring = Keyring::unlocked(&mut home);
    let helper = tools::program("docker-credential-secretservice");
    store_and_get(&home, &helper);
    let found = keyring.secret_tool(&home, &["lookup", "server", SERVER], "");
    assert_eq!(found.assert_success().stdout, "wonder");
}

#[support::test(needs("pass", "gpg", "docker-credential-pass"))]
fn the_pass_helper_stores_in_the_password_store() {
    let mut home = Home::new();
    let store = PasswordStore::new(&mut home);
    let helper = store.home().bin_dir().join("docker-credential-pass");
    store_and_get(store.home(), &helper);
}

#[support::test]
fn a_scripted_helper_plays_its_answers_and_keeps_its_calls() {
    let home = Home::new();
    let installed = HelperScript::new()
        .holds(SERVER, "al'ice", "won$der")
        .answer("get", "broken.test", "no such luck", 1)
        .install(&home, "scripted");
    let program = home.bin_dir().join("docker-credential-scripted");
    let ask =
        |verb: &str, input: &str| process::run(home.command(&program).arg(verb), input.as_bytes());
    let answer: serde_json::Value =
        serde_json::from_str(&ask("get", SERVER).assert_success().stdout).unwrap();
    assert_eq!(
        (&answer["Username"], &answer["Secret"]),
        (&"al'ice".into(), &"won$der".into())
    );
    assert_eq!(
        ask("get", "broken.test").assert_code(1).stdout,
        "no such luck\n"
    );
    assert_eq!(
        ask("get", "x.test").assert_code(1).stdout,
        "credentials not found in native keychain\n"
    );
    ask("store", "{}\n").assert_success();
    let expected = [
        &format!("get {SERVER}"),
        "get broken.test",
        "get x.test",
        "store {}",
    ];
    assert_eq!(installed.calls(), expected);
}

const SERVER: &str = "reg-a.test:5000";

fn store_and_get(home: &Home, helper: &std::path::Path) {
    let entry = format!(r#"{{"ServerURL":"{SERVER}","Username":"alice","Secret":"wonder"}}"#);
    process::run(home.command(helper).arg("store"), entry.as_bytes()).assert_success();
    let found = process::run(home.command(helper).arg("get"), SERVER.as_bytes());
    let found: serde_json::Value = serde_json::from_str(&found.assert_success().stdout).unwrap();
    assert_eq!(
        (&found["Username"], &found["Secret"]),
        (&"alice".into(), &"wonder".into())
    );
}

/// Whether any process has this home in its environment.
fn lives_in(home: &Home) -> bool {
    let home = home.path().to_str().unwrap().to_owned();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("environ")).ok())
        .any(|environment| String::from_utf8_lossy(&environment).contains(&home))
}
