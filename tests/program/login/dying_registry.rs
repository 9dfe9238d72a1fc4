//! A registry that dies at each step of a login, or its realm: it is named, and nothing is stored.

use std::sync::atomic::{AtomicUsize, Ordering};

use support::account::Account;
use support::home::Home;
use support::http::Reply;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::ALICE;

#[support::test]
fn at_each_step_it_is_named_and_nothing_is_stored() {
    let accounts = [Account::new("alice", ALICE)];
    for (registry, least) in [
        (ProgrammableRegistry::basic(&accounts), 2),
        (ProgrammableRegistry::bearer(&accounts), 3),
    ] {
        for step in 0.. {
            registry.forget_rules();
            registry.forget_requests();
            let asked = AtomicUsize::new(0);
            let is_dead = move |_: &_| asked.fetch_add(1, Ordering::SeqCst) >= step;
            registry.when(is_dead, Reply::reset());
            let home = Home::new();
            let address = registry.address();
            let login = [
                "login",
                "--store",
                "file",
                "-u",
                "alice",
                "--password-stdin",
            ];
            let login = home.portunus(&[&login[..], &[&address]].concat());
            let ran = login.input(ALICE).run();
            assert!(!ran.output().contains(ALICE), "step {step}: {ran}");
            if registry.requests().len() <= step {
                ran.assert_success();
                assert!(home.credentials_file().exists() && step >= least, "{step}");
                break;
            }
            ran.assert_code(1);
            assert!(ran.stderr.contains(&address), "step {step}: {ran}");
            assert!(!home.credentials_file().exists(), "step {step}: {ran}");
        }
    }
}
