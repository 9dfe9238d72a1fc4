//! `portunus logout`: what it removes, in which spelling, and what it leaves.

use support::home::Home;
use support::process::Ran;
use support::trials;

use crate::login_world::{assert_says, stored};

trials! {
    every_login_at_a_host_does_not_take_a_glob_over_hosts,
}

/// Logs in without asking the host.
fn log_in(home: &Home, arguments: &[&str]) -> Ran {
    let unchecked = ["login", "--no-verify", "-u", "u", "--password-stdin"];
    let ran = home
        .portunus(&[&unchecked, arguments].concat())
        .env("PORTUNUS_STORE", "file")
        .input("canary-logout-51d7")
        .run();
    ran.assert_success();
    ran
}

fn log_out(home: &Home, arguments: &[&str]) -> Ran {
    home.portunus(&[&["logout"], arguments].concat()).run()
}

/// The hosts that something is stored for.
fn hosts(home: &Home) -> Vec<String> {
    let stored = stored(home, &[]);
    let host = |entry: &serde_json::Value| entry["host"].as_str().unwrap().to_owned();
    stored.iter().map(host).collect()
}

fn every_login_at_a_host_does_not_take_a_glob_over_hosts() {
    for (arguments, left) in [
        (vec!["--all", "a.reg.test"], vec!["*.reg.test"]),
        (
            vec!["--all", "*.reg.test"],
            vec!["a.reg.test", "a.reg.test"],
        ),
        (vec!["*.reg.test"], vec!["a.reg.test", "a.reg.test"]),
        (vec!["--all"], vec![]),
    ] {
        let home = Home::new();
        log_in(&home, &["*.reg.test"]);
        log_in(&home, &["a.reg.test"]);
        log_in(&home, &["--repository", "team", "a.reg.test"]);
        log_out(&home, &arguments).assert_success();
        assert_eq!(hosts(&home), left, "{arguments:?}");
    }
    let home = Home::new();
    log_in(&home, &["*.reg.test"]);
    let ran = log_out(&home, &["--all", "a.reg.test"]);
    ran.assert_code(6);
    assert_says(&ran, &["nothing is stored for a.reg.test"]);
}
