//! What a pull has fetched when it is stopped is there for the next one, and nothing else is left.

use std::time::{Duration, Instant};

use portunus_containerd::{Lease, TransferErrorKind};
use rustix::process::Signal;
use support::containerd::Containerd;
use support::http::Reply;

use crate::worlds::daemon::{DaemonWorld, default_namespace, tomorrow};
use crate::worlds::download::{Download, Machine, wait_until};

const IMAGE: &str = "reg-a.test/team/app:v1";
const OTHER: &str = "reg-a.test/team/other:v1";

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

#[support::test(needs("containerd"))]
fn what_a_cancelled_pull_has_fetched_is_collected_in_the_end() {
    let download = Download::new();
    let world = DaemonWorld::new(download.world());
    let mut request = world.pull_request(IMAGE, Default::default());
    request.lease_expires_at = tomorrow() - Duration::from_secs(86_400 - 4);
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
fn ctrl_c_ends_the_program_in_order_and_the_next_call_resumes() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    download.wait_for_the_middle();
    machine.assert_nobody_else_reads_the_folders();
    program.interrupt();
    let status = program.wait();
    assert_eq!(status.code(), Some(1), "{}", program.log());
    for told in [
        "pull of reg-a.test/team/app:v1: cancelled",
        "help: run the same command again",
    ] {
        assert!(program.log().contains(told), "{}", program.log());
    }
    machine.world.assert_only_remains_of(IMAGE);
    machine.assert_no_folder_is_left();

    download.go_on();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    download.assert_resumed();
    machine.world.assert_no_lease();
    machine.assert_no_folder_is_left();
}

#[support::test(needs("containerd"))]
fn ctrl_c_ends_a_local_pull_in_order() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &["--local"]);
    download.wait_for_the_middle();
    machine.assert_nobody_else_reads_the_folders();
    program.interrupt();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(program.log().contains("cancelled"), "{}", program.log());
    machine.world.assert_no_lease();
    machine.assert_no_folder_is_left();

    // What was fetched went with the folder: from zero.
    download.go_on();
    let mut program = machine.pull(IMAGE, &["--local"]);
    assert!(program.wait().success(), "{}", program.log());
    assert!(machine.world.has(IMAGE));
    machine.world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn other_signals_end_the_program_in_order_as_well() {
    let download = Download::new();
    let machine = Machine::new(&download);
    for signal in [Signal::TERM, Signal::HUP] {
        for options in [&[][..], &["--local"]] {
            download.registry.forget_requests();
            let mut program = machine.pull(IMAGE, options);
            download.wait_for_the_middle();
            program.signal(signal);
            assert_eq!(program.wait().code(), Some(1), "{signal:?} {options:?}");
            assert!(program.log().contains("cancelled"), "{}", program.log());
            machine.assert_no_folder_is_left();
            machine.world.assert_only_remains_of(IMAGE);
        }
    }
}

#[support::test(needs("containerd"))]
fn a_hangup_that_is_ignored_from_the_start_stays_so() {
    let download = Download::new();
    let machine = Machine::new(&download);
    let mut program = machine.pull_without_hangup(IMAGE, &["--local"]);
    download.wait_for_the_middle();
    program.signal(Signal::HUP);
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(machine.folders().len(), 1, "{}", program.log());
    program.signal(Signal::TERM);
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    machine.assert_no_folder_is_left();
}

/// Before containerd is called, while a mirror does not answer us.
#[support::test(needs("containerd"))]
fn ctrl_c_ends_the_asking_of_hosts_in_order() {
    let download = Download::new();
    download.registry.always(Reply::silence());
    let machine = Machine::new(&download);
    let mut program = machine.pull(IMAGE, &[]);
    wait_until("the mirror is asked", || {
        !download.registry.requests().is_empty()
    });
    let pressed = Instant::now();
    program.interrupt();
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    assert!(pressed.elapsed() < Duration::from_secs(2));
    assert!(program.log().contains("cancelled"), "{}", program.log());
    machine.assert_no_folder_is_left();
    machine.world.assert_no_lease();
}

#[support::test(needs("containerd"))]
fn a_program_that_was_killed_is_cleared_up_after() {
    for next in [IMAGE, OTHER] {
        let download = Download::new();
        let machine = Machine::new(&download);
        let mut program = machine.pull(IMAGE, &[]);
        download.wait_for_the_middle();
        program.kill();
        let listed = machine.world.daemon.ctr(&["leases", "ls", "--quiet"]);
        assert_eq!(listed.stdout.lines().count(), 1, "{listed}");

        download.go_on();
        let mut program = machine.pull(next, &[]);
        assert!(program.wait().success(), "{}", program.log());
        machine.world.assert_no_lease();
        if next == IMAGE {
            download.assert_resumed();
        }
    }
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

#[support::test(needs("containerd"))]
fn the_lease_of_a_program_that_runs_stays() {
    let download = Download::new();
    download.go_on();
    let machine = Machine::new(&download);
    let daemon = machine.world.connect();
    let namespace = default_namespace();
    let creating = Lease::create(&daemon, &namespace, tomorrow());
    let lease = machine.world.world.block_on(creating).unwrap();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    let listed = machine.world.daemon.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(listed.stdout.trim(), lease.id());
    machine.world.world.block_on(lease.delete()).unwrap();
    machine.world.assert_no_lease();
}

/// As it is in a pid namespace of its own with the `/proc` of another: its lease has no owner.
#[support::test(needs("containerd"))]
fn the_lease_of_a_program_that_cannot_tell_who_it_is_stays() {
    let download = Download::new();
    download.go_on();
    let machine = Machine::new(&download);
    let reference = format!("portunus/reference={IMAGE}");
    let create = ["leases", "create", "--id", "ownerless", &reference];
    machine.world.daemon.ctr(&create).assert_success();
    let mut program = machine.pull(IMAGE, &[]);
    assert!(program.wait().success(), "{}", program.log());
    let listed = machine.world.daemon.ctr(&["leases", "ls", "--quiet"]);
    assert_eq!(listed.stdout.trim(), "ownerless");
}

/// Has the daemon collect what nothing refers to.
fn collect_garbage(daemon: &Containerd) {
    let create = ["leases", "create", "--id", "short", "--expires", "1m"];
    daemon.ctr(&create).assert_success();
    daemon
        .ctr(&["leases", "rm", "--sync", "short"])
        .assert_success();
}
