//! Before containerd is called, it is found out which credential each host accepts.

use std::time::{Duration, Instant};

use portunus::resolve::Operation;
use portunus_http::{ChosenAnswer, HostFailure, Outcome};
use support::account::Account;
use support::http::Reply;
use support::image::Image;
use support::port;
use support::programmable_registry::ProgrammableRegistry;

use worlds::http::World;

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn each_host_gets_the_candidate_it_accepts() {
    let accounts = [Account::new("alice", "wonder")];
    let basic = ProgrammableRegistry::basic(&accounts);
    let bearer = ProgrammableRegistry::bearer(&accounts);
    let open = ProgrammableRegistry::open();
    let public = ProgrammableRegistry::settings_bearer(&accounts)
        .public("team/app")
        .start();
    let strange = ProgrammableRegistry::basic(&accounts);
    for registry in [&basic, &bearer, &open, &public, &strange] {
        registry.put_image("team/app", "v1", &Image::small("one"));
    }
    let closed = format!("http://127.0.0.1:{}", port::free());
    let hosts = [
        basic.url(),
        bearer.url(),
        open.url(),
        public.url(),
        strange.url(),
        closed,
    ];
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let mut world = World::new().with_hosts("reg-a.test", &hosts);
    for registry in [&basic, &bearer] {
        world = world
            .with_login(
                &format!("{}?ns=reg-a.test", registry.address()),
                "alice",
                "old",
            )
            .with_login(&registry.address(), "alice", "wonder");
    }
    world = world.with_login(&strange.address(), "alice", "old");
    let choices = world.choose(IMAGE, Operation::Pull);
    let keys: Vec<_> = choices
        .iter()
        .map(|choice| match &choice.answer {
            ChosenAnswer::Credential(candidate) => candidate.entry.key.to_string(),
            ChosenAnswer::Anonymous => "anonymous".to_owned(),
            ChosenAnswer::NoChallenge { status, .. } => format!("nothing, {status}"),
            ChosenAnswer::Failed(outcome) => outcome.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    let (basic_at, bearer_at) = (basic.address(), bearer.address());
    let expected = [
        basic_at.as_str(),
        bearer_at.as_str(),
        "nothing, 200",
        "anonymous",
        "rejected the credential",
        "unreachable: Connection refused (os error 111)",
    ];
    assert_eq!(keys, expected);
    let challenges: Vec<_> = choices.iter().map(|choice| choice.challenge).collect();
    let expected = [
        Some("Basic"),
        Some("Bearer"),
        None,
        Some("Bearer"),
        Some("Basic"),
        None,
    ];
    assert_eq!(challenges, expected);
    assert_eq!(choices[0].rejected.len(), 1);
    for (registry, candidates) in [(&basic, 2), (&strange, 1), (&open, 0)] {
        assert_eq!(registry.requests().len(), 1 + candidates);
    }
}

#[support::test(waits)]
fn hosts_are_asked_side_by_side_and_not_for_ever() {
    let silent = ProgrammableRegistry::open();
    silent.always(Reply::silence());
    let good = ProgrammableRegistry::basic(&[Account::new("alice", "wonder")]);
    good.always(Reply::challenge("Basic realm=\"r\"").delay(Duration::from_millis(500)));
    let hosts = [
        silent.url(),
        good.url(),
        good.url().replace("127.0.0.1", "localhost"),
    ];
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let mut world = World::new().with_hosts("reg-a.test", &hosts);
    world.options.timeouts.probe = Duration::from_secs(2);
    let start = Instant::now();
    let choices = world.choose(IMAGE, Operation::Pull);
    assert!(
        start.elapsed() < Duration::from_millis(2900),
        "{:?}",
        start.elapsed()
    );
    let unreachable = |answer: &ChosenAnswer| {
        matches!(
            answer,
            ChosenAnswer::Failed(Outcome::Host(HostFailure::Trouble(_)))
        )
    };
    assert!(unreachable(&choices[0].answer), "{choices:?}");
    assert!(matches!(
        choices[1].answer,
        ChosenAnswer::Failed(Outcome::Host(HostFailure::NotLoggedIn { .. }))
    ));
}

#[support::test]
fn a_push_is_tried_out_without_an_upload() {
    let accounts = [Account::new("alice", "wonder")];
    for registry in [
        ProgrammableRegistry::basic(&accounts),
        ProgrammableRegistry::bearer(&accounts),
    ] {
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", "wonder");
        let choices = world.choose(IMAGE, Operation::Push);
        assert!(
            matches!(choices[0].answer, ChosenAnswer::Credential(_)),
            "{choices:?}"
        );
        assert!(
            registry
                .requests()
                .iter()
                .all(|request| request.method == "GET")
        );
        let scopes: Vec<_> = registry
            .requests()
            .iter()
            .flat_map(|it| it.query_values("scope"))
            .collect();
        assert!(
            scopes
                .iter()
                .all(|scope| scope == "repository:team/app:pull,push"),
            "{scopes:?}"
        );
    }
}

#[support::test]
fn a_probe_shows_nothing_and_judges_the_realm() {
    let registry = ProgrammableRegistry::settings_bearer(&[])
        .realm("https://auth.elsewhere.test/token")
        .start();
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    let plan = world.plan(IMAGE, Operation::Pull);
    let attempt = &plan.attempts[0];
    let consent = portunus::token::trust::Consent::none(&attempt.candidates[0].entry.key);
    let client = world.client();
    let probe = client.probe(&attempt.host, plan.reference.registry_namespace(), &consent);
    let probe = world.block_on(probe);
    assert!(probe.reachable);
    assert_eq!((probe.status, probe.challenge), (Some(401), Some("Bearer")));
    assert_eq!(
        probe.realm.as_deref(),
        Some("https://auth.elsewhere.test/token")
    );
    assert!(matches!(probe.realm_trust, Some(Err(_))));
    assert!(
        registry
            .requests()
            .iter()
            .all(|request| request.header("authorization").is_none())
    );
}
