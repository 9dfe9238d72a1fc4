//! Whatever the first mirror does, containerd and our own walk go on to the second one alike.

use std::time::Duration;

use portunus_containerd::TransferErrorKind;
use support::account::Account;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::{port, trials};

use crate::daemon_world::DaemonWorld;
use crate::http_world::World;

trials! {
    every_failure_of_the_first_mirror_leads_to_the_second needs ["containerd"],
    failures_of_blobs_alone_lead_to_the_second_mirror_too needs ["containerd"],
    a_mirror_that_refuses_connections_is_passed_over needs ["containerd"],
    a_login_that_helps_nothing_leads_to_the_second_mirror needs ["containerd"],
    a_mirror_that_hangs_stops_containerd_and_not_our_own_walk needs ["containerd"],
}

const IMAGE: &str = "reg-a.test/team/app:v1";

fn failures() -> Vec<(&'static str, Reply)> {
    let mut failures: Vec<(&str, Reply)> = [400, 401, 403, 404, 500, 502, 503, 504]
        .map(|status| ("a status", Reply::status(status)))
        .to_vec();
    failures.push(("an unknown scheme", Reply::challenge("Digest realm=\"d\"")));
    failures.push(("a Basic challenge", Reply::challenge("Basic realm=\"b\"")));
    failures.push(("a reset", Reply::reset()));
    failures
}

fn every_failure_of_the_first_mirror_leads_to_the_second() {
    for (name, reply) in failures() {
        both_go_on(name, |first| first.always(reply.clone()));
    }
}

fn failures_of_blobs_alone_lead_to_the_second_mirror_too() {
    for (name, reply) in failures() {
        both_go_on(name, |first| {
            first.when(|request| request.path.contains("/blobs/"), reply.clone());
        });
    }
}

fn a_mirror_that_refuses_connections_is_passed_over() {
    let second = second();
    let dead = format!("http://127.0.0.1:{}", port::free());
    both_pull(
        "nobody listens",
        World::new().with_hosts("reg-a.test", &[&dead, &second.url()]),
    );
}

fn a_login_that_helps_nothing_leads_to_the_second_mirror() {
    let second = second();
    for account in [
        Account::new("alice", "other"),
        Account::new("alice", "wonder").only("elsewhere"),
    ] {
        for first in [
            ProgrammableRegistry::basic(std::slice::from_ref(&account)),
            ProgrammableRegistry::bearer(std::slice::from_ref(&account)),
        ] {
            first.put_image("team/app", "v1", &image());
            let world = World::new()
                .with_hosts("reg-a.test", &[&first.url(), &second.url()])
                .with_login(&first.address(), "alice", "wonder");
            both_pull("a login that helps nothing", world);
        }
    }
}

fn a_mirror_that_hangs_stops_containerd_and_not_our_own_walk() {
    let (first, second) = (ProgrammableRegistry::open(), second());
    first.always(Reply::silence());
    let mut world = World::new().with_hosts("reg-a.test", &[&first.url(), &second.url()]);
    world.options.timeouts.answer = Duration::from_millis(300);
    world.pull(IMAGE).unwrap();
    let world = DaemonWorld::new(world);
    let mut request = world.pull_request(IMAGE, Default::default());
    request.deadlines.idle = Duration::from_millis(500);
    let error = world
        .pull_until(request, std::future::pending())
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TimedOut);
}

fn both_go_on(name: &str, make_fail: impl Fn(&ProgrammableRegistry)) {
    let (first, second) = (ProgrammableRegistry::open(), second());
    first.put_image("team/app", "v1", &image());
    make_fail(&first);
    both_pull(
        name,
        World::new().with_hosts("reg-a.test", &[&first.url(), &second.url()]),
    );
    assert!(!first.requests().is_empty());
}

/// Each has the image from the second mirror.
fn both_pull(name: &str, world: World) {
    let pulled = world
        .pull(IMAGE)
        .unwrap_or_else(|error| panic!("our own walk, {name}: {error:?}"));
    assert_eq!(pulled.manifest.digest, image().digest());
    let world = DaemonWorld::new(world);
    let report = world
        .pull(IMAGE)
        .unwrap_or_else(|error| panic!("containerd, {name}: {error:?}"));
    assert_eq!(report.digest, image().digest());
    world.assert_no_lease();
}

fn second() -> ProgrammableRegistry {
    let second = ProgrammableRegistry::open();
    second.put_image("team/app", "v1", &image());
    second
}

fn image() -> Image {
    Image::of_sizes("one", &[100, 200])
}
