//! What containerd asks for credentials, and what it is answered. The daemon is played.

use std::sync::Arc;
use std::time::{Duration, Instant};

use portunus_containerd::{HostAnswer, Lookup, TransferErrorKind};
use prost_types::Any;
use tonic::Code;
use worlds::advice::commands;

use crate::worlds::fake_daemon::{FakeDaemon, Script, Step};
use crate::worlds::played::{account, answers, ask, pull, secrets};

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
    let login = ["login --registry-namespace reg.test a.test"];
    assert_eq!(commands(&error), login);
    assert!(error.daemon().unwrap().text.contains(words));
    assert_eq!(daemon.seen().leases, []);
}

/// Finds what it is asked for `slow.test` only after something else was answered.
#[derive(Debug)]
struct Late(Arc<FakeDaemon>);

impl Lookup for Late {
    fn answer(&self, host: &str) -> Option<HostAnswer> {
        let answered = || self.0.seen().answers.len();
        let (before, start) = (answered(), Instant::now());
        while host == "slow.test" && answered() == before {
            assert!(start.elapsed() < Duration::from_secs(10), "nothing came");
            std::thread::sleep(Duration::from_millis(10));
        }
        Some(account(host))
    }
}

#[support::test]
fn a_lookup_that_comes_late_answers_no_other_host() {
    let steps = [
        ask("slow.test"),
        ask("a.test"),
        Step::Wait(Duration::from_millis(200)),
        ask("b.test"),
        ask("slow.test"),
    ];
    let daemon = Arc::new(FakeDaemon::start(Script::of("2.2.0").transfer(steps)));
    pull(&daemon, Arc::new(Late(daemon.clone()))).unwrap();
    assert_eq!(secrets(&daemon), ["", "of-a.test", "of-b.test", ""]);
}
