//! Random conversations, several at a time and some given up, against a model that knows nothing of
//! turns, tokens or caches: only who is let in, and what may never be seen.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

#[path = "../play/mod.rs"]
mod play;
mod rig;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future as _;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use play::{Net, Reply, manifest};
use portunus::authorizer::{Call, Heard, HostFailure, Next, Purpose, Received, Sending, Ticket};
use portunus::token::Scopes;
use proptest::prelude::*;
use rig::{Asks, HostModel, Login, origin, realm, rig, secret};

/// What is done next: with which call, and whether it is given up instead.
type Move = (usize, bool);

fn hosts() -> impl Strategy<Value = Vec<HostModel>> {
    let asks = prop_oneof![
        Just(Asks::Nothing),
        Just(Asks::Basic),
        Just(Asks::OwnRealm),
        Just(Asks::ForeignRealm),
    ];
    let asks = prop_oneof![1 => asks, 1 => Just(Asks::SharedRealm)];
    let login = prop_oneof![
        3 => Just(Login::Right),
        3 => Just(Login::Wrong),
        1 => Just(Login::Narrow),
        2 => Just(Login::Identity),
        1 => Just(Login::Gone),
    ];
    let host = (asks, proptest::collection::vec(login, 0..3));
    let host = host.prop_map(|(asks, logins)| HostModel { asks, logins });
    proptest::collection::vec(host, 1..4)
}

/// What a call on a host comes to, however many others are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Served,
    NotLoggedIn,
    Rejected,
    Lacks,
    Refused,
}

fn naive(host: &HostModel) -> End {
    let (mut rejected, mut lacks, mut refused) = (false, false, false);
    for login in &host.logins {
        match (host.asks, login) {
            (Asks::Nothing, _) => return End::Served,
            (_, Login::Gone) | (Asks::Basic, Login::Identity) => {}
            (Asks::ForeignRealm, _) => refused = true,
            (_, Login::Right) | (_, Login::Identity) => return End::Served,
            (_, Login::Wrong) => rejected = true,
            (_, Login::Narrow) => lacks = true,
        }
    }
    match () {
        () if host.asks == Asks::Nothing => End::Served,
        () if lacks => End::Lacks,
        () if rejected => End::Rejected,
        () if refused => End::Refused,
        () => End::NotLoggedIn,
    }
}

/// One call and what it is doing.
struct Running {
    host: usize,
    call: Call,
    /// Under way: not answered yet.
    sent: Option<Box<Sending>>,
    waits: Option<Ticket>,
}

/// Two requests of one kind are under way at most once.
fn token_key(sending: &Sending) -> Option<String> {
    let permit = sending.permit.as_ref()?;
    (permit.purpose() == Purpose::TokenRequest).then(|| {
        let body = format!("{:?}", sending.payload);
        let shown = sending.authorization.as_ref().map(|value| value.expose());
        let entry = permit.candidate().entry.key.to_string();
        format!("{} {shown:?} {body} {entry}", sending.url)
    })
}

fn end_of(outcome: Result<u16, HostFailure>) -> End {
    match outcome {
        Ok(200) => End::Served,
        Err(HostFailure::NotLoggedIn { .. }) => End::NotLoggedIn,
        Err(HostFailure::Rejected { .. }) => End::Rejected,
        Err(HostFailure::LacksScope { .. } | HostFailure::Denied { .. }) => End::Lacks,
        Err(HostFailure::Refused(_)) => End::Refused,
        other => panic!("{other:?}"),
    }
}

fn run(models: &[HostModel], calls: &[usize], moves: &[Move], off: bool) {
    let rig = rig(models, off);
    let ask = |at: usize| {
        let scopes = ["repository:team/app:pull", "repository:team/app:pull,push"];
        manifest().with_scopes(Scopes::parse(scopes[at % 2]))
    };
    let start = |(at, host): (usize, &usize)| {
        let host = host % models.len();
        Running {
            host,
            call: rig.hosts[host].call(ask(at)),
            sent: None,
            waits: None,
        }
    };
    let mut running: Vec<Option<Running>> = calls.iter().enumerate().map(start).map(Some).collect();
    let (mut given_up, mut ended) = (0, Vec::new());
    // The moves, then everybody in turn until all have ended.
    let rounds = (0..10_000).map(|at| (at, false));
    for (at, gives_up) in moves.iter().copied().chain(rounds) {
        let at = at % running.len();
        let Some(one) = &mut running[at] else {
            if running.iter().all(Option::is_none) {
                break;
            }
            continue;
        };
        if gives_up {
            given_up += 1;
            running[at] = None;
            continue;
        }
        let host = one.host;
        if let Some(outcome) = step(&rig.net, one) {
            running[at] = None;
            ended.push((host, end_of(outcome)));
        }
        let under_way = running.iter().flatten();
        let keys: Vec<_> = under_way
            .filter_map(|one| token_key(one.sent.as_ref()?))
            .collect();
        let different: BTreeSet<_> = keys.iter().collect();
        assert!(off || different.len() == keys.len(), "{keys:?}");
    }
    assert!(
        running.iter().all(Option::is_none),
        "somebody waits for ever"
    );
    for (host, end) in ended {
        assert_eq!(end, naive(&models[host]), "host {host}");
    }
    check_secrets(&rig.net, models, given_up);
    if !off && given_up == 0 {
        check_tokens(&rig.net);
    }
}

/// Takes one step; `Some`: the end.
fn step(net: &Net, one: &mut Running) -> Option<Result<u16, HostFailure>> {
    if let Some(ticket) = one.waits.take() {
        let mut ticket = ticket;
        let mut context = Context::from_waker(Waker::noop());
        if Pin::new(&mut ticket).poll(&mut context) == Poll::Pending {
            one.waits = Some(ticket);
            return None;
        }
    }
    if let Some(sending) = one.sent.take() {
        let received: Received<Reply> = net.carry(&sending).unwrap();
        return match one.call.answered(&received, Instant::now()) {
            Ok(Heard::Again) => None,
            Ok(Heard::Done) => Some(Ok(received.status)),
            Err(failure) => Some(Err(failure)),
        };
    }
    match one.call.next(Instant::now()) {
        Err(failure) => return Some(Err(failure)),
        Ok(Next::Send(sending)) => one.sent = Some(sending),
        Ok(Next::Work(work)) => work.run(),
        Ok(Next::Wait(ticket)) => one.waits = Some(ticket),
    }
    None
}

/// No secret was anywhere but at its host and the realm that is trusted with it, an identity token
/// was no password, and a wrong password was sent to each origin once.
fn check_secrets(net: &Net, models: &[HostModel], given_up: usize) {
    for seen in net.seen() {
        let at = seen.url.origin().ascii_serialization();
        for (host, model) in models.iter().enumerate() {
            for (position, login) in model.logins.iter().enumerate() {
                let secret = secret(host, *login, position);
                if *login == Login::Wrong || !seen.contains(&secret) {
                    continue;
                }
                let trusted = [origin(host), realm(host, model.asks)];
                assert!(
                    trusted.contains(&at) && at != "https://evil.test",
                    "{seen:?}"
                );
                assert_ne!(*login, Login::Gone);
                let as_password = seen.basic().is_some_and(|it| it.contains(&secret));
                assert!(!as_password || *login != Login::Identity, "{seen:?}");
            }
        }
        assert!(
            at != "https://evil.test" || !seen.contains("canary"),
            "{seen:?}"
        );
    }
    let places: BTreeSet<_> = net
        .seen()
        .iter()
        .map(|seen| seen.url.origin())
        .map(|it| it.ascii_serialization())
        .collect();
    for place in places {
        let seen = net.at(&place);
        let wrong = seen.iter().filter(|it| it.contains("canary-wrong")).count();
        // Whoever was given up may have sent it, and nobody knows what came of it.
        assert!(wrong <= 1 + given_up, "{wrong} at {place}");
    }
}

/// Nothing was asked for twice with one account, but where a host said that it was too narrow.
fn check_tokens(net: &Net) {
    let mut asked = BTreeMap::new();
    for seen in net.seen() {
        let narrow = seen
            .basic()
            .is_some_and(|login| login.starts_with("narrow"));
        let is_ours = seen.basic().is_some() || seen.form.is_some();
        if seen.url.path() == "/token" && is_ours {
            let key = format!("{} {:?} {:?}", seen.url, seen.authorization, seen.form);
            let times = asked.entry(key.clone()).or_insert(0);
            *times += 1;
            assert!(*times <= if narrow { 2 } else { 1 }, "{key}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 800,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn conversations_at_a_time_end_as_one_after_the_other_would(
        models in hosts(),
        calls in proptest::collection::vec(0..4usize, 1..8),
        moves in proptest::collection::vec((0..8usize, proptest::bool::weighted(0.03)), 0..60),
        off in proptest::bool::weighted(0.2),
    ) {
        run(&models, &calls, &moves, off);
    }
}
