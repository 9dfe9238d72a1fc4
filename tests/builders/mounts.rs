//! One question about several repositories: a layer of one is to be mounted into another.

use portunus_buildkit::BuildNote;
use support::account::Account;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::peer::Peer;
use crate::worlds::session::{attach, open, settings, told};

const MOUNT: [&str; 2] = [
    "repository:proj-a/app:pull",
    "repository:proj-b/app:pull,push",
];

fn ben() -> [Account; 1] {
    [Account::new("ben", "canary-b").only("proj-b").only("base")]
}

fn world_of(registry: &ProgrammableRegistry, key: &str) -> World {
    World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(key, "ben", "canary-b")
}

fn asked(registry: &ProgrammableRegistry) -> Vec<Vec<String>> {
    let requests = registry.requests().into_iter();
    let requests = requests.filter(|it| it.path == "/token");
    requests.map(|it| it.query_values("scope")).collect()
}

#[support::test]
fn what_is_refused_as_a_whole_is_asked_once_more_for_what_is_pushed() {
    let registry = ProgrammableRegistry::settings_bearer(&ben())
        .strict()
        .start();
    let world = world_of(&registry, &registry.address());
    let (session, peer) = attach(&world, &["reg-a.test/base/img"], &["reg-a.test/proj-b/app"]);
    for _ in 0..3 {
        let token = peer.token(&registry, &MOUNT).unwrap();
        assert_eq!(token.token, "token-0-of-ben");
    }
    assert_eq!(asked(&registry), [&MOUNT[..], &MOUNT[1..]]);
    let told = told(&session);
    assert!(!told.iter().any(|it| it.contains("proj-a")), "{told:?}");
    assert!(
        matches!(session.notes()[..], [BuildNote::Narrowed { .. }]),
        "{told:?}"
    );
}

#[support::test]
fn what_is_granted_in_part_is_asked_for_as_it_is() {
    let registry = ProgrammableRegistry::bearer(&ben());
    let world = world_of(&registry, &registry.address());
    let (_session, peer) = attach(&world, &[], &["reg-a.test/proj-b/app"]);
    for _ in 0..3 {
        peer.token(&registry, &MOUNT).unwrap();
    }
    assert_eq!(asked(&registry), [MOUNT]);
}

#[support::test]
fn a_login_for_one_repository_is_not_shown_for_another() {
    let registry = ProgrammableRegistry::bearer(&ben());
    let key = format!("{}?path=proj-b", registry.address());
    let world = world_of(&registry, &key);
    let (_session, peer) = attach(&world, &[], &["reg-a.test/proj-b/app"]);
    peer.token(&registry, &MOUNT).unwrap();
    assert_eq!(asked(&registry), [&MOUNT[1..]]);
}

#[support::test]
fn without_mounts_nothing_tells_of_the_other_repository() {
    let registry = ProgrammableRegistry::bearer(&ben());
    let world = world_of(&registry, &registry.address());
    let mut settings = settings();
    settings.no_mount = true;
    let session = open(&world, &[], &["reg-a.test/proj-b/app"], settings);
    let peer = Peer::of(&world, &session);
    peer.token(&registry, &MOUNT).unwrap();
    assert_eq!(asked(&registry), [&MOUNT[1..]]);
}

#[support::test]
fn only_what_the_build_pushes_may_be_written() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("ben", "canary-b")]);
    let world = world_of(&registry, &registry.address());
    let (_session, peer) = attach(&world, &["reg-a.test/base/img"], &[]);
    let scopes = ["repository:base/img:pull,push,delete", "registry:catalog:*"];
    peer.token(&registry, &scopes).unwrap();
    assert_eq!(asked(&registry), [["repository:base/img:pull"]]);
}
