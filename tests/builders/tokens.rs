//! Tokens are asked for here, and the builder is given those.

use support::account::Account;
use support::http::Request;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::peer::{Peer, token_question};
use crate::worlds::session::{attach, open, settings, told};

const SECRET: &str = "canary-51d2";
const PULL: &str = "repository:team/app:pull";

fn token_requests(registry: &ProgrammableRegistry) -> Vec<Request> {
    let requests = registry.requests().into_iter();
    requests.filter(|it| it.path == "/token").collect()
}

fn world_of(registry: &ProgrammableRegistry) -> World {
    World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", SECRET)
}

#[support::test]
fn a_builder_is_given_a_token_and_never_the_password() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let world = world_of(&registry);
    let (session, peer) = attach(&world, &["reg-a.test/team/app:v1"], &[]);
    let token = peer.token(&registry, &[PULL]).unwrap();
    assert_eq!(token.token, "token-0-of-alice");
    assert_eq!((token.expires_in, token.issued_at), (300, 0));
    let again = peer.token(&registry, &[PULL]).unwrap();
    assert_eq!(again.token, token.token);
    assert!((1..=300).contains(&again.expires_in), "{again:?}");
    // A builder that compares passwords asks for it.
    let password = peer.password(&registry.address()).unwrap();
    assert_eq!((&*password.username, &*password.secret), ("", ""));
    let told = told(&session);
    assert!(told[0].contains("was given no password"), "{told:?}");
    let requests = token_requests(&registry);
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].query_values("scope"), [PULL]);
}

#[support::test]
fn the_session_says_who_it_is_and_what_it_answers() {
    let registry = ProgrammableRegistry::open();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let mut settings = settings();
    settings.name = "build of team/app".to_owned();
    let session = open(&world, &["reg-a.test/team/app"], &[], settings);
    let peer = Peer::of(&world, &session);
    for line in [
        "post /session http/1.1",
        "upgrade: h2c",
        &format!("x-docker-expose-session-uuid: {}", session.id()),
        "x-docker-expose-session-name: build of team/app",
        "x-docker-expose-session-grpc-method: /moby.filesync.v1.auth/fetchtoken",
        "x-docker-expose-session-grpc-method: /grpc.health.v1.health/check",
    ] {
        assert!(peer.greeting.contains(&format!("{line}\r\n")), "{line}");
    }
}

#[support::test]
fn an_account_is_chosen_by_the_repository_in_the_scopes() {
    let registry = ProgrammableRegistry::bearer(&[
        Account::new("alice", SECRET),
        Account::new("bob", "canary-bob"),
    ]);
    let at = registry.address();
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&format!("{at}?path=team-a"), "alice", SECRET)
        .with_login(&format!("{at}?path=team-b"), "bob", "canary-bob");
    let images = ["reg-a.test/team-a/app", "reg-a.test/team-b/app"];
    let (session, peer) = attach(&world, &images, &[]);
    let whose = |scope: &str| peer.token(&registry, &[scope]).unwrap().token;
    assert!(whose("repository:team-a/app:pull").ends_with("-of-alice"));
    assert!(whose("repository:team-b/app:pull").ends_with("-of-bob"));
    // No image of the build, but one of alice's: her login holds for it.
    assert!(whose("repository:team-a/base:pull").ends_with("-of-alice"));
    assert!(whose("repository:team-c/base:pull").ends_with("-of-"));
    // The host alone tells nothing.
    let password = peer.password(&at).unwrap();
    assert_eq!(password.secret, "");
    let told = told(&session);
    assert!(
        told.iter().any(|it| it.contains("different logins")),
        "{told:?}"
    );
}

#[support::test]
fn a_token_that_many_want_is_asked_for_once() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    let world = world_of(&registry);
    let (_session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
    let asking: Vec<_> = (0..32)
        .map(|_| peer.asking(token_question(&registry, &[PULL])))
        .map(|asking| world.runtime.spawn(asking))
        .collect();
    for asked in asking {
        let token = world.block_on(asked).unwrap().unwrap();
        assert_eq!(token.token, "token-0-of-alice");
    }
    assert_eq!(token_requests(&registry).len(), 1);
}

#[support::test]
fn without_reuse_each_question_has_a_token_of_its_own() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    let mut world = world_of(&registry);
    world.options.tokens = portunus_http::TokenReuse::Off;
    let (_session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
    for expected in ["token-0-of-alice", "token-1-of-alice"] {
        assert_eq!(peer.token(&registry, &[PULL]).unwrap().token, expected);
    }
}

#[support::test]
fn a_wrong_password_is_sent_once() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "other")]);
    let world = world_of(&registry);
    let (session, peer) = attach(&world, &["reg-a.test/team/app"], &["reg-a.test/team/out"]);
    for scope in [PULL, "repository:team/out:pull,push", PULL] {
        let refused = peer.token(&registry, &[scope]).unwrap_err();
        assert_eq!(refused.code(), tonic::Code::Unauthenticated, "{refused}");
        assert!(!refused.message().contains("alice"), "{refused}");
    }
    assert_eq!(token_requests(&registry).len(), 1);
    let told = told(&session);
    assert!(told.iter().any(|it| it.contains("alice")), "{told:?}");
}

#[support::test]
fn a_realm_that_is_not_the_registry_s_own_is_not_asked() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    let strange = ProgrammableRegistry::open();
    let world = World::new()
        .with_hosts("reg-a.test", &["https://reg-a.test"])
        .with_login("reg-a.test", "alice", SECRET);
    let (_session, peer) = attach(&world, &["reg-a.test/team/app"], &[]);
    for realm in [
        format!("{}/token", strange.url()),
        "https://elsewhere.test/token".to_owned(),
    ] {
        let mut question = token_question(&registry, &[PULL]);
        question.host = "reg-a.test".to_owned();
        question.realm = realm;
        let asked = world.block_on(peer.asking(question));
        assert_eq!(asked.unwrap_err().code(), tonic::Code::PermissionDenied);
    }
    assert!(strange.requests().is_empty());
}

#[support::test]
fn a_builder_may_be_told_to_ask_for_tokens_itself() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    let world = world_of(&registry);
    let mut settings = settings();
    settings.tokens = portunus_buildkit::TokensBy::Builder;
    let session = open(&world, &["reg-a.test/team/app"], &[], settings);
    let peer = Peer::of(&world, &session);
    let at = registry.address();
    let refused = [
        peer.authority(&at, b"salt").unwrap_err(),
        peer.proof(&at, b"payload", b"salt").unwrap_err(),
        peer.token(&registry, &[PULL]).unwrap_err(),
    ];
    for status in refused {
        assert_eq!(status.code(), tonic::Code::Unavailable, "{status}");
    }
    let password = peer.password(&at).unwrap();
    assert_eq!((&*password.username, &*password.secret), ("alice", SECRET));
    assert!(registry.requests().is_empty());
}
