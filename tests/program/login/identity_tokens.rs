//! Identity tokens: given by the person, or handed out by the realm for a password.

use std::fs;

use support::home::Home;
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
