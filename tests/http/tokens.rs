//! Tokens: asked for once, never another account's, renewed in time, widened once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use portunus::credential::Credential;
use portunus::store::Store;
use portunus_http::{Clock, ErrorKind, PullOptions, TokenReuse, Tokens};
use support::account::Account;
use support::http::Request;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{is_token_request, registry_of};

const IMAGE: &str = "reg-a.test/team/app:v1";

fn token_requests(registry: &ProgrammableRegistry) -> usize {
    registry.requests().iter().filter(is_token_request).count()
}

#[support::test]
fn many_requests_for_one_token_make_one_token_request() {
    let registry = registry_of(&[Account::new("alice", "wonder")]);
    hold_tokens_until_all_wait(&registry);
    let errors = pull_64_times(&registry, "wonder");
    assert!(errors.is_empty(), "{errors:?}");
    assert_eq!(token_requests(&registry), 1);
}

#[support::test]
fn a_bad_password_is_tried_once_however_many_wait() {
    let registry = registry_of(&[Account::new("alice", "wonder")]);
    hold_tokens_until_all_wait(&registry);
    let errors = pull_64_times(&registry, "wrong");
    assert_eq!(errors.len(), 64);
    assert_eq!(token_requests(&registry), 1);
}

/// No token is handed out before 64 requests were challenged.
fn hold_tokens_until_all_wait(registry: &ProgrammableRegistry) {
    let challenged = AtomicU64::new(0);
    registry.answer_with(move |request| {
        if request.path != "/token" {
            challenged.fetch_add(1, Ordering::SeqCst);
            return None;
        }
        let start = Instant::now();
        while challenged.load(Ordering::SeqCst) < 64 && start.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(10));
        }
        // The last one is on its way from its challenge to the token.
        std::thread::sleep(Duration::from_millis(500));
        None
    });
}

/// 64 pulls at the same time, which share their tokens.
fn pull_64_times(registry: &ProgrammableRegistry, password: &str) -> Vec<portunus_http::Error> {
    let mut world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", password);
    world.options.tokens = TokenReuse::Shared(Arc::new(Tokens::new()));
    let client = world.client();
    let pulls = (0..64).map(|at| world.spawn_pull(&client, IMAGE, &format!("layout-{at}")));
    let pulls: Vec<_> = pulls.collect();
    let ends = pulls.into_iter().map(|pull| world.block_on(pull).unwrap());
    ends.filter_map(Result::err).collect()
}

#[support::test]
fn no_request_ever_carries_the_token_of_another_account() {
    let accounts = [
        Account::new("alice", "wonder"),
        Account::new("bob", "builder"),
    ];
    let registry = registry_of(&accounts);
    let mut world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    world.options.tokens = TokenReuse::Shared(Arc::new(Tokens::new()));
    let client = world.client();
    let key = registry.address();
    for (user, password) in [
        ("alice", "wonder"),
        ("bob", "builder"),
        ("bob", "builder"),
        ("alice", "wonder"),
    ] {
        world.store_under(&key, &Credential::password(user, password), |_| {});
        registry.forget_requests();
        let _ = std::fs::remove_dir_all(world.layout());
        world
            .pull_with(&client, IMAGE, &PullOptions::default())
            .unwrap();
        let other = if user == "alice" {
            "-of-bob"
        } else {
            "-of-alice"
        };
        for request in registry.requests() {
            let token = request.bearer().unwrap_or_default();
            assert!(!token.ends_with(other), "{user}: {request:?}");
        }
    }
    world.store.remove(&key.parse().unwrap()).unwrap();
    registry.forget_requests();
    let _ = std::fs::remove_dir_all(world.layout());
    let error = world
        .pull_with(&client, IMAGE, &PullOptions::default())
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotLoggedIn);
    let carries = |it: &Request| it.bearer().is_some_and(|token| !token.ends_with("-of-"));
    assert!(!registry.requests().iter().any(carries));
}

#[support::test]
fn tokens_can_be_turned_off() {
    let registry = registry_of(&[Account::new("alice", "wonder")]);
    let mut world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    world.options.tokens = TokenReuse::Off;
    world.pull(IMAGE).unwrap();
    let with_token = registry
        .requests()
        .iter()
        .filter(|it| it.bearer().is_some())
        .count();
    assert_eq!(token_requests(&registry), with_token);
    assert!(with_token > 4);
}

#[support::test]
fn a_token_is_renewed_before_it_expires() {
    let registry = registry_of(&[Account::new("alice", "wonder")]);
    let mut world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    let (start, later) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let seconds = later.clone();
    world.options.clock =
        Clock::new(move || start + Duration::from_secs(seconds.load(Ordering::Relaxed)));
    world.options.tokens = TokenReuse::Shared(Arc::new(Tokens::new()));
    let client = world.client();
    // The registry says 300 seconds.
    for (at, requests) in [(0, 1), (200, 1), (280, 2), (290, 2), (700, 3)] {
        later.store(at, Ordering::Relaxed);
        world
            .pull_with(&client, IMAGE, &PullOptions::default())
            .unwrap();
        assert_eq!(token_requests(&registry), requests, "after {at} s");
    }
}

#[support::test]
fn a_withdrawn_token_is_replaced_once() {
    let registry = registry_of(&[Account::new("alice", "wonder")]);
    let mut world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", "wonder");
    world.options.tokens = TokenReuse::Shared(Arc::new(Tokens::new()));
    let client = world.client();
    world
        .pull_with(&client, IMAGE, &PullOptions::default())
        .unwrap();
    registry.revoke_tokens();
    let _ = std::fs::remove_dir_all(world.layout());
    world
        .pull_with(&client, IMAGE, &PullOptions::default())
        .unwrap();
    assert_eq!(token_requests(&registry), 2);
}
