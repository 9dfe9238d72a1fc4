//! Scoped logins go to the desktop's keyring, and a keyring that cannot be used never hangs or
//! hides.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::Value;
use support::home::Home;
use support::keyring::Keyring;
use support::process::Ran;

const KEY: &str = "mirror.test:5000?ns=docker.io";
const IMAGE: &str = "docker.io/library/alpine";

fn login(home: &Home, more: &[&str], password: &str) -> Ran {
    let mut arguments = vec!["login", "--no-verify", "--registry-namespace", "docker.io"];
    arguments.extend(["-u", "alice", "--password-stdin"]);
    arguments.extend(more);
    arguments.push("mirror.test:5000");
    home.portunus(&arguments).input(password).run()
}

fn listed(home: &Home) -> Vec<Value> {
    let ran = home.portunus(&["list", "--json"]).run();
    ran.assert_success();
    let document: Value = serde_json::from_str(&ran.stdout).unwrap();
    document["credentials"].as_array().unwrap().clone()
}

fn mirror(home: &Home) {
    home.write_hosts_toml("docker.io", "[host.\"https://mirror.test:5000\"]\n");
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn a_scoped_login_goes_to_the_keyring_and_is_found_there() {
    let mut home = Home::new();
    let keyring = Keyring::unlocked(&mut home);
    mirror(&home);
    login(&home, &[], "s3cret").assert_success();
    assert!(!home.credentials_file().exists());
    let entries = listed(&home);
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0]["store"], "keyring");
    assert_eq!(entries[0]["username"], "alice");
    assert_eq!(entries[0]["registry_namespace"], "docker.io");
    assert!(entries[0]["stored_at"].is_string());
    let plan = home.portunus(&["resolve", "--json", IMAGE]).run();
    let plan: Value = serde_json::from_str(&plan.assert_success().stdout).unwrap();
    assert_eq!(plan["attempts"][0]["credential"]["source"], "keyring");
    let item = keyring.secret_tool(
        &home,
        &["lookup", "service", "portunus", "username", KEY],
        "",
    );
    assert!(item.stdout.contains("s3cret"), "{item}");
    // Another account in its place, not beside it.
    let again = [
        "login",
        "--no-verify",
        "--registry-namespace",
        "docker.io",
        "-u",
        "bob",
    ];
    let again = [&again[..], &["--password-stdin", "mirror.test:5000"]].concat();
    home.portunus(&again).input("other").run().assert_success();
    assert_eq!(listed(&home)[0]["username"], "bob");
    let logout = [
        "logout",
        "--registry-namespace",
        "docker.io",
        "mirror.test:5000",
    ];
    let removed = home.portunus(&logout).run();
    assert!(
        removed.assert_success().stdout.contains("from keyring"),
        "{removed}"
    );
    assert_eq!(listed(&home), Vec::<Value>::new());
    let again = home.portunus(&[&logout[..], &["--exit-code"]].concat());
    again.run().assert_code(6);
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn a_login_replaces_the_older_one_in_our_file() {
    let mut home = Home::new();
    let _keyring = Keyring::unlocked(&mut home);
    login(&home, &["--store", "file"], "old").assert_success();
    let ran = login(&home, &[], "new");
    assert!(
        ran.assert_success().stderr.contains("the older login"),
        "{ran}"
    );
    let entries = listed(&home);
    assert_eq!(
        (entries.len(), &entries[0]["store"]),
        (1, &Value::from("keyring"))
    );
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn what_another_program_keeps_is_left_alone() {
    let mut home = Home::new();
    let keyring = Keyring::unlocked(&mut home);
    let named = ["service", "portunus", "username", KEY, "extra", "1"];
    let stored = [&["store", "--label=other"], &named[..]].concat();
    keyring
        .secret_tool(&home, &stored, "not ours")
        .assert_success();
    assert_eq!(listed(&home), Vec::<Value>::new());
    // It stands where our item would: our file is used, and it says why.
    let ran = login(&home, &[], "s3cret");
    assert!(
        ran.assert_success().stderr.contains("another program"),
        "{ran}"
    );
    let lookup = [&["lookup"], &named[..]].concat();
    assert_eq!(
        keyring.secret_tool(&home, &lookup, "").stdout.trim(),
        "not ours"
    );
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn a_locked_keyring_is_named_and_a_login_goes_to_our_file() {
    let mut home = Home::new();
    let _keyring = Keyring::locked(&mut home, |_, home| {
        login(home, &[], "s3cret").assert_success();
    });
    mirror(&home);
    let started = Instant::now();
    let plan = home.portunus(&["resolve", IMAGE]).run();
    assert!(
        plan.assert_success().stderr.contains("it is locked"),
        "{plan}"
    );
    let ran = login(&home, &[], "s3cret");
    assert!(
        ran.assert_success().stderr.contains("it is locked"),
        "{ran}"
    );
    assert!(started.elapsed() < Duration::from_secs(15));
    assert!(
        fs::read_to_string(home.credentials_file())
            .unwrap()
            .contains(KEY)
    );
    login(&home, &["--store", "keyring"], "s3cret").assert_code(5);
}

#[support::test(needs("dbus-daemon"))]
fn without_a_keyring_service_our_file_is_used_within_a_second() {
    let mut home = Home::new();
    let _bus = Keyring::bus_alone(&mut home);
    goes_to_our_file(&home, "no keyring service runs");
}

#[support::test]
fn without_a_bus_our_file_is_used_within_a_second() {
    goes_to_our_file(&Home::new(), "there is no D-Bus session");
}

#[track_caller]
fn goes_to_our_file(home: &Home, reason: &str) {
    home.portunus(&["--version"]).run().assert_success();
    let started = Instant::now();
    let ran = login(home, &[], "s3cret");
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    ran.assert_success();
    assert!(
        ran.stderr.contains(reason) && ran.stderr.contains("PORTUNUS_STORE"),
        "{ran}"
    );
    // Reading goes on without a word: nothing was ever stored in a keyring here.
    let quiet = home.portunus(&["resolve", IMAGE]).run();
    assert!(
        !quiet.assert_success().stderr.contains("keyring"),
        "{quiet}"
    );
    assert_eq!(listed(home)[0]["store"], "file");
    login(home, &["--store", "keyring"], "s3cret").assert_code(5);
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn a_chosen_keyring_that_is_gone_is_told_once() {
    for variable in [true, false] {
        let mut home = Home::new();
        mirror(&home);
        if variable {
            home.set_env("PORTUNUS_STORE", "keyring");
        } else {
            let config = home.config_dir().join("config.toml");
            fs::write(config, "store = \"keyring\"\n").unwrap();
        }
        let keyring = Keyring::unlocked(&mut home);
        login(&home, &[], "s3cret").assert_success();
        assert!(!home.credentials_file().exists());
        drop(keyring);
        // Two hosts are looked up in it, and it is told of once.
        let ran = home.portunus(&["resolve", IMAGE]).run();
        ran.assert_success();
        let told = ran.stderr.lines().filter(|line| line.contains("keyring"));
        let told: Vec<&str> = told.collect();
        assert!(
            told.len() == 1 && told[0].contains("there is no D-Bus session"),
            "{ran}"
        );
    }
}

#[support::test]
fn the_kernel_s_keyring_is_used_by_name() {
    let mut home = Home::new();
    home.set_env("PORTUNUS_STORE", "keyutils");
    // The kernel's keyring is one for all sessions of a user.
    let host = format!("h{}.test", std::process::id());
    let login = [
        "login",
        "--no-verify",
        "-u",
        "alice",
        "--password-stdin",
        &host,
    ];
    let ran = home.portunus(&login).input("s3cret").run();
    assert!(
        ran.assert_success().stdout.contains("kernel keyutils"),
        "{ran}"
    );
    let plan = home
        .portunus(&["resolve", "--json", &format!("{host}/app")])
        .run();
    assert!(plan.assert_success().stdout.contains("alice"), "{plan}");
    let large = "x".repeat(40_000);
    let refused = home.portunus(&login).input(&large).run();
    refused.assert_code(2);
    assert!(!refused.output().contains("xxxx"), "{refused}");
    home.portunus(&["logout", &host]).run().assert_success();
    let again = home.portunus(&["logout", "--exit-code", &host]);
    again.run().assert_code(6);
}
