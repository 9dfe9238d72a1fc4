//! What a registry wants to be shown itself, the builder is given.

use portunus::credential::Credential;
use support::account::Account;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::session::{attach, told};

#[support::test]
fn a_registry_without_tokens_is_shown_the_password_which_is_told() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", "canary-1")]);
    let at = registry.address();
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&at, "alice", "canary-1");
    let (session, peer) = attach(&world, &["reg-a.test/team/app"], &["reg-a.test/team/out"]);
    let password = peer.password(&at).unwrap();
    assert_eq!(
        (&*password.username, &*password.secret),
        ("alice", "canary-1")
    );
    let told = told(&session);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("the builder was given that of alice"),
        "{told:?}"
    );
}

#[support::test]
fn over_plain_http_it_is_shown_with_consent_alone() {
    for (consent, expected) in [(false, ""), (true, "canary-2")] {
        let world = World::new().with_hosts("reg-a.test", &["http://reg-a.test:5000"]);
        let alice = Credential::password("alice", "canary-2");
        world.store_under("reg-a.test:5000", &alice, |note| note.plain_http = consent);
        let (session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
        let password = peer.password("reg-a.test:5000").unwrap();
        assert_eq!(password.secret, expected);
        assert_eq!(told(&session).len(), 1, "{:?}", told(&session));
    }
}

#[support::test]
fn a_registry_token_is_no_password() {
    let registry = ProgrammableRegistry::open();
    let at = registry.address();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let ready = Credential::RegistryToken {
        token: "canary-3".into(),
    };
    world.store_under(&at, &ready, |_| {});
    let (_session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
    assert_eq!(peer.password(&at).unwrap().secret, "");
    let token = peer
        .token(&registry, &["repository:team/app:pull"])
        .unwrap();
    assert_eq!((&*token.token, token.expires_in), ("canary-3", 60));
}
