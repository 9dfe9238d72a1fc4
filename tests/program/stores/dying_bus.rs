//! A message bus that dies at each step of a login, a look and a logout: each ends in time and says what
//! became of it, and what else the keyring holds is left alone.

use std::time::{Duration, Instant};

use serde_json::Value;
use support::cut_bus::CutBus;
use support::home::Home;
use support::keyring::Keyring;
use support::process::Ran;

const SECRET: &str = "s3cret";
/// A failed source is one within five seconds; a login looks at more than one.
const IN_TIME: Duration = Duration::from_secs(20);

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn at_each_step_of_a_login_it_is_stored_somewhere_or_said_not_to_be() {
    at_each_step(|home| {
        let ran = login(home, "new.test");
        let stored = ran.status.success();
        (
            ran,
            Box::new(move |hosts| !stored || hosts.contains(&"new.test".to_owned())),
        )
    });
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn at_each_step_of_a_logout_nothing_is_said_to_be_gone_that_is_there() {
    at_each_step(|home| {
        let logout = [
            "logout",
            "--registry-namespace",
            "docker.io",
            "--exit-code",
            "new.test",
        ];
        let ran = home.portunus(&logout).run();
        let gone = ran.status.success();
        (
            ran,
            Box::new(move |hosts| !gone || !hosts.contains(&"new.test".to_owned())),
        )
    });
}

#[support::test(needs("dbus-daemon", "gnome-keyring-daemon", "secret-tool"))]
fn at_each_step_of_a_look_the_keyring_is_a_failed_source_in_time() {
    at_each_step(|home| {
        let ran = home
            .portunus(&["resolve", "docker.io/library/alpine"])
            .run();
        ran.assert_success();
        (ran, Box::new(|_| true))
    });
}

type Check = Box<dyn Fn(&[String]) -> bool>;

/// Does it with a bus that dies a step later each time, until it does not. `old.test` stays, and what
/// was said is true once there is a bus again.
fn at_each_step(what: impl Fn(&Home) -> (Ran, Check)) {
    let mut home = Home::new();
    let _keyring = Keyring::unlocked(&mut home);
    home.write_hosts_toml(
        "docker.io",
        "[host.\"https://new.test\"]\n[host.\"https://old.test\"]\n",
    );
    login(&home, "old.test").assert_success();
    for step in 0.. {
        login(&home, "new.test").assert_success();
        let bus = CutBus::start(&home, step);
        let started = Instant::now();
        let (ran, check) = what(&home);
        assert!(started.elapsed() < IN_TIME, "step {step}: {ran}");
        let is_cut = bus.is_cut();
        drop(bus);
        assert!(!ran.output().contains(SECRET), "step {step}: {ran}");
        assert!(!ran.output().contains("panicked"), "step {step}: {ran}");
        let hosts = hosts(&home);
        assert!(
            hosts.contains(&"old.test".to_owned()),
            "step {step}: {hosts:?} after\n{ran}"
        );
        assert!(check(&hosts), "step {step}: {hosts:?} after\n{ran}");
        if !is_cut {
            ran.assert_success();
            println!("{step} steps");
            assert!(step > 5, "{step}");
            break;
        }
    }
}

fn login(home: &Home, host: &str) -> Ran {
    let login = [
        "login",
        "--no-verify",
        "--registry-namespace",
        "docker.io",
        "-u",
        "alice",
    ];
    let login = [&login[..], &["--password-stdin", host]].concat();
    home.portunus(&login).input(SECRET).run()
}

/// Of all that is stored.
fn hosts(home: &Home) -> Vec<String> {
    let ran = home.portunus(&["list", "--json"]).run();
    let document: Value = serde_json::from_str(&ran.assert_success().stdout).unwrap();
    let entries = document["credentials"].as_array().unwrap().iter();
    entries
        .map(|entry| entry["host"].as_str().unwrap().to_owned())
        .collect()
}
