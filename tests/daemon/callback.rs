//! What no real daemon does, or only one newer than those that are here: read from containerd's
//! source, and played by a daemon of ours.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portunus::credential::Credential;
use portunus_containerd::{
    Answer, Answers, ConnectError, Containerd, HeldCredential, Lookup, Observer, Progress,
    ProgressState, PullRequest, Question, StoredUnder, TransferError, TransferErrorKind,
    TransferReport,
};
use prost_types::Any;
use tokio::runtime::Runtime;
use tonic::Code;

use crate::worlds::daemon::{default_namespace, tomorrow};
use crate::worlds::fake_daemon::{FakeDaemon, Reaction, Script, Step};

const REFERENCE: &str = "reg.test/team/app:v1";
const IDLE: Duration = Duration::from_millis(400);

#[support::test]
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
        assert!(!error.help().is_empty(), "{call}");
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

#[support::test]
fn every_question_gets_one_answer_whatever_is_asked() {
    let foreign = Any {
        type_url: "type.googleapis.com/containerd.types.transfer.AuthRequest".to_owned(),
        value: Vec::new(),
    };
    let broken = Any {
        type_url: "containerd.types.transfer.AuthRequest".to_owned(),
        value: vec![0xff; 3],
    };
    let all_at_once = ["a.test", "b.test", "elsewhere.test", "a.test"];
    let steps = [
        ask("a.test"),
        ask("redirected.test"),
        Step::AskAtOnce(all_at_once.map(str::to_owned).to_vec()),
        Step::Send(foreign),
        Step::Send(broken),
        Step::Send(Any::default()),
        ask("b.test"),
    ];
    let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps));
    let report = pull(&daemon, Arc::new(answers())).unwrap();
    let expected = [
        "of-a.test",
        "",
        "of-a.test",
        "of-b.test",
        "",
        "of-a.test",
        "",
        "",
        "",
        "of-b.test",
    ];
    assert_eq!(secrets(&daemon), expected);
    assert_eq!(report.questions.len(), expected.len());
    assert_eq!(daemon.seen().leases, []);
}

/// A request is tried 5 times at most since 2.3 (`core/remotes/docker/resolver.go`).
#[support::test]
fn five_attempts_at_one_request_get_the_same_answer() {
    let daemon = FakeDaemon::start(Script::of("2.3.0").transfer(vec![ask("a.test"); 5]));
    pull(&daemon, Arc::new(answers())).unwrap();
    assert_eq!(secrets(&daemon), ["of-a.test"; 5]);
}

#[support::test]
fn a_rejection_that_the_daemon_puts_in_words_names_key_and_command() {
    let words = "failed to copy: httpReadSeeker: failed open: unexpected status from GET request to \
                 https://a.test/v2/team/app/blobs/sha256:aa: 401 Unauthorized";
    let steps = [
        ask("a.test"),
        ask("a.test"),
        Step::Fail(Code::Unknown, words),
    ];
    let daemon = FakeDaemon::start(Script::of("2.3.0").transfer(steps));
    let error = pull(&daemon, Arc::new(answers())).unwrap_err();
    assert_eq!(error.kind(), TransferErrorKind::Rejected, "{error}");
    let told = "a.test rejected `a.test` from memory";
    assert!(error.to_string().contains(told), "{error}");
    let login = "run: portunus login --registry-namespace reg.test a.test";
    assert_eq!(error.help(), [login]);
    assert!(error.daemon().unwrap().text.contains(words));
    assert_eq!(daemon.seen().leases, []);
}

#[derive(Debug)]
struct Late;

impl Lookup for Late {
    fn answer(&self, host: &str) -> Option<Answer> {
        if host == "slow.test" {
            std::thread::sleep(Duration::from_millis(250));
        }
        Some(account(host))
    }
}

#[support::test]
fn a_lookup_that_comes_late_answers_no_other_host() {
    let steps = [
        ask("slow.test"),
        ask("a.test"),
        Step::Wait(Duration::from_millis(300)),
        ask("b.test"),
        ask("slow.test"),
    ];
    let daemon = FakeDaemon::start(Script::of("2.2.0").transfer(steps));
    pull(&daemon, Arc::new(Late)).unwrap();
    assert_eq!(secrets(&daemon), ["", "of-a.test", "of-b.test", ""]);
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

#[support::test]
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
    fn progress(&mut self, progress: &Progress) {
        self.0.push(progress.state.clone());
    }

    fn question(&mut self, _: &Question) {}
}

fn ask(host: &str) -> Step {
    Step::Ask(host.to_owned())
}

fn secrets(daemon: &FakeDaemon) -> Vec<String> {
    let answers = daemon.seen().answers;
    answers.into_iter().map(|answer| answer.secret).collect()
}

fn answers() -> Answers {
    let mut answers = Answers::default();
    for host in ["a.test", "b.test"] {
        answers.add("https", host, account(host)).unwrap();
    }
    answers
}

fn account(host: &str) -> Answer {
    let credential = Credential::password("user", format!("of-{host}"));
    let stored = StoredUnder::new(host.parse().unwrap(), "memory");
    Answer::Credential(HeldCredential::new(credential, stored))
}

fn pull(daemon: &FakeDaemon, answers: Arc<dyn Lookup>) -> Result<TransferReport, TransferError> {
    observed(daemon, answers, &mut ())
}

fn observed(
    daemon: &FakeDaemon,
    answers: Arc<dyn Lookup>,
    observer: &mut dyn Observer,
) -> Result<TransferReport, TransferError> {
    let mut request = PullRequest::new(
        REFERENCE.parse().unwrap(),
        default_namespace(),
        "/nowhere",
        Answers::default(),
        tomorrow(),
    );
    request.answers = answers;
    request.limits.lookup = Duration::from_millis(100);
    request.deadlines.idle = IDLE;
    request.deadlines.call = IDLE;
    Runtime::new().unwrap().block_on(async {
        let connected = Containerd::connect(daemon.socket(), IDLE).await.unwrap();
        connected
            .pull(request, observer, std::future::pending())
            .await
    })
}

fn connect(daemon: &FakeDaemon) -> Result<Containerd, ConnectError> {
    let connecting = Containerd::connect(daemon.socket(), IDLE);
    Runtime::new().unwrap().block_on(connecting)
}
