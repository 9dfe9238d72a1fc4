//! Hostile registries record what they are sent: never a secret that was not theirs.

use portunus::credential::Credential;
use portunus::resolve::Operation;
use portunus::token::trust::RealmPair;
use portunus_http::{ChosenAnswer, ErrorKind, HostFailure, Outcome};
use support::account::Account;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::advice::commands;
use worlds::http::World;

use crate::worlds::{HEADER, SECRET, toml_with_header};

const IMAGE: &str = "reg-a.test/team/app:v1";

/// A server that hands out tokens to anybody who asks, and a registry that names it as realm.
fn registry_with_realm() -> (HttpServer, ProgrammableRegistry) {
    let realm = HttpServer::start(|_| Reply::json(&serde_json::json!({ "token": "t" })));
    let named = format!("{}/token", realm.url());
    let registry = ProgrammableRegistry::settings_bearer(&[Account::new("alice", SECRET)])
        .realm(&named)
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    (realm, registry)
}

#[support::test]
fn a_foreign_realm_sees_no_secret_and_the_refusal_names_the_command() {
    let (realm, registry) = registry_with_realm();
    let at = registry.address();
    let key = format!("{at}?ns=reg-a.test");
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&key, "alice", SECRET);
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    let command = format!(
        "login --registry-namespace reg-a.test {at} --trust-realm {}",
        realm.url()
    );
    assert_eq!(commands(&error), [command]);
    let choices = world.choose(IMAGE, Operation::Pull);
    let refused = |answer: &ChosenAnswer| {
        matches!(
            answer,
            ChosenAnswer::Failed(Outcome::Host(HostFailure::Refused(_)))
        )
    };
    assert!(refused(&choices[0].answer), "{choices:?}");
    assert!(realm.requests().is_empty() && registry.requests_with(SECRET).is_empty());
}

#[support::test]
fn a_realm_is_trusted_as_a_pair_only() {
    let (realm, registry) = registry_with_realm();
    let (realm_authority, other) = (realm.address(), "other.test");
    let pair = |host: &str| RealmPair::new(host.parse().unwrap(), realm_authority.parse().unwrap());
    for (host, seen) in [(other, 0), (registry.address().as_str(), 1)] {
        let mut world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", SECRET);
        world.options.trust.realms.push(pair(host));
        let _ = world.pull(IMAGE);
        assert_eq!(realm.requests_with(SECRET).len(), seen, "{host}");
    }
}

#[support::test]
fn a_realm_that_changed_since_login_sees_no_secret() {
    let (realm, registry) = registry_with_realm();
    let world = World::new().with_hosts_toml("reg-a.test", &toml_with_header(&registry));
    let alice = Credential::password("alice", SECRET);
    let pin =
        |url: String| world.store_under(&registry.address(), &alice, |note| note.realm = Some(url));
    pin("https://auth.reg-a.test/token".to_owned());
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust);
    assert!(
        error
            .to_string()
            .contains("at login it was https://auth.reg-a.test"),
        "{error}"
    );
    assert!(realm.requests_with(SECRET).is_empty());
    pin(format!("{}/token", realm.url()));
    let _ = world.pull(IMAGE);
    assert_eq!(realm.requests_with(SECRET).len(), 1);
    assert!(realm.requests_with(HEADER).is_empty() && !registry.requests_with(HEADER).is_empty());
}

/// One registry sends us to the realm of another one, for a token that is good there.
#[support::test]
fn the_realm_of_another_registry_sees_no_secret_of_this_one() {
    let victim = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    let theirs = format!("{}/token", victim.url());
    let hostile = ProgrammableRegistry::settings_bearer(&[])
        .realm(&theirs)
        .start();
    let at = [victim.address(), hostile.address()];
    for stored in [vec![&at[0], &at[1]], vec![&at[0]], vec![&at[1]]] {
        let mut world = World::new().with_hosts("reg-a.test", &[&hostile.url()]);
        for key in stored {
            world = world.with_login(key, "alice", SECRET);
        }
        // That the realm is trusted with the other registry's secrets changes nothing.
        let realm = at[0].parse().unwrap();
        world
            .options
            .trust
            .realms
            .push(RealmPair::new("reg-b.test".parse().unwrap(), realm));
        assert!(world.pull(IMAGE).is_err());
        let login = world.log_in("reg-a.test", &at[1], "alice", SECRET);
        assert_eq!(login.unwrap_err().kind, ErrorKind::Trust);
    }
    for request in [victim.requests(), hostile.requests()].concat() {
        let shown = request.contains(SECRET) || request.contains("-of-alice");
        assert!(!shown && request.basic().is_none(), "{request:?}");
    }
}

#[support::test]
fn headers_of_hosts_toml_go_to_their_host_only() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let toml = toml_with_header(&registry);
    let world = World::new()
        .with_hosts_toml("reg-a.test", &toml)
        .with_login(&registry.address(), "alice", SECRET);
    world.pull(IMAGE).unwrap();
    for request in registry.requests() {
        assert_eq!(
            request.contains(HEADER),
            request.path != "/token",
            "{request:?}"
        );
    }
}

#[support::test]
fn a_metadata_address_is_never_asked() {
    let registry = ProgrammableRegistry::open();
    registry.always(Reply::challenge(
        "Bearer realm=\"http://169.254.169.254/token\",service=\"s\"",
    ));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    assert!(error.to_string().contains("169.254.169.254"), "{error}");
    registry.always(Reply::redirect("http://169.254.169.254/latest/meta-data"));
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
}

#[support::test]
fn a_login_at_a_foreign_realm_is_refused() {
    let (realm, registry) = registry_with_realm();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let at = registry.address();
    let error = world
        .log_in("reg-a.test", &at, "alice", SECRET)
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust);
    let login = format!("login {at} --trust-realm {}", realm.url());
    assert_eq!(commands(&error), [login]);
    assert!(realm.requests().is_empty() && registry.requests_with(SECRET).is_empty());
}
