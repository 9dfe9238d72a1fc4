//! What no real daemon does, or only one newer than those that are here: read from containerd's
//! source, and played by a daemon of ours.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portunus::remedy::Advise;
use portunus_containerd::{
    ConnectError, Observer, ProgressReport, ProgressState, Question, TransferErrorKind,
};

use crate::worlds::fake_daemon::{FakeDaemon, Reaction, Script, Step};
use crate::worlds::played::{IDLE, answers, ask, connect, observed, pull};

#[support::test(waits)]
fn a_daemon_that_hangs_in_any_call_is_named_in_time() {
    for call in [
        "Leases/Create",
        "Leases/List",
        "Streaming/Stream",
        "Images/Get",
        "Transfer/Transfer",
    ] {
        let daemon = FakeDaemon::start(Script::of("2.2.0").at(call, Reaction::Hang));
        let started = Instant::now();
        let error = pull(&daemon, Arc::new(answers())).unwrap_err();
        assert!(
            started.elapsed() < Duration::from_secs(3),
            "{call}: {error}"
        );
        assert_eq!(error.kind(), TransferErrorKind::TimedOut, "{call}: {error}");
        assert!(error.to_string().contains("400 ms"), "{call}: {error}");
        assert!(!error.remedies().is_empty(), "{call}");
        assert_eq!(daemon.seen().leases, [], "{call}");
    }
    let daemon = FakeDaemon::start(Script::of("2.2.0").at("Version/Version", Reaction::Hang));
    let error = connect(&daemon).unwrap_err();
    assert!(matches!(error, ConnectError::Silent { .. }), "{error}");
}

#[support::test]
fn a_daemon_that_does_not_know_a_call_is_named_or_done_without() {
    for call in [
        "Leases/Create",
        "Streaming/Stream",
        "Images/Get",
        "Transfer/Transfer",
    ] {
        let daemon = FakeDaemon::start(Script::of("2.2.0").at(call, Reaction::Refuse));
        let error = pull(&daemon, Arc::new(answers())).unwrap_err();
        assert_eq!(error.kind(), TransferErrorKind::Failed, "{call}: {error}");
        assert!(
            error.to_string().contains("Unimplemented: not here"),
            "{error}"
        );
        assert_eq!(daemon.seen().leases, [], "{call}");
    }
    let daemon = FakeDaemon::start(Script::of("2.2.0").at("Leases/List", Reaction::Refuse));
    pull(&daemon, Arc::new(answers())).unwrap();
    let other = FakeDaemon::start(Script::of("2.2.0").at("Version/Version", Reaction::Refuse));
    let error = connect(&other).unwrap_err();
    assert!(
        matches!(error, ConnectError::NotContainerd { .. }),
        "{error}"
    );
}

#[support::test]
fn streams_that_the_daemon_closes_or_keeps_open_do_no_harm() {
    for (step, then_asks) in [
        (Step::CloseProgress, true),
        (Step::KeepProgressOpen, true),
        (Step::CloseQuestions, false),
    ] {
        let mut steps = vec![ask("a.test"), step.clone()];
        steps.extend(then_asks.then(|| ask("b.test")));
        let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps));
        let started = Instant::now();
        let report = pull(&daemon, Arc::new(answers())).unwrap();
        assert_eq!(
            report.questions.len(),
            1 + usize::from(then_asks),
            "{step:?}"
        );
        assert!(started.elapsed() < Duration::from_secs(3), "{step:?}");
        assert_eq!(daemon.seen().leases, [], "{step:?}");
    }
    let steps = [Step::CloseQuestions, ask("a.test")];
    let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps));
    let error = pull(&daemon, Arc::new(answers())).unwrap_err();
    assert!(
        error.to_string().contains("Cancelled: context canceled"),
        "{error}"
    );
    assert_eq!(daemon.seen().leases, []);
}

#[support::test(waits)]
fn unpacking_is_told_of_since_2_2_and_is_no_silence() {
    let layer = "layer-sha256:aa";
    let mut steps = vec![
        Step::Progress("waiting", layer, 0, 10),
        Step::Progress("complete", layer, 10, 10),
        Step::Progress("extracting", layer, 0, 0),
        Step::Wait(2 * IDLE),
        Step::Progress("extracted", layer, 0, 0),
    ];
    let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps.clone()));
    let mut states = States::default();
    let report = observed(&daemon, Arc::new(answers()), &mut states).unwrap();
    assert_eq!(
        states.0,
        [
            ProgressState::Waiting,
            ProgressState::Complete,
            ProgressState::Extracting,
            ProgressState::Extracted,
        ]
    );
    assert_eq!((report.totals.done(), report.totals.total()), (10, 10));
    assert_eq!(report.totals.layers(), (1, 1));

    // The same silence while bytes are awaited is one.
    steps.remove(1);
    let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps));
    let error = pull(&daemon, Arc::new(answers())).unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::TimedOut, "{error}");
}

#[support::test]
fn events_that_nobody_knows_are_passed_over() {
    let steps = [
        Step::Progress("defragmenting", "layer-sha256:aa", 3, 7),
        Step::Progress("waiting", "layer-sha256:bb", -1, -1),
        Step::Progress("complete", "layer-sha256:bb", 5, 5),
    ];
    let daemon = FakeDaemon::start(Script::of("9.0.0").transfer(steps));
    let report = pull(&daemon, Arc::new(answers())).unwrap();
    assert_eq!((report.totals.done(), report.totals.total()), (5, 5));
    assert_eq!(report.totals.layers(), (1, 1));
}

#[derive(Default)]
struct States(Vec<ProgressState>);

impl Observer for States {
    fn progress(&mut self, progress: &ProgressReport) {
        self.0.push(progress.state.clone());
    }

    fn question(&mut self, _: &Question) {}
}
