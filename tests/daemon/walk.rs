//! Whatever the first mirror does, containerd and our own walk go on to the second one alike.

use std::time::Duration;

use portunus_containerd::{Given, TransferErrorKind};
use support::account::Account;
use support::http::Reply;
use support::port;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;
use crate::worlds::two_mirrors::{IMAGE, both_pull, image, second};

fn failures() -> Vec<(&'static str, Reply)> {
    let mut failures: Vec<(&str, Reply)> = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504]
        .map(|status| ("a status", Reply::status(status)))
        .to_vec();
    failures.push(("an unknown scheme", Reply::challenge("Digest realm=\"d\"")));
    failures.push(("a Basic challenge", Reply::challenge("Basic realm=\"b\"")));
    failures.push(("a reset", Reply::reset()));
    failures
}

#[support::test(needs("containerd"))]
fn every_failure_of_the_first_mirror_leads_to_the_second() {
    for (name, reply) in failures() {
        both_go_on(name, |first| first.always(reply.clone()));
    }
}

#[support::test(needs("containerd"))]
fn failures_of_blobs_alone_lead_to_the_second_mirror_too() {
    for (name, reply) in failures() {
        both_go_on(name, |first| {
            first.when(|request| request.path.contains("/blobs/"), reply.clone());
        });
    }
}

#[support::test(needs("containerd"))]
fn a_mirror_that_refuses_connections_is_passed_over() {
    let second = second();
    let dead = format!("http://127.0.0.1:{}", port::free());
    both_pull(
        "nobody listens",
        World::new().with_hosts("reg-a.test", &[&dead, &second.url()]),
    );
}

#[support::test(needs("containerd"))]
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

#[support::test(needs("containerd"))]
fn a_mirror_that_hangs_stops_containerd_and_not_our_own_walk() {
    let (first, second) = (ProgrammableRegistry::open(), second());
    first.always(Reply::silence());
    let mut world = World::new().with_hosts("reg-a.test", &[&first.url(), &second.url()]);
    world.options.timeouts.answer = Duration::from_millis(300);
    world.pull(IMAGE).unwrap();
    let world = DaemonWorld::new(world);
    let mut request = world.pull_request(IMAGE, Default::default());
    request.terms.deadlines.idle = Duration::from_millis(500);
    let error = world
        .pull_until(request, std::future::pending())
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TimedOut);
}

#[support::test(needs("containerd"))]
fn a_token_endpoint_that_gives_none_leads_to_the_second_mirror() {
    for status in [401, 403, 404, 500] {
        both_go_on("a token endpoint", |first| {
            let realm = format!("Bearer realm=\"{}/token\"", first.url());
            first.always(Reply::challenge(&realm));
            first.when(|request| request.path == "/token", Reply::status(status));
        });
    }
}

#[support::test(needs("containerd"))]
fn a_failure_after_the_right_password_leads_to_the_second_mirror() {
    for status in [403, 404, 500] {
        let (first, second) = (
            ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]),
            second(),
        );
        first.when(
            |request| request.basic().is_some() && request.path != "/v2/",
            Reply::status(status),
        );
        let world = World::new()
            .with_hosts("reg-a.test", &[&first.url(), &second.url()])
            .with_login(&first.address(), "alice", "wonder");
        both_pull("a failure after the login", world);
        assert!(!first.requests_with("wonder").is_empty());
        assert!(second.requests_with("wonder").is_empty());
    }
}

#[support::test(needs("containerd"))]
fn a_name_that_does_not_resolve_is_passed_over() {
    let second = second();
    let hosts = ["http://nowhere.invalid", &second.url()];
    both_pull("a name", World::new().with_hosts("reg-a.test", &hosts));
}

#[support::test(needs("containerd"))]
fn a_ca_that_cannot_be_read_fails_the_whole_pull() {
    let second = second();
    let text = format!(
        "server = \"{}\"\n[host.\"https://127.0.0.1:1\"]\nca = \"/nowhere/ca.pem\"\n",
        second.url()
    );
    let world = World::new().with_hosts_toml("reg-a.test", &text);
    for arguments in [
        &["pull", IMAGE, "--oci-layout", "layout"][..],
        &["pull", IMAGE],
    ] {
        let ran = world.home.portunus(arguments).run();
        ran.assert_code(5);
        let place = "reg-a.test/hosts.toml:3:6: ";
        assert!(ran.stderr.contains(place), "{ran}");
        assert!(ran.stderr.contains("/nowhere/ca.pem"), "{ran}");
    }
    let world = DaemonWorld::new(world);
    let request = world.pull_request(IMAGE, Default::default());
    let error = world
        .pull_until(request, std::future::pending())
        .unwrap_err();
    assert!(
        error.to_string().contains("unable to read CA cert"),
        "{error}"
    );
    world.assert_no_lease();
}

/// containerd's fetch ignores capabilities (`core/remotes/docker/fetcher.go`).
#[support::test(needs("containerd"))]
fn a_host_for_pushes_alone_serves_layers_to_containerd_and_is_answered() {
    let pushes = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    pushes.put_image("team/app", "v1", &image());
    let second = second();
    let text = format!(
        "server = \"{}\"\n[host.\"{}\"]\ncapabilities = [\"push\"]\n",
        second.url(),
        pushes.url()
    );
    let world = World::new()
        .with_hosts_toml("reg-a.test", &text)
        .with_login(&pushes.address(), "alice", "wonder");
    let world = DaemonWorld::new(world);
    let report = world.pull(IMAGE).unwrap();
    let hosts = report.hosts();
    assert_eq!(hosts.len(), 1, "{hosts:?}");
    assert_eq!(hosts[0].host, pushes.address());
    assert!(
        matches!(hosts[0].given, Given::Credential { .. }),
        "{hosts:?}"
    );
    let served = pushes.requests();
    assert!(served.iter().any(|it| it.path.contains("/blobs/")));

    // Our own walk does not.
    pushes.forget_requests();
    world.world.pull(IMAGE).unwrap();
    assert!(pushes.requests().is_empty());
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
