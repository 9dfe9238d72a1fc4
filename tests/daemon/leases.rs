//! The lease of a pull is on all that it does, ends with it, and is never that of another one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portunus::remedy::{Advise, Remedy};
use portunus_containerd::{Lease, TransferError, TransferErrorKind};
use support::http::Reply;
use tonic::Code;

use crate::worlds::daemon::{default_namespace, tomorrow};
use crate::worlds::download::{Download, Machine};
use crate::worlds::fake_daemon::{FakeDaemon, Reaction, Script, Step};
use crate::worlds::played::{answers, ask, pull};
use crate::worlds::stalling::stalling;

const IMAGE: &str = "reg-a.test/team/app:v1";
const OTHER: &str = "reg-a.test/team/other:v1";

#[support::test(waits)]
fn a_lease_that_cannot_be_deleted_does_not_hold_up_the_end() {
    for reaction in [Reaction::Hang, Reaction::Refuse] {
        let daemon = FakeDaemon::start(Script::of("2.2.0").at("Leases/Delete", reaction));
        let started = Instant::now();
        pull(&daemon, Arc::new(answers())).unwrap();
        assert!(started.elapsed() < Duration::from_secs(7));
        let labels = &daemon.seen().leases[0].labels;
        assert!(labels.contains_key("containerd.io/gc.expire"), "{labels:?}");
    }
}

#[support::test]
fn the_lease_is_on_every_stream_and_on_the_transfer() {
    let daemon = FakeDaemon::start(Script::of("2.2.0"));
    for lease in ["lease-1", "lease-2"] {
        let before = daemon.seen().calls.len();
        pull(&daemon, Arc::new(answers())).unwrap();
        let calls = daemon.seen().calls.split_off(before);
        let leased = |name: &str| {
            let calls = calls.iter().filter(|call| call.name == name);
            calls
                .filter(|call| call.lease.as_deref() == Some(lease))
                .count()
        };
        let counts = ["Streaming/Stream", "Transfer/Transfer", "Leases/Delete"].map(leased);
        assert_eq!(counts, [2, 1, 1], "{calls:?}");
        for call in calls.iter().filter(|call| call.name != "Version/Version") {
            assert_eq!(
                call.containerd_namespace.as_deref(),
                Some("default"),
                "{call:?}"
            );
        }
    }
}

#[support::test(needs("containerd"))]
fn a_dropped_pull_gives_its_lease_back() {
    for moment in [0, 1, 2, 5, 10, 400] {
        drop_after(Duration::from_millis(moment));
    }
}

fn drop_after(moment: Duration) {
    let (_registry, world) = stalling(|path| path.contains("/blobs/"), Reply::silence());
    let request = world.pull_request(IMAGE, Default::default());
    let connected = world.connect();
    let dropped = async {
        let mut nobody = ();
        let pulling = connected.pull(request, &mut nobody, std::future::pending());
        tokio::time::timeout(moment, pulling).await
    };
    assert!(world.world.block_on(dropped).is_err(), "the pull stalls");
    let started = Instant::now();
    let owned = || {
        world
            .daemon
            .ctr(&["leases", "ls"])
            .stdout
            .contains("portunus/owner")
    };
    while owned() {
        assert!(
            started.elapsed() < Duration::from_secs(5),
            "a lease is left"
        );
    }
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

/// By a clock that is a year behind the daemon's, or a year ahead of it. What has expired the daemon
/// collects when it likes.
#[support::test(needs("containerd"))]
fn a_lease_that_has_expired_is_no_lack_of_the_image_and_one_of_next_year_goes_with_its_pull() {
    let download = Download::new();
    download.go_on();
    let year = Duration::from_secs(365 * 24 * 3600);
    for (expires_at, has_expired) in [(tomorrow() - year, true), (tomorrow() + year, false)] {
        // Each a daemon of its own, of which none still collects what the other pull has left.
        let machine = Machine::new(&download);
        let mut request = machine.world.pull_request(IMAGE, Default::default());
        request.terms.lease_expires_at = expires_at;
        let pulled = machine.world.pull_until(request, std::future::pending());
        match pulled {
            Err(error) if has_expired => assert_lets_go(&error),
            pulled => drop(pulled.unwrap()),
        }
        machine.world.assert_no_lease();
    }
}

#[support::test]
fn a_lease_that_the_clock_has_ended_in_the_middle_is_no_lack_of_the_image() {
    let commit = "failed commit on ref \"layer-sha256:00\": rename /content/ingest/00/data \
        /content/blobs/sha256/00: no such file or directory";
    for (code, text) in [
        (Code::NotFound, "lease does not exist: not found"),
        (Code::NotFound, "content digest sha256:00: not found"),
        (Code::Unknown, commit),
    ] {
        let steps = [ask("a.test"), Step::Fail(code, text)];
        let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps));
        assert_lets_go(&pull(&daemon, Arc::new(answers())).unwrap_err());
    }
}

/// Of the lease, or of what was held under it.
#[track_caller]
fn assert_lets_go(error: &TransferError) {
    assert_eq!(error.kind(), TransferErrorKind::Failed, "{error}");
    let told = [
        "lease expire: the clock was set",
        "has not kept what it fetched",
    ];
    let text = error.to_string();
    assert!(told.iter().any(|told| text.contains(told)), "{error}");
    assert_eq!(error.remedies(), [Remedy::TryAgain]);
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
