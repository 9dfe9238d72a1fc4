//! Where one way does not work, the next safe one is tried before that is the verdict.

use std::time::Duration;

use portunus::credential::Credential;
use portunus::name::Repository;
use portunus::resolve::Operation;
use portunus_http::{ChosenAnswer, HostFailure, LoginAnswer, Outcome};
use support::account::Account;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::threads;
use worlds::http::World;

use crate::worlds::{SECRET, world_of};

const IMAGE: &str = "reg-a.test/team/app:v1";

fn alice() -> [Account; 1] {
    [Account::new("alice", SECRET)]
}

/// Registries of each kind, with the image.
fn registries() -> [ProgrammableRegistry; 3] {
    let registries = [
        ProgrammableRegistry::open(),
        ProgrammableRegistry::basic(&alice()),
        ProgrammableRegistry::bearer(&alice()),
    ];
    for registry in &registries {
        registry.put_image("team/app", "v1", &Image::small("one"));
    }
    registries
}

fn is_head(request: &Request) -> bool {
    request.method == "HEAD" && request.path.contains("/manifests/")
}

fn is_get(request: &Request) -> bool {
    request.method == "GET" && request.path.ends_with("/manifests/v1")
}

/// Whether it is no first question, which is to be challenged.
fn is_answered(request: &Request, open: bool) -> bool {
    open || request.header("authorization").is_some()
}

fn gets(registry: &ProgrammableRegistry) -> usize {
    registry.requests().iter().filter(|it| is_get(it)).count()
}

#[support::test]
fn a_head_that_is_refused_or_fails_is_settled_by_one_get() {
    for status in [400, 403, 404, 405, 500, 501, 502] {
        for (at, registry) in registries().iter().enumerate() {
            registry.when(
                move |it| is_head(it) && is_answered(it, at == 0),
                Reply::status(status),
            );
            let world = world_of(registry);
            let pulled = world.pull(IMAGE).unwrap();
            assert_eq!(pulled.manifest.digest, Image::small("one").digest());
            assert_eq!(gets(registry), 1, "{status}");
            registry.forget_requests();
            let choice = world.choose(IMAGE, Operation::Pull).remove(0);
            let found = choice.manifest.clone().unwrap().unwrap();
            assert_eq!(found, Image::small("one").digest(), "{status}");
            let accepted = matches!(choice.answer, ChosenAnswer::Credential(_));
            assert_eq!(accepted, at > 0, "{choice:?}");
            assert!(choice.rejected.is_empty() && choice.warnings.is_empty());
            assert_eq!(gets(registry), 1, "{status}");
        }
    }
}

#[support::test]
fn a_token_that_a_head_is_not_let_in_with_is_tried_by_get() {
    let registry = ProgrammableRegistry::bearer(&alice());
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.when(is_head, Reply::status(401));
    registry.when(
        |it| is_head(it) && it.bearer().is_none(),
        Reply::challenge(&format!(
            "Bearer realm=\"{}/token\",service=\"reg-a.test\"",
            registry.url()
        )),
    );
    let world = world_of(&registry);
    world.pull(IMAGE).unwrap();
    let choice = world.choose(IMAGE, Operation::Pull).remove(0);
    assert!(choice.manifest.unwrap().is_ok());
    assert!(choice.rejected.is_empty());
}

/// Who rejects a password says how to log in; a bare 401 may be about the method. A `GET` settles it.
#[support::test]
fn a_password_that_a_head_is_barely_refused_with_is_tried_by_get() {
    for (password, accepted) in [(SECRET, true), ("canary-wrong", false)] {
        let registry = ProgrammableRegistry::basic(&alice());
        registry.put_image("team/app", "v1", &Image::small("one"));
        registry.when(
            |it| it.method == "HEAD" && it.basic().is_some(),
            Reply::status(401),
        );
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", password);
        let choice = world.choose(IMAGE, Operation::Pull).remove(0);
        let found = matches!(choice.answer, ChosenAnswer::Credential(_));
        assert_eq!(found, accepted, "{choice:?}");
        assert_eq!(choice.rejected.is_empty(), accepted, "{choice:?}");
        assert!(registry.requests_with(password).len() <= 2);
        registry.forget_requests();
        assert_eq!(world.pull(IMAGE).is_ok(), accepted);
        if accepted {
            world.push(IMAGE).unwrap();
        } else {
            assert_eq!(registry.requests_with(password).len(), 2);
        }
    }
}

#[support::test(waits)]
fn a_head_that_breaks_off_or_is_never_answered_is_settled_by_one_get() {
    side_by_side(|reply, at, registry| {
        let is_concerned = move |it: &Request| is_head(it) && is_answered(it, at == 0);
        registry.when(is_concerned, reply);
        let mut world = world_of(registry);
        world.options.timeouts.answer = Duration::from_secs(4);
        world.pull(IMAGE).unwrap();
        assert_eq!(gets(registry), 1);
        let choice = world.choose(IMAGE, Operation::Pull).remove(0);
        assert!(matches!(choice.manifest, Some(Ok(_))), "{choice:?}");
        assert!(choice.rejected.is_empty(), "{choice:?}");
    });
}

#[support::test(waits)]
fn a_blob_that_no_head_tells_of_is_looked_for_by_its_first_byte() {
    side_by_side(|reply, _, registry| {
        registry.when(
            |it| it.method == "HEAD" && it.path.contains("/blobs/"),
            reply,
        );
        let mut world = world_of(registry);
        world.options.timeouts.answer = Duration::from_secs(4);
        let image = Image::small("two");
        world.write_layout(&image, "v2");
        world.push("reg-a.test/team/app:v2").unwrap();
        for blob in image.blobs() {
            let held = registry.blob("team/app", &blob.digest);
            assert_eq!(held.as_ref(), Some(&blob.bytes));
        }
        registry.forget_requests();
        world.push("reg-a.test/team/app:v2").unwrap();
        let mut sent = registry.requests().into_iter();
        assert!(!sent.any(|it| it.method == "PATCH"));
    });
}

/// With a request that breaks off and with one that is never answered, at each kind of registry, which
/// has its number; all at the same time, since each waits for as long as an answer may take.
fn side_by_side(case: fn(Reply, usize, &ProgrammableRegistry)) {
    let cases = [Reply::reset, Reply::silence].map(|reply| {
        registries()
            .into_iter()
            .enumerate()
            .map(move |(at, registry)| threads::spawn(move || case(reply(), at, &registry)))
    });
    let cases: Vec<_> = cases.into_iter().flatten().collect();
    for case in cases {
        case.join().unwrap();
    }
}

#[support::test]
fn without_a_challenge_on_the_head_the_get_brings_it() {
    for registry in &registries()[1..] {
        registry.when(is_head, Reply::status(401));
        world_of(registry).pull(IMAGE).unwrap();
    }
}

#[support::test]
fn where_the_get_is_refused_too_that_is_the_verdict_and_the_token_is_asked_for_once() {
    for (at, registry) in registries().iter().enumerate() {
        let refused = Reply::status(403).body(r#"{"errors":[{"code":"DENIED"}]}"#);
        registry.when(
            move |it| (is_head(it) || is_get(it)) && is_answered(it, at == 0),
            refused,
        );
        let error = world_of(registry).pull(IMAGE).unwrap_err();
        let outcome = &error.hosts[0].outcome;
        let denied = matches!(outcome, Outcome::Host(HostFailure::Denied { .. }));
        assert!(denied == (at > 0) && error.hosts.len() == 1, "{error}");
        assert!(error.to_string().contains("DENIED"), "{error}");
        assert_eq!(gets(registry), 1);
        let sent = registry.requests_with(SECRET);
        let tokens = sent.iter().filter(|it| it.path == "/token").count();
        assert_eq!(tokens, usize::from(at == 2));
    }
}

#[support::test]
fn a_wrong_password_is_not_sent_again_by_get() {
    for registry in &registries()[1..] {
        let world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", "canary-wrong");
        world.pull(IMAGE).unwrap_err();
        assert_eq!(registry.requests_with("canary-wrong").len(), 1);
        assert_eq!(gets(registry), 0);
    }
}

#[support::test]
fn a_host_without_the_tag_is_asked_by_get_only_where_nobody_has_it() {
    let (mirror, server) = (ProgrammableRegistry::open(), ProgrammableRegistry::open());
    server.put_image("team/app", "v1", &Image::small("one"));
    let world = World::new().with_hosts("reg-a.test", &[&mirror.url(), &server.url()]);
    world.pull(IMAGE).unwrap();
    assert_eq!((gets(&mirror), gets(&server)), (0, 0));
    let error = world.pull("reg-a.test/team/app:v2").unwrap_err();
    assert!(error.hosts.iter().all(|host| host.outcome.is_not_found()));
    // The mirror is the one whose HEAD is about nothing.
    mirror.put_image("team/app", "v3", &Image::small("three"));
    mirror.when(is_head, Reply::status(404));
    let pulled = world.pull("reg-a.test/team/app:v3").unwrap();
    assert_eq!(pulled.manifest.digest, Image::small("three").digest());
}

#[support::test]
fn a_presigned_url_that_knows_no_head_is_asked_by_get() {
    let cdn = ProgrammableRegistry::open();
    cdn.put_image("team/app", "v1", &Image::small("one"));
    cdn.when(is_head, Reply::status(403));
    for (at, registry) in registries().iter().enumerate() {
        let target = cdn.url();
        registry.answer_with(move |it| {
            let sent = it.path.contains("/manifests/") && is_answered(it, at == 0);
            sent.then(|| Reply::redirect(&format!("{target}{}", it.path)))
        });
        let world = world_of(registry);
        let pulled = world.pull(IMAGE).unwrap();
        assert_eq!(pulled.manifest.digest, Image::small("one").digest());
        let choice = world.choose(IMAGE, Operation::Pull).remove(0);
        assert_eq!(
            choice.manifest.unwrap().unwrap(),
            Image::small("one").digest()
        );
        assert!(choice.redirected_to.is_some());
    }
    assert!(cdn.requests_with(SECRET).is_empty());
}

#[support::test]
fn where_the_named_realm_is_none_and_basic_is_offered_basic_it_is() {
    for status in [404, 405] {
        let registry = ProgrammableRegistry::basic(&alice());
        registry.put_image("team/app", "v1", &Image::small("one"));
        let challenge = format!(
            "Bearer realm=\"{}/token\",service=\"s\", Basic realm=\"r\"",
            registry.url()
        );
        registry.when(
            |it| it.header("authorization").is_none(),
            Reply::challenge(&challenge),
        );
        registry.when(|it| it.path == "/token", Reply::status(status));
        let world = world_of(&registry);
        world.pull(IMAGE).unwrap();
        let at = registry.address();
        let answer = world.log_in("reg-a.test", &at, "alice", SECRET).unwrap();
        assert!(matches!(answer, LoginAnswer::Accepted { .. }), "{answer:?}");
        // Without Basic the realm's answer is the verdict.
        let challenge = format!("Bearer realm=\"{}/token\"", registry.url());
        registry.when(
            |it| it.path != "/token" && it.header("authorization").is_none(),
            Reply::challenge(&challenge),
        );
        let error = world_of(&registry).pull(IMAGE).unwrap_err();
        assert!(
            matches!(
                error.hosts[0].outcome,
                Outcome::Host(HostFailure::Realm { .. } | HostFailure::RealmTrouble { .. })
            ),
            "{error}"
        );
    }
}

/// A registry with an open door, in which alice may read `team/app`, and nobody may push.
fn read_only(open_to_read: bool) -> HttpServer {
    HttpServer::start(move |request| {
        let challenge = Reply::challenge("Basic realm=\"r\"");
        let alice = Some(("alice".to_owned(), SECRET.to_owned()));
        match (request.method.as_str(), request.path.as_str()) {
            (_, "/v2/") => Reply::status(200),
            ("GET", "/v2/team/app/tags/list") if open_to_read => Reply::status(200),
            _ if request.basic() != alice => challenge,
            ("GET", "/v2/team/app/tags/list") => Reply::status(200),
            _ => Reply::error(403, "DENIED"),
        }
    })
}

#[support::test]
fn who_may_only_read_is_verified_by_what_nobody_else_may_read() {
    let repository = Repository::new("team/app").unwrap();
    for (open_to_read, password, accepted) in [
        (false, SECRET, true),
        (false, "canary-wrong", false),
        // Nothing is proved there.
        (true, SECRET, false),
    ] {
        let server = read_only(open_to_read);
        let world = World::new().with_hosts("reg-a.test", &[&server.url()]);
        let credential = Credential::password("alice", password);
        let (at, repository) = (server.address(), Some(&repository));
        let answer = world.log_in_with("reg-a.test", &at, &credential, repository, None);
        let told = format!("{open_to_read} {password}: {answer:?}");
        assert_eq!(
            matches!(answer, Ok(LoginAnswer::Accepted { .. })),
            accepted,
            "{told}"
        );
        assert!(server.requests_with("canary-wrong").len() < 2, "{told}");
    }
}

#[support::test]
fn a_door_that_moves_inside_its_origin_is_followed() {
    for status in [301, 302, 307, 308] {
        let server = HttpServer::start(move |request| match request.path.as_str() {
            "/v2/" => Reply::status(status).header("Location", "/v2"),
            "/v2" if request.basic().is_some() => Reply::status(200),
            _ => Reply::challenge("Basic realm=\"r\""),
        });
        let world = World::new().with_hosts("reg-a.test", &[&server.url()]);
        let at = server.address();
        let answer = world.log_in("reg-a.test", &at, "alice", SECRET).unwrap();
        assert!(matches!(answer, LoginAnswer::Accepted { .. }), "{answer:?}");
    }
}

#[support::test]
fn a_host_that_does_not_say_whether_it_has_a_blob_is_sent_it() {
    for status in [400, 403, 405, 501] {
        for (at, registry) in registries().iter().enumerate() {
            registry.when(
                move |it| {
                    let head = it.method == "HEAD" && it.path.contains("/blobs/");
                    head && is_answered(it, at == 0)
                },
                Reply::status(status),
            );
            let world = world_of(registry);
            world.write_layout(&Image::small("two"), "v2");
            world.push("reg-a.test/team/app:v2").unwrap();
            assert!(registry.manifest("team/app", "v2").is_some());
        }
    }
}

#[support::test]
fn a_push_is_tried_out_where_the_door_has_moved_to() {
    let server = HttpServer::start(|request| match request.path.as_str() {
        "/v2/" => Reply::status(308).header("Location", "/v2"),
        _ if request.basic().is_some() => Reply::status(200),
        _ => Reply::challenge("Basic realm=\"r\""),
    });
    let world = World::new()
        .with_hosts("reg-a.test", &[&server.url()])
        .with_login(&server.address(), "alice", SECRET);
    let choice = world.choose(IMAGE, Operation::Push).remove(0);
    assert!(
        matches!(choice.answer, ChosenAnswer::Credential(_)),
        "{choice:?}"
    );
}
