//! A token or a password that is not enough (`insufficient_scope`, 403): more is asked for once,
//! then the next account is shown.

use std::sync::atomic::{AtomicU64, Ordering};

use portunus_http::{ErrorKind, HostFailure, Outcome};
use support::account::Account;
use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{is_token_request, registry_of};

const IMAGE: &str = "reg-a.test/team/app:v1";

/// A world in which the registry is shown reader's login first, then alice's.
fn world_of_reader_and_alice(registry: &ProgrammableRegistry) -> World {
    let at = registry.address();
    World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&format!("{at}?ns=reg-a.test"), "reader", "one")
        .with_login(&at, "alice", "wonder")
}

#[support::test]
fn more_scope_is_asked_for_once_then_the_next_account() {
    let registry = registry_of(&[
        Account::new("reader", "one").only("other"),
        Account::new("alice", "wonder"),
    ]);
    let world = world_of_reader_and_alice(&registry);
    world.pull(IMAGE).unwrap();
    let requests = registry.requests();
    let asked: Vec<_> = requests
        .iter()
        .filter(is_token_request)
        .map(|it| (it.basic().unwrap().0, it.query_values("scope").join(" ")))
        .collect();
    let scope = "repository:team/app:pull";
    let expected = [("reader", scope), ("reader", scope), ("alice", scope)];
    assert_eq!(
        asked,
        expected.map(|(user, scope)| (user.to_owned(), scope.to_owned()))
    );
}

#[support::test]
fn the_account_that_lacks_a_scope_is_named() {
    let registry = registry_of(&[Account::new("reader", "one").only("other")]);
    let at = registry.address();
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&at, "reader", "one");
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected);
    assert!(matches!(
        error.hosts[0].outcome,
        Outcome::Host(HostFailure::LacksScope { .. })
    ));
    let expected = format!("reader, `{at}` from memory lacks the scope `repository:team/app:pull`");
    assert!(error.to_string().contains(&expected), "{error}");
}

#[support::test]
fn each_account_that_lacks_a_scope_is_named() {
    let accounts = [
        Account::new("reader", "one").read_only(),
        Account::new("alice", "wonder").only("other"),
    ];
    for (registry, says_so) in [
        (ProgrammableRegistry::basic(&accounts), false),
        (ProgrammableRegistry::bearer(&accounts), true),
    ] {
        let (url, at) = (registry.url(), registry.address());
        let world = world_of_reader_and_alice(&registry);
        world.write_layout(&Image::small("one"), "v1");
        let error = world.push(IMAGE).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
        let refused = |account: &str| match says_so {
            true => format!("{account} from memory lacks the scope `repository:team/app:"),
            false => format!("denied to {account} from memory"),
        };
        let first = refused(&format!("reader, `{at}?ns=reg-a.test`"));
        let last = refused(&format!("alice, `{at}`"));
        assert!(error.to_string().contains(&last), "{error}");
        let said = world.said.lines();
        assert!(
            said.iter()
                .any(|line| line.starts_with(&format!("warning: {url}: {first}"))),
            "{said:?}"
        );
    }
}

#[support::test]
fn a_forbidden_password_is_followed_by_the_next() {
    let registry = ProgrammableRegistry::basic(&[
        Account::new("reader", "one").only("other"),
        Account::new("alice", "wonder"),
    ]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let world = world_of_reader_and_alice(&registry);
    world.pull(IMAGE).unwrap();
    registry.when(|it| it.basic().is_some(), Reply::status(403));
    let error = world.pull("reg-a.test/team/app:v2").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
}

#[support::test]
fn a_host_that_always_wants_more_scope_is_given_up() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "wonder")]);
    let realm = format!("{}/token", registry.url());
    let asked = AtomicU64::new(0);
    registry.answer_with(move |request| {
        let at = asked.fetch_add(1, Ordering::Relaxed);
        let challenge = format!(
            "Bearer realm=\"{realm}\",scope=\"repository:r{at}:pull\",error=\"insufficient_scope\""
        );
        (request.path != "/token").then(|| Reply::challenge(&challenge))
    });
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    assert!(world.pull(IMAGE).is_err());
    assert!(
        registry.requests().len() < 8,
        "{}",
        registry.requests().len()
    );
}
