//! Nobody is asked more often than ctr would ask, but for what finds out which credential holds.

use support::account::Account;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::counted::{PASSWORD, World};

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn an_open_registry_is_asked_no_more_than_by_ctr() {
    let registry = with_image(ProgrammableRegistry::open());
    World::new(&[&registry]).assert_counts(&[&registry]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_that_asks_for_a_password_is_asked_no_more_than_by_ctr() {
    let registry = with_image(ProgrammableRegistry::basic(&[alice()]));
    let world = World::new(&[&registry]).logged_in_to(&registry, PASSWORD);
    world.assert_counts(&[&registry]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_registry_that_asks_for_tokens_is_asked_no_more_than_by_ctr() {
    let registry = with_image(ProgrammableRegistry::bearer(&[alice()]));
    let world = World::new(&[&registry]).logged_in_to(&registry, PASSWORD);
    world.assert_counts(&[&registry]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_mirror_without_the_image_is_asked_no_more_than_by_ctr() {
    for mirror in [
        ProgrammableRegistry::open(),
        ProgrammableRegistry::basic(&[alice()]),
        ProgrammableRegistry::bearer(&[alice()]),
    ] {
        let upstream = with_image(ProgrammableRegistry::basic(&[alice()]));
        let world = World::new(&[&mirror, &upstream])
            .logged_in_to(&mirror, PASSWORD)
            .logged_in_to(&upstream, PASSWORD);
        world.assert_counts(&[&mirror, &upstream]);
    }
    let open = [
        ProgrammableRegistry::open(),
        with_image(ProgrammableRegistry::open()),
    ];
    World::new(&[&open[0], &open[1]]).assert_counts(&[&open[0], &open[1]]);
}

#[support::test(needs("containerd", "root?", "unpacking?"))]
fn a_wrong_password_is_sent_once_and_never_by_the_daemon() {
    let mirror = with_image(ProgrammableRegistry::basic(&[alice()]));
    let upstream = with_image(ProgrammableRegistry::open());
    let world = World::new(&[&mirror, &upstream])
        .logged_in_to(&mirror, "wrong")
        .logged_in_for("team", &mirror, "wrong too");
    world.portunus().assert_success();
    let requests = mirror.requests();
    let sent = requests.iter().filter_map(|request| {
        let (_, password) = request.basic()?;
        Some((password, request.header("User-Agent").unwrap_or_default()))
    });
    let sent: Vec<(String, &str)> = sent.collect();
    let passwords: Vec<&str> = sent.iter().map(|(password, _)| password.as_str()).collect();
    assert_eq!(passwords, ["wrong too", "wrong"]);
    for (_, agent) in &sent {
        assert!(agent.starts_with("portunus/"), "{agent}");
    }
}

/// An account for everything.
fn alice() -> Account {
    Account::new("alice", PASSWORD)
}

fn with_image(registry: ProgrammableRegistry) -> ProgrammableRegistry {
    let image = Image::of_sizes("counted", &[1000, 2000, 3000, 4000]);
    registry.put_image("team/app", "v1", &image);
    registry
}
