//! A daemon that dies at each call of a transfer, or in its middle: that is named at once, and the lease
//! that nobody can delete any more ends by itself, or with the next pull.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portunus::remedy::Advise;
use portunus_containerd::{TransferError, TransferErrorKind};
use tonic::Code;

use crate::worlds::fake_daemon::{FakeDaemon, Reaction, Script, Step};
use crate::worlds::played::{answers, ask, connect, pull};

const AT_ONCE: Duration = Duration::from_secs(3);

#[support::test]
fn at_each_call_of_a_pull_it_is_named_at_once() {
    let steps = [ask("a.test"), ask("b.test")];
    let script = |step| Script::of("2.2.0").transfer(steps.clone()).dying_at(step);
    let daemon = FakeDaemon::start(script(1));
    let started = Instant::now();
    connect(&daemon).unwrap_err();
    assert!(started.elapsed() < AT_ONCE);
    for step in 2.. {
        let daemon = FakeDaemon::start(script(step));
        let started = Instant::now();
        let pulled = pull(&daemon, Arc::new(answers()));
        assert!(started.elapsed() < AT_ONCE, "{step}: {pulled:?}");
        let seen = daemon.seen();
        let names: Vec<&str> = seen.calls.iter().map(|call| call.name.as_str()).collect();
        if names.len() < step {
            assert!(pulled.is_ok() && step > 7, "{names:?}");
            assert_eq!(seen.leases, []);
            break;
        }
        assert_lease_ends(&daemon);
        match names[step - 1] {
            // What was asked for is done.
            "Leases/Delete" => drop(pulled.unwrap()),
            // What it lists is of others, and can wait.
            "Leases/List" => assert_broke(&pulled.unwrap_err(), "Leases/Create"),
            call => assert_broke(&pulled.unwrap_err(), call),
        }
    }
}

#[support::test]
fn in_the_middle_of_a_transfer_it_is_named_at_once() {
    let layer = "layer-sha256:aa";
    let steps = [
        ask("a.test"),
        Step::Progress("waiting", layer, 0, 10),
        ask("b.test"),
        Step::Progress("complete", layer, 10, 10),
    ];
    for done in 0..=steps.len() {
        let steps = steps[..done].iter().cloned().chain([Step::Die]);
        let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps));
        let started = Instant::now();
        let error = pull(&daemon, Arc::new(answers())).unwrap_err();
        assert!(started.elapsed() < AT_ONCE, "{done}: {error}");
        assert_broke(&error, "Transfer/Transfer");
        assert_lease_ends(&daemon);
    }
}

#[support::test]
fn where_the_lease_is_to_be_deleted_the_pull_is_done_all_the_same() {
    for reaction in [
        Reaction::Die,
        Reaction::Refuse,
        Reaction::Answer(Code::Internal),
        Reaction::Answer(Code::Unavailable),
        Reaction::Answer(Code::NotFound),
        Reaction::Answer(Code::PermissionDenied),
    ] {
        let daemon = FakeDaemon::start(Script::of("2.2.0").at("Leases/Delete", reaction));
        let started = Instant::now();
        pull(&daemon, Arc::new(answers())).unwrap();
        assert!(started.elapsed() < AT_ONCE, "{reaction:?}");
        assert_lease_ends(&daemon);
    }
}

/// The reason of the failure itself is told, not that of the lease.
#[support::test]
fn where_the_lease_of_a_failed_pull_cannot_be_deleted_its_failure_is_told() {
    for reaction in [Reaction::Die, Reaction::Answer(Code::Internal)] {
        for call in ["Leases/ListResources", "Leases/Delete"] {
            let failing = Step::Fail(Code::NotFound, "no such image");
            let script = Script::of("2.2.0").transfer([failing]).at(call, reaction);
            let daemon = FakeDaemon::start(script);
            let error = pull(&daemon, Arc::new(answers())).unwrap_err();
            assert_eq!(error.kind(), TransferErrorKind::NotFound, "{call}: {error}");
        }
    }
}

#[track_caller]
fn assert_broke(error: &TransferError, call: &str) {
    assert_eq!(error.kind(), TransferErrorKind::Failed, "{call}: {error}");
    let text = error.to_string();
    assert!(
        text.contains("the connection to containerd broke"),
        "{call}: {text}"
    );
    assert!(!text.contains("of-a.test"), "{call}: {text}");
    assert!(!error.remedies().is_empty(), "{call}");
}

/// Each lease that is left expires, and says whose it is.
#[track_caller]
fn assert_lease_ends(daemon: &FakeDaemon) {
    for lease in daemon.seen().leases {
        for label in ["containerd.io/gc.expire", "portunus/owner"] {
            assert!(lease.labels.contains_key(label), "{lease:?}");
        }
    }
}
