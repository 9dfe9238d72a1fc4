//! Each profile has its own account.

use support::account::Account;
use support::home::Home;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{ALICE, assert_says, log_in, log_in_with};

#[support::test]
fn profiles_do_not_meet() {
    let bob = Account::new("bob", "canary-bob-50c1");
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", ALICE), bob]);
    let at = registry.address();
    let home = Home::new();
    log_in(&home, &[&at]).assert_success();
    let arguments = ["--profile", "ci", "-u", "bob", "--password-stdin", &at];
    let ran = log_in_with(&home, &arguments, "canary-bob-50c1");
    ran.assert_success();
    assert_says(
        &ran,
        &[&format!("login succeeded: bob at {at}?profile=ci\n")],
    );
    // Without input each profile finds its own account again.
    for (profile, user) in [("default", "alice"), ("ci", "bob")] {
        let ran = log_in_with(&home, &["--profile", profile, &at], "");
        ran.assert_success();
        assert_says(&ran, &[&format!("login succeeded: {user} at ")]);
    }
    log_in_with(&home, &["--profile", "empty", &at], "").assert_code(2);
}
