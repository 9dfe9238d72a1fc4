//! How tokens are asked for: for what, how often, with which account.

#![allow(clippy::unwrap_used, reason = "a test stops where it cannot go on")]

mod play;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use play::corp::{PASSWORD, REALM, registry, scopes, token_of, with_password};
use play::{Net, Seen, World, bearer, challenge, json, manifest, pull, status};
use portunus::authorizer::{HostFailure, Tokens};
use portunus::resolve::Operation;
use portunus::token::{ExchangeError, Scopes};

#[test]
fn a_token_is_asked_for_the_asked_repository_alone() {
    let more = ",scope=\"repository:prod/secret:pull,push,delete registry:catalog:* * \
                repository:team/app:pull,push,delete repository(plugin):team/app:pull\"";
    let net = registry(more, |_| true, token_of);
    net.drive(&mut with_password().host().call(manifest()))
        .unwrap();
    assert_eq!(scopes(&net), ["repository:team/app:pull"]);
    // A push may also push.
    let net = registry(more, |_| true, token_of);
    let needed = Scopes::parse("repository:team/app:pull,push");
    let ask = manifest().with_scopes(needed);
    net.drive(&mut with_password().hosts_for(Operation::Push)[0].call(ask))
        .unwrap();
    assert_eq!(scopes(&net), ["repository:team/app:pull,push"]);
}

#[test]
fn what_a_host_misses_is_asked_for_once_and_never_another_repository() {
    for (named, asked) in [
        ("*", Some("*")),
        (
            "repository(plugin):team/app:pull",
            Some("repository(plugin):team/app:pull"),
        ),
        (
            "repository:team/app:metadata_read",
            Some("repository:team/app:metadata_read"),
        ),
        ("repository:team/app:push,delete", None),
        ("repository:prod/secret:pull", None),
        ("registry:catalog:*", None),
    ] {
        let net = Net::default()
            .with("https://reg.corp.test", move |seen| match seen.bearer() {
                None => bearer("https://auth.corp.test/token"),
                Some(_) => challenge(&format!(
                    "Bearer realm=\"{REALM}/token\",scope=\"{named}\",error=\"insufficient_scope\""
                )),
            })
            .with(REALM, token_of);
        let host = with_password().host();
        let failure = net.drive(&mut host.call(manifest())).unwrap_err();
        assert!(
            matches!(failure, HostFailure::LacksScope { .. }),
            "{failure}"
        );
        let own = "repository:team/app:pull";
        assert_eq!(scopes(&net), [own, asked.unwrap_or(own)], "{named}");
    }
}

#[test]
fn a_scope_in_a_form_of_its_own_is_asked_for_where_ours_does_not_suffice() {
    for good in ["of repository:team/app:pull", "of *"] {
        let realm = |seen: &Seen| {
            json(&format!(
                "{{\"token\":\"of {}\"}}",
                seen.query("scope").join(" ")
            ))
        };
        let net = registry(",scope=\"*\"", move |token| token == good, realm);
        net.drive(&mut with_password().host().call(manifest()))
            .unwrap();
        let own = "repository:team/app:pull";
        let expected: &[&str] = if good == "of *" { &[own, "*"] } else { &[own] };
        assert_eq!(scopes(&net), expected);
    }
}

#[test]
fn a_path_mirror_may_name_the_repository_with_or_without_its_prefix() {
    let more = ",scope=\"repository:team/app:pull repository:proxy/team/other:pull\"";
    let net = registry(more, |_| true, token_of);
    let toml = "server = \"https://reg.corp.test/v2/proxy\"\noverride_path = true\n";
    let world = World::new(toml).with_password("reg.corp.test", "alice", PASSWORD);
    let needed = Scopes::parse("repository:proxy/team/app:pull");
    net.drive(&mut world.host().call(manifest().with_scopes(needed)))
        .unwrap();
    assert_eq!(
        scopes(&net),
        ["repository:proxy/team/app:pull repository:team/app:pull"]
    );
}

#[test]
fn an_endless_challenge_is_not_passed_on() {
    let many: Vec<_> = (0..15_000).map(|at| format!("other{at}")).collect();
    let scope = format!(",scope=\"{}\"", many.join(" "));
    let net = registry(scope.leak(), |_| false, token_of);
    net.drive(&mut with_password().host().call(manifest()))
        .unwrap_err();
    assert_eq!(scopes(&net), ["repository:team/app:pull"]);
    let service = "s".repeat(20_000);
    let challenged = format!("Bearer realm=\"{REALM}/token\",service=\"{service}\"");
    let net = Net::default().with("https://reg.corp.test", move |_| challenge(&challenged));
    let failure = net
        .drive(&mut with_password().host().call(manifest()))
        .unwrap_err();
    let HostFailure::Realm {
        origin, problem, ..
    } = failure
    else {
        panic!("{failure}");
    };
    assert_eq!(
        (origin.to_string().as_str(), problem),
        (REALM, ExchangeError::TooLong)
    );
}

#[test]
fn basic_is_answered_where_no_bearer_can_be() {
    for challenges in [
        "Basic realm=\"registry\", Bearer realm=\"image-factory\"",
        "Bearer realm=\"image-factory\", Basic realm=\"registry\"",
        "Bearer service=\"x\", Basic realm=\"registry\"",
    ] {
        let net = Net::default().with("https://reg.corp.test", move |seen| match seen.basic() {
            Some(_) => status(200),
            None => challenge(challenges),
        });
        net.drive(&mut with_password().host().call(manifest()))
            .unwrap();
    }
}

#[test]
fn a_withdrawn_token_is_replaced_once_and_an_account_that_lacks_is_followed_by_the_next() {
    let round = Arc::new(AtomicUsize::new(0));
    let (asked, good) = (round.clone(), round.clone());
    let net = registry(
        "",
        move |token| token == format!("token-{}", good.load(Ordering::SeqCst)),
        move |_| {
            json(&format!(
                "{{\"token\":\"token-{}\"}}",
                asked.load(Ordering::SeqCst)
            ))
        },
    );
    let host = with_password().host();
    net.drive(&mut host.call(manifest())).unwrap();
    net.drive(&mut host.call(manifest())).unwrap();
    assert_eq!(net.at(REALM).len(), 1);
    round.store(1, Ordering::SeqCst);
    net.drive(&mut host.call(manifest())).unwrap();
    assert_eq!(net.at(REALM).len(), 2);
    assert!(host.report().rejected.is_empty());
}

#[test]
fn tokens_that_are_off_are_asked_for_each_time() {
    let net = registry("", |token| token.starts_with("of"), token_of);
    let world = with_password();
    let prepared = world.prepare(play::IMAGE, Operation::Pull);
    let ledger = world.ledger(&prepared).with_tokens(Tokens::off());
    let host = ledger.host(&prepared.attempts().next().unwrap());
    for _ in 0..3 {
        net.drive(&mut host.call(manifest().with_scopes(pull())))
            .unwrap();
    }
    assert_eq!(net.at(REALM).len(), 3);
}
