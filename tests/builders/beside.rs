//! A session beside another client's: the builder does not ask it.

use std::time::Duration;

use support::process;
use support::programmable_registry::ProgrammableRegistry;
use tokio::net::UnixStream;
use tokio::time::timeout;
use worlds::http::World;

use crate::buildx::{PRIVATE, buildx, workshop};
use crate::worlds::session::{open, settings};
use crate::worlds::workshop::accounts;

/// Why there is no command that holds a session for `buildctl`: kept to show when BuildKit lets a
/// second session join.
#[support::test(needs(
    "docker/docker-buildx",
    "docker/dockerd",
    "containerd",
    "runc",
    "docker-daemon?"
))]
fn a_build_asks_the_session_that_came_with_it_and_no_other() {
    let registry = ProgrammableRegistry::bearer(&accounts("canary-ann"));
    let workshop = workshop(&registry);
    let at = registry.address();
    let world = World::new().with_login(&at, "ann", "canary-ann");
    let session = open(&world, &[&format!("{at}/{PRIVATE}")], &[], settings());
    let mut attached = world.block_on(async {
        let connection = UnixStream::connect(workshop.socket()).await.unwrap();
        session.attach_upgraded(connection).await.unwrap()
    });
    registry.forget_requests();
    let nobody = workshop.home.path().join("nobody");
    std::fs::create_dir(&nobody).unwrap();
    let context = workshop.context_on("private", PRIVATE, "of nobody");
    let mut build = buildx(&workshop, &nobody, &["build", "--pull", &context]);
    process::run(&mut build, b"").assert_code(1);
    assert!(!registry.requests().is_empty());
    assert!(registry.requests_with("canary-ann").is_empty());
    assert_eq!(session.notes(), []);
    // It was there all the time.
    let waited =
        world.block_on(async { timeout(Duration::from_millis(100), attached.ended()).await });
    waited.unwrap_err();
}
