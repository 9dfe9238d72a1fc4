//! What a pull has fetched when it is stopped is there for the next one, and nothing else is left.

use std::time::{Duration, Instant};

use portunus_containerd::TransferErrorKind;
use support::containerd::Containerd;

use crate::worlds::daemon::{DaemonWorld, tomorrow};
use crate::worlds::download::{Download, Machine, wait_until};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test(needs("containerd"))]
fn a_cancelled_pull_leaves_nothing_and_the_next_one_succeeds() {
    let download = Download::new();
    let world = DaemonWorld::new(download.world());
    let request = world.pull_request(IMAGE, Default::default());
    let error = world
        .pull_until(request.clone(), download.reaches_the_middle())
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Cancelled, "{error}");
    world.assert_only_remains_of(IMAGE);
    assert!(!world.has(IMAGE));

    // Once more, so that what was taken over is handed on.
    let error = world
        .pull_until(request.clone(), download.reaches_the_middle())
        .unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Cancelled, "{error}");
    world.assert_only_remains_of(IMAGE);

    download.go_on();
    world.pull_until(request, std::future::pending()).unwrap();
    download.assert_resumed();
    assert!(world.has(IMAGE));
    world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn a_cancelled_pull_leaves_nothing_running_in_the_daemon() {
    let download = Download::new();
    let world = DaemonWorld::new(download.world());
    let works = || {
        let stacks = world.daemon.goroutines();
        ["/transfer/local.", "/services/streaming."].map(|package| stacks.contains(package))
    };
    let cancelled = async {
        download.reaches_the_middle().await;
        assert_eq!(works(), [true, true]);
    };
    let request = world.pull_request(IMAGE, Default::default());
    world.pull_until(request, cancelled).unwrap_err();
    wait_until("the transfer and its streams end", || {
        works() == [false, false]
    });
}

#[support::test(long, needs("containerd"))]
fn what_a_cancelled_pull_has_fetched_is_collected_in_the_end() {
    let download = Download::new();
    let world = DaemonWorld::new(download.world());
    let mut request = world.pull_request(IMAGE, Default::default());
    request.terms.lease_expires_at = tomorrow() - Duration::from_secs(86_400 - 4);
    let cancelled = world.pull_until(request, download.reaches_the_middle());
    cancelled.unwrap_err();
    let kept = || {
        collect_garbage(&world.daemon);
        let listed = |what| world.daemon.ctr(&["content", what]).stdout;
        (listed("ls"), listed("active"))
    };
    let (whole, parts) = kept();
    assert!(whole.contains("sha256:"), "no manifest: {whole}");
    assert!(
        parts.contains("layer-sha256:"),
        "no part of the layer: {parts}"
    );
    wait_until("the lease expires", || {
        let (whole, parts) = kept();
        !whole.contains("sha256:") && !parts.contains("sha256:")
    });
}

#[support::test(needs("containerd"))]
fn a_daemon_that_was_killed_goes_on_where_it_was() {
    let download = Download::new();
    let mut machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    download.wait_for_the_middle();
    let killed = Instant::now();
    machine.world.daemon.kill();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(killed.elapsed() < Duration::from_secs(5));
    let told = "the connection to containerd broke";
    assert!(program.log().contains(told), "{}", program.log());
    machine.assert_no_folder_is_left();

    let mut program = machine.pull(IMAGE, &[]);
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    let told = "nobody listens at this socket";
    assert!(program.log().contains(told), "{}", program.log());

    download.go_on();
    machine.world.daemon.start_again();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    download.assert_resumed();
    machine.world.assert_no_lease();
}

/// Has the daemon collect what nothing refers to.
fn collect_garbage(daemon: &Containerd) {
    let create = ["leases", "create", "--id", "short", "--expires", "1m"];
    daemon.ctr(&create).assert_success();
    daemon
        .ctr(&["leases", "rm", "--sync", "short"])
        .assert_success();
}
