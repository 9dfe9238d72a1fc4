use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use containerd_client::to_any;
use containerd_client::types::transfer::{AuthRequest, AuthResponse, AuthType};
use portunus::credential::Credential;
use proptest::prelude::*;
use prost_types::Any;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::responder::{Responder, serve};
use crate::callback::answers::Answers;
use crate::callback::host_answer::{HeldCredential, HostAnswer};
use crate::callback::limits::CallbackLimits;
use crate::callback::lookup::Lookup;
use crate::callback::no_answer::NoAnswer;
use crate::callback::question::{Given, Question};
use crate::callback::stored_under::StoredUnder;

const REFERENCE: &str = "reg.test/team/app:v1";

#[test]
fn each_kind_of_answer_reaches_the_daemon_in_its_form() {
    let credential = |credential| HostAnswer::Credential(held(credential));
    let none = (AuthType::None, "", "");
    let mut answers = Answers::default();
    let cases = [
        (
            "password",
            credential(Credential::password("alice", "pw")),
            (AuthType::Credentials, "alice", "pw"),
        ),
        (
            "identity",
            credential(Credential::IdentityToken {
                username: Some("alice".to_owned()),
                token: "canary".into(),
            }),
            (AuthType::Refresh, "", "canary"),
        ),
        ("nobody", credential(Credential::password("", "pw")), none),
        ("empty", credential(Credential::password("alice", "")), none),
        ("open", HostAnswer::Nothing(NoAnswer::NotNeeded), none),
        (
            "stranger",
            HostAnswer::Nothing(NoAnswer::NothingStored),
            none,
        ),
        (
            "rejected",
            HostAnswer::Nothing(NoAnswer::Rejected(vec![stored()])),
            none,
        ),
        (
            "refused",
            HostAnswer::Nothing(NoAnswer::Refused {
                stored: stored(),
                reason: "rule".to_owned(),
                remedy: None,
            }),
            none,
        ),
        (
            "failed",
            HostAnswer::Nothing(NoAnswer::Failed {
                reason: "why".to_owned(),
            }),
            none,
        ),
    ];
    for (host, answer, _) in &cases {
        answers.add("https", host, answer.clone()).unwrap();
    }
    let asked: Vec<Any> = cases
        .iter()
        .map(|(host, ..)| request(host, REFERENCE))
        .collect();
    let (responses, questions) = ask_all(Arc::new(answers), CallbackLimits::default(), asked);
    for (((host, _, expected), response), question) in cases.iter().zip(responses).zip(questions) {
        let (kind, username, secret) = expected;
        assert_eq!(response.auth_type(), *kind, "{host}");
        assert_eq!(
            (response.username.as_str(), response.secret.as_str()),
            (*username, *secret),
            "{host}"
        );
        let given = matches!(question.given, Given::Credential { .. });
        assert_eq!(given, *kind != AuthType::None, "{host}");
        assert!(!format!("{question:?}").contains("canary"), "{host}");
    }
}

#[test]
fn hosts_and_images_that_are_not_ours_get_nothing() {
    let mut foreign = request("mirror.test", REFERENCE);
    foreign.type_url = format!("type.googleapis.com/{}", foreign.type_url);
    for (asked, why) in [
        (request("redirected.test", REFERENCE), NoAnswer::NotInPlan),
        (request("Mirror.test", REFERENCE), NoAnswer::NotInPlan),
        (request("mirror.test:443", REFERENCE), NoAnswer::NotInPlan),
        (
            request("mirror.test", "reg.test/other:v1"),
            NoAnswer::NotOurs,
        ),
        (foreign, NoAnswer::NotOurs),
        (Any::default(), NoAnswer::NotOurs),
    ] {
        let (responses, questions) =
            ask_all(Arc::new(one_host()), CallbackLimits::default(), vec![asked]);
        assert_eq!(responses, [AuthResponse::default()], "{why:?}");
        assert_eq!(questions[0].given, Given::Nothing(why));
    }
}

#[test]
fn a_host_that_asks_too_often_gets_nothing_more() {
    let limits = CallbackLimits {
        answers_per_host: 3,
        ..CallbackLimits::default()
    };
    let asked = vec![request("mirror.test", REFERENCE); 5];
    let (responses, questions) = ask_all(Arc::new(one_host()), limits, asked);
    let given: Vec<bool> = responses.iter().map(|it| !it.secret.is_empty()).collect();
    assert_eq!(given, [true, true, true, false, false]);
    assert_eq!(questions[4].given, Given::Nothing(NoAnswer::OverBudget));
}

#[derive(Debug)]
struct Slow(AtomicUsize);

impl Lookup for Slow {
    fn answer(&self, host: &str) -> Option<HostAnswer> {
        self.0.fetch_add(1, Ordering::Relaxed);
        match host {
            "slow.test" => std::thread::sleep(Duration::from_millis(300)),
            "broken.test" => panic!("a source that panics"),
            _ => {}
        }
        Some(HostAnswer::Credential(held(Credential::password(
            "alice", "pw",
        ))))
    }
}

#[test]
fn a_late_lookup_is_answered_with_nothing_and_its_result_goes_nowhere() {
    let limits = CallbackLimits {
        lookup: Duration::from_millis(30),
        ..CallbackLimits::default()
    };
    let slow = Arc::new(Slow(AtomicUsize::new(0)));
    let hosts = [
        "slow.test",
        "quick.test",
        "slow.test",
        "broken.test",
        "quick.test",
    ];
    let asked = hosts.map(|host| request(host, REFERENCE)).to_vec();
    let (responses, questions) = ask_all(slow.clone(), limits, asked);
    let given: Vec<bool> = responses.iter().map(|it| !it.secret.is_empty()).collect();
    assert_eq!(given, [false, true, false, false, true]);
    for at in [0, 2, 3] {
        let failed = matches!(questions[at].given, Given::Nothing(NoAnswer::Failed { .. }));
        assert!(failed, "{}", hosts[at]);
    }
    assert_eq!(
        slow.0.load(Ordering::Relaxed),
        3,
        "each host is looked up once"
    );
}

proptest! {
    #[test]
    fn every_question_gets_one_answer_in_order_and_no_other_host_s_secret(
        asked in proptest::collection::vec(0..6_usize, 0..60),
    ) {
        let mut answers = Answers::default();
        for at in 0..3 {
            let credential = Credential::password(format!("user-{at}"), format!("secret-{at}"));
            let answer = HostAnswer::Credential(held(credential));
            answers.add("https", &format!("host-{at}"), answer).unwrap();
        }
        let messages = asked.iter().map(|at| match at {
            0..4 => request(&format!("host-{at}"), REFERENCE),
            4 => request("host-0", "reg.test/other"),
            _ => Any { type_url: "nonsense".to_owned(), value: vec![0xff] },
        });
        let (responses, questions) = ask_all(Arc::new(answers), CallbackLimits::default(), messages.collect());
        prop_assert_eq!(responses.len(), asked.len());
        prop_assert_eq!(questions.len(), asked.len());
        for (position, (at, response)) in asked.iter().zip(&responses).enumerate() {
            let before = asked[..position].iter().filter(|other| *other == at).count();
            let expected = if *at < 3 && before < 32 { format!("secret-{at}") } else { String::new() };
            prop_assert_eq!(&response.secret, &expected);
        }
    }
}

fn one_host() -> Answers {
    let mut answers = Answers::default();
    let credential = Credential::password("alice", "pw");
    answers
        .add(
            "https",
            "mirror.test",
            HostAnswer::Credential(held(credential)),
        )
        .unwrap();
    answers
}

fn held(credential: Credential) -> HeldCredential {
    HeldCredential::new(credential, stored())
}

fn stored() -> StoredUnder {
    StoredUnder::new(
        "mirror.test?ns=reg.test".parse().unwrap(),
        "credentials.json",
    )
}

fn request(host: &str, reference: &str) -> Any {
    to_any(&AuthRequest {
        host: host.to_owned(),
        reference: reference.to_owned(),
        wwwauthenticate: Vec::new(),
    })
}

/// Plays the daemon: asks the next question only when the one before is answered.
fn ask_all(
    lookup: Arc<dyn Lookup>,
    limits: CallbackLimits,
    asked: Vec<Any>,
) -> (Vec<AuthResponse>, Vec<Question>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(async {
        let (ask, requests) = mpsc::channel(1);
        let (answer, mut responses) = mpsc::channel(1);
        let (log, mut questions) = mpsc::unbounded_channel();
        let responder = Responder::new(REFERENCE.to_owned(), lookup, limits);
        let server = tokio::spawn(serve(ReceiverStream::new(requests), answer, responder, log));
        let mut read = Vec::new();
        for message in asked {
            ask.send(Ok(message)).await.unwrap();
            let response = responses.recv().await.unwrap();
            assert_eq!(response.type_url, "containerd.types.transfer.AuthResponse");
            read.push(<AuthResponse as prost::Message>::decode(&*response.value).unwrap());
        }
        drop(ask);
        server.await.unwrap();
        assert!(responses.recv().await.is_none(), "an answer too many");
        let mut told = Vec::new();
        while let Some(question) = questions.recv().await {
            told.push(question);
        }
        (read, told)
    })
}
