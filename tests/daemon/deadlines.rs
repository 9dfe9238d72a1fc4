//! Whatever breaks during a transfer is named in time, and nobody's lease is left.

use std::time::{Duration, Instant};

use portunus_containerd::TransferErrorKind;
use support::http::Reply;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::daemon::{DaemonWorld, unprobed};
use crate::worlds::stalling::{stalling, world_at};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test(needs("containerd"))]
fn a_mirror_that_never_answers_does_not_hang_the_pull() {
    let (registry, world) = stalling(|_| true, Reply::silence());
    let error = pulled_within(&world, Duration::from_millis(400), None);
    assert_eq!(error, TransferErrorKind::TimedOut);
    world.assert_no_lease();
    drop(registry);
}

#[support::test(waits, needs("containerd"))]
fn a_blob_that_stalls_does_not_hang_the_pull() {
    let (registry, world) = stalling(|path| path.contains("/blobs/"), Reply::silence());
    let error = pulled_within(&world, Duration::from_millis(800), None);
    assert_eq!(error, TransferErrorKind::TimedOut);
    world.assert_only_remains_of(IMAGE);
    drop(registry);
}

#[support::test(needs("containerd"))]
fn a_transfer_ends_at_its_overall_deadline() {
    let (registry, world) = stalling(|path| path.contains("/blobs/"), Reply::silence());
    let overall = Some(Duration::from_millis(500));
    let error = pulled_within(&world, Duration::from_secs(60), overall);
    assert_eq!(error, TransferErrorKind::TimedOut);
    world.assert_only_remains_of(IMAGE);
    drop(registry);
}

#[support::test(needs("containerd"))]
fn a_daemon_that_dies_is_named_at_once() {
    let (registry, mut world) = stalling(|path| path.contains("/blobs/"), Reply::silence());
    let request = world.pull_request(IMAGE, unprobed(&registry.address(), "alice", "wonder"));
    let connected = world.connect();
    let pid = i32::try_from(world.daemon.id()).unwrap();
    let killer = support::threads::spawn(move || {
        std::thread::sleep(Duration::from_millis(400));
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    });
    let started = Instant::now();
    let pulling = async {
        connected
            .pull(request, &mut (), std::future::pending())
            .await
    };
    let error = world.world.block_on(pulling).unwrap_err();
    killer.join().unwrap();
    world.daemon.kill();
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(error.kind(), TransferErrorKind::Failed);
    assert!(
        error
            .to_string()
            .contains("the connection to containerd broke"),
        "{error}"
    );
}

#[support::test(needs("containerd"))]
fn an_image_that_nobody_has_is_not_found() {
    let registry = ProgrammableRegistry::open();
    let world = world_at(&registry);
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::NotFound, "{error}");
    world.assert_no_lease();
}

fn pulled_within(
    world: &DaemonWorld,
    idle: Duration,
    overall: Option<Duration>,
) -> TransferErrorKind {
    let mut request = world.pull_request(IMAGE, unprobed("127.0.0.1:1", "alice", "wonder"));
    request.terms.deadlines.idle = idle;
    request.terms.deadlines.overall = overall;
    let started = Instant::now();
    let error = world
        .pull_until(request, std::future::pending())
        .unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(5), "{error}");
    assert!(!error.to_string().contains("wonder"));
    error.kind()
}
