//! How often containerd asks a host again that has passing trouble (`Retry-After` it does not read).

use support::http::Reply;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;
use crate::worlds::two_mirrors::{IMAGE, image, second};

/// `withRetry` in `core/remotes/docker/resolver.go`.
#[support::test(needs("containerd"))]
fn only_the_last_host_is_given_a_second_chance() {
    for status in [500, 503, 504] {
        let (first, last) = (ProgrammableRegistry::open(), second());
        first.put_image("team/app", "v1", &image());
        for host in [&first, &last] {
            host.when_first(1, |request| request.method == "HEAD", Reply::status(status));
        }
        let world = World::new().with_hosts("reg-a.test", &[&first.url(), &last.url()]);
        let world = DaemonWorld::new(world);
        let request = world.pull_request(IMAGE, Default::default());
        world.pull_until(request, std::future::pending()).unwrap();
        let heads = |host: &ProgrammableRegistry| {
            let requests = host.requests();
            requests.iter().filter(|it| it.method == "HEAD").count()
        };
        assert_eq!((heads(&first), heads(&last)), (1, 2), "{status}");
    }
}

/// containerd tries 6 times without a pause, and 5 times since 2.3.
#[support::test(needs("containerd"))]
fn a_host_that_asks_for_patience_is_asked_a_few_times_more() {
    for status in [408, 429] {
        let (first, second) = (ProgrammableRegistry::open(), second());
        first.always(Reply::status(status));
        let world = World::new().with_hosts("reg-a.test", &[&first.url(), &second.url()]);
        let world = DaemonWorld::new(world);
        let request = world.pull_request(IMAGE, Default::default());
        world.pull_until(request, std::future::pending()).unwrap();
        let requests = first.requests();
        let heads = requests.iter().filter(|it| it.method == "HEAD").count();
        assert!((5..=6).contains(&heads), "{heads} after {status}");
    }
}
