//! Pulls through a daemon that is played.

use std::sync::Arc;
use std::time::Duration;

use portunus::credential::Credential;
use portunus_containerd::{
    Answers, ConnectError, Containerd, HeldCredential, HostAnswer, Lookup, Observer, PullRequest,
    SentTo, StoredUnder, TransferError, TransferReport, Turn, Way,
};
use tokio::runtime::Runtime;

use crate::worlds::daemon::{default_namespace, tomorrow};
use crate::worlds::fake_daemon::{FakeDaemon, Step};

const REFERENCE: &str = "reg.test/team/app:v1";

pub(crate) const IDLE: Duration = Duration::from_millis(400);

pub(crate) fn ask(host: &str) -> Step {
    Step::Ask(host.to_owned())
}

pub(crate) fn secrets(daemon: &FakeDaemon) -> Vec<String> {
    let answers = daemon.seen().answers;
    answers.into_iter().map(|answer| answer.secret).collect()
}

pub(crate) fn answers() -> Answers {
    let mut answers = Answers::default();
    for host in ["a.test", "b.test"] {
        answers.add("https", host, account(host)).unwrap();
    }
    answers
}

pub(crate) fn account(host: &str) -> HostAnswer {
    let credential = Credential::password("user", format!("of-{host}"));
    let stored = StoredUnder::new(host.parse().unwrap(), "memory");
    HostAnswer::Credential(HeldCredential::new(credential, stored))
}

pub(crate) fn pull(
    daemon: &FakeDaemon,
    answers: Arc<dyn Lookup>,
) -> Result<TransferReport, TransferError> {
    observed(daemon, answers, &mut ())
}

pub(crate) fn observed(
    daemon: &FakeDaemon,
    answers: Arc<dyn Lookup>,
    observer: &mut dyn Observer,
) -> Result<TransferReport, TransferError> {
    let turn = Turn::new("nowhere", Way::Sent(SentTo::new("/nowhere", answers)));
    let mut request = PullRequest::in_turns(
        REFERENCE.parse().unwrap(),
        default_namespace(),
        vec![turn],
        tomorrow(),
    );
    request.terms.limits.lookup = Duration::from_millis(100);
    request.terms.deadlines.idle = IDLE;
    request.terms.deadlines.call = IDLE;
    Runtime::new().unwrap().block_on(async {
        let connected = Containerd::connect(daemon.socket(), IDLE).await.unwrap();
        connected
            .pull(request, observer, std::future::pending())
            .await
    })
}

pub(crate) fn connect(daemon: &FakeDaemon) -> Result<Containerd, ConnectError> {
    let connecting = Containerd::connect(daemon.socket(), IDLE);
    Runtime::new().unwrap().block_on(connecting)
}
