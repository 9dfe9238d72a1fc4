//! A host that asks for patience (`Retry-After`), or has passing trouble, is asked again, within
//! bounds.

use std::time::{Duration, Instant};

use portunus_http::{HostFailure, Outcome};
use support::account::Account;
use support::http::{Body, Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{good_registry, world_with};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test(waits)]
fn a_host_that_asks_for_patience_is_given_some() {
    let (registry, _) = good_registry();
    registry.when_first(1, |_| true, Reply::status(429).header("Retry-After", "1"));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let started = Instant::now();
    world.pull(IMAGE).unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
}

/// The steps of a push: looking for a blob, beginning an upload, sending, closing, the manifest.
const STEPS: [(&str, &str); 5] = [
    ("HEAD", "/blobs/sha256:"),
    ("POST", "/blobs/uploads/"),
    ("PATCH", "/blobs/uploads/"),
    ("PUT", "/blobs/uploads/"),
    ("PUT", "/manifests/v1"),
];

fn is_step(request: &Request, (method, path): (&str, &str)) -> bool {
    request.method == method && request.path.contains(path)
}

/// That world, in which the host is not left alone for long.
fn impatient(mut world: World) -> World {
    world.options.timeouts.push_pause = Duration::from_millis(10);
    world
}

#[support::test(waits)]
fn passing_trouble_is_waited_for_within_bounds() {
    for reply in [
        Reply::status(408),
        Reply::status(429),
        Reply::status(429).header("Retry-After", "0"),
        Reply::status(429).header("Retry-After", "3600"),
        Reply::status(500),
        Reply::status(502),
        Reply::status(503),
        Reply::status(504),
        Reply::reset(),
    ] {
        for step in STEPS {
            let registry = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
            let image = Image::of_sizes("one", &[2000]);
            let world = impatient(world_with(&registry.url(), &image));
            let world = world.with_login(&registry.address(), "alice", "wonder");
            let at_step = move |it: &Request| it.basic().is_some() && is_step(it, step);
            registry.when_first(2, at_step, reply.clone());
            let pushed = world.push(IMAGE);
            assert!(pushed.is_ok(), "{step:?} {reply:?}: {pushed:?}");
            assert_eq!(
                registry.manifest("team/app", "v1").as_ref(),
                Some(&image.manifest)
            );
            registry.when(at_step, reply.clone());
            registry.forget_requests();
            let other = world.push("reg-a.test/team/other:v1");
            let asked = registry.requests().iter().filter(|it| at_step(it)).count();
            // A `HEAD` that breaks off is no verdict: a `GET` says that the blob is not there.
            let by_get = step == STEPS[0] && matches!(reply.body, Body::Reset);
            assert!(
                other.is_err() != by_get && asked <= 6,
                "{step:?} {reply:?}: {asked} times"
            );
        }
    }
}

#[support::test]
fn other_trouble_ends_a_push_at_once() {
    for status in [400, 404, 405, 413, 501] {
        let registry = ProgrammableRegistry::open();
        let world = world_with(&registry.url(), &Image::small("one"));
        let at_step = |it: &Request| is_step(it, STEPS[4]);
        registry.when(at_step, Reply::status(status));
        let error = world.push(IMAGE).unwrap_err();
        assert!(
            matches!(
                error.hosts[0].outcome,
                Outcome::Host(HostFailure::Status { .. })
            ),
            "{error}"
        );
        assert_eq!(
            registry.requests().iter().filter(|it| at_step(it)).count(),
            1
        );
    }
}
