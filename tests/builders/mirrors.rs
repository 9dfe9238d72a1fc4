//! A builder asks for a host alone. What it means is told by the images of the build.

use support::account::Account;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::session::{attach, told};

#[support::test]
fn two_registry_namespaces_with_different_logins_get_nothing_and_it_is_said_why() {
    let mirror = ProgrammableRegistry::basic(&[]);
    let at = mirror.address();
    let world = World::new()
        .with_hosts("reg-a.test", &[&mirror.url(), "https://reg-a.test"])
        .with_hosts("reg-b.test", &[&mirror.url(), "https://reg-b.test"])
        .with_login(&format!("{at}?ns=reg-a.test"), "alice", "canary-a")
        .with_login(&format!("{at}?ns=reg-b.test"), "bob", "canary-b");
    let both = ["reg-a.test/team/app", "reg-b.test/team/other"];
    let (session, peer) = attach(&world, &both, &[]);
    let password = peer.password(&at).unwrap();
    assert_eq!((&*password.username, &*password.secret), ("", ""));
    for refused in [
        peer.authority(&at, b"salt").unwrap_err(),
        peer.token(&mirror, &["repository:team/app:pull"])
            .unwrap_err(),
    ] {
        assert_eq!(refused.code(), tonic::Code::Unavailable, "{refused}");
    }
    let told = told(&session);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("reg-a.test and reg-b.test"), "{told:?}");
    assert!(mirror.requests().is_empty());
    for (image, user) in [(both[0], "alice"), (both[1], "bob")] {
        let (_session, peer) = attach(&world, &[image], &[]);
        assert_eq!(peer.password(&at).unwrap().username, user);
    }
}

#[support::test]
fn a_login_for_the_whole_mirror_serves_both() {
    let mirror = ProgrammableRegistry::basic(&[]);
    let world = World::new()
        .with_hosts("reg-a.test", &[&mirror.url(), "https://reg-a.test"])
        .with_hosts("reg-b.test", &[&mirror.url(), "https://reg-b.test"])
        .with_login(&mirror.address(), "alice", "canary-a");
    let both = ["reg-a.test/team/app", "reg-b.test/team/other"];
    let (_session, peer) = attach(&world, &both, &[]);
    assert_eq!(peer.password(&mirror.address()).unwrap().username, "alice");
    assert!(peer.authority(&mirror.address(), b"salt").is_ok());
}

#[support::test]
fn a_session_answers_for_the_hosts_of_its_images_and_names_every_other() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "canary-a")]);
    let at = registry.address();
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&at, "alice", "canary-a")
        .with_login("stored.test", "alice", "canary-c");
    let (session, peer) = attach(&world, &["reg-b.test/team/app"], &[]);
    for host in [&*at, "stored.test", "", "no host", "\u{1b}[2J"] {
        let password = peer.password(host).unwrap();
        assert_eq!((&*password.username, &*password.secret), ("", ""), "{host}");
        let refused = peer.authority(host, b"salt").unwrap_err();
        assert_eq!(
            refused.code(),
            tonic::Code::Unavailable,
            "{host}: {refused}"
        );
    }
    assert!(
        peer.token(&registry, &["repository:team/app:pull"])
            .is_err()
    );
    assert!(registry.requests().is_empty());
    let told = told(&session);
    assert_eq!(told.len(), 5, "{told:?}");
    assert!(told[1].contains("stored.test"), "{told:?}");
    assert!(told[4].contains("\\u{1b}[2J"), "{told:?}");
}

#[support::test]
fn docker_hub_is_asked_about_by_the_name_that_builders_use() {
    let world = World::new().with_login("docker.io", "alice", "canary-a");
    let (_session, peer) = attach(&world, &["alpine"], &[]);
    for host in ["registry-1.docker.io", "registry-1.docker.io:443"] {
        assert!(peer.authority(host, b"salt").is_ok(), "{host}");
    }
}
