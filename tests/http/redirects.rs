//! Where a registry sends us elsewhere, neither secret nor header goes along.

use support::account::Account;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{HEADER, SECRET, good_registry, toml_with_header};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn a_redirect_target_that_asks_is_answered_anonymously() {
    let image = Image::of_sizes("one", &[10, 2000]);
    let storage = ProgrammableRegistry::settings_bearer(&[Account::new("alice", SECRET)])
        .public("team/app")
        .start();
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    for side in [&storage, &registry] {
        side.put_image("team/app", "v1", &image);
    }
    let target = storage.url();
    registry.answer_with(move |request| {
        let asked = request.path.contains("/blobs/") && request.bearer().is_some();
        asked.then(|| Reply::redirect(&format!("{target}{}", request.path)))
    });
    // The target is a host of its own that alice is logged in to as well.
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", SECRET)
        .with_login(&storage.address(), "alice", SECRET);
    world.pull(IMAGE).unwrap();
    assert!(storage.requests().iter().any(|it| it.path == "/token"));
    for request in storage.requests() {
        let shown = request.contains(SECRET) || request.contains("-of-alice");
        assert!(!shown && request.basic().is_none(), "{request:?}");
    }
}

#[support::test]
fn a_redirect_target_sees_neither_secret_nor_header() {
    let elsewhere = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 2000]);
    elsewhere.put_image("team/app", "v1", &image);
    for registry in [
        ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]),
        ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]),
    ] {
        registry.put_image("team/app", "v1", &image);
        let target = elsewhere.url();
        registry.answer_with(move |request| {
            let asked =
                request.path.contains("/blobs/") && request.header("authorization").is_some();
            asked.then(|| Reply::redirect(&format!("{target}{}", request.path)))
        });
        let toml = toml_with_header(&registry);
        let world = World::new()
            .with_hosts_toml("reg-a.test", &toml)
            .with_login(&registry.address(), "alice", SECRET);
        world.pull(IMAGE).unwrap();
        assert!(!elsewhere.requests().is_empty());
        elsewhere.always(Reply::challenge("Basic realm=\"give me\""));
        std::fs::remove_dir_all(world.layout()).unwrap();
        assert!(world.pull(IMAGE).is_err());
        elsewhere.forget_rules();
        for request in elsewhere.requests() {
            assert!(request.header("authorization").is_none(), "{request:?}");
            assert!(
                !request.contains(SECRET) && !request.contains(HEADER),
                "{request:?}"
            );
        }
    }
}

#[support::test]
fn an_upload_elsewhere_carries_no_secret() {
    let elsewhere = HttpServer::start(|request| {
        let next = format!("{}?part=2", request.path);
        Reply::status(202).header("Location", &next)
    });
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]);
    let upload = format!("{}/elsewhere", elsewhere.url());
    registry.when(
        |request: &Request| request.method == "POST" && request.basic().is_some(),
        Reply::status(202).header("Location", &upload),
    );
    let toml = toml_with_header(&registry);
    let world = World::new()
        .with_hosts_toml("reg-a.test", &toml)
        .with_login(&registry.address(), "alice", SECRET);
    world.write_layout(&Image::small("one"), "v1");
    let _ = world.push(IMAGE);
    assert!(!elsewhere.requests().is_empty());
    for request in elsewhere.requests() {
        assert!(
            !request.contains(SECRET) && !request.contains(HEADER),
            "{request:?}"
        );
        assert!(request.header("authorization").is_none());
    }
}

#[support::test]
fn an_upload_that_was_away_brings_no_secret_back() {
    let alice = Account::new("alice", SECRET).in_registry_namespace("reg-a.test");
    let registry = ProgrammableRegistry::basic(&[alice]);
    let victim = format!("{}/v2/victim/blobs/uploads/1", registry.url());
    let elsewhere = HttpServer::start(move |_| Reply::status(202).header("Location", &victim));
    let upload = format!("{}/elsewhere", elsewhere.url());
    registry.when(
        |it| it.method == "POST" && it.basic().is_some(),
        Reply::status(202).header("Location", &upload),
    );
    let key = format!("{}?ns=reg-a.test", registry.address());
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&key, "alice", SECRET);
    world.write_layout(&Image::small("one"), "v1");
    world.push(IMAGE).unwrap_err();
    let requests = registry.requests();
    let back: Vec<_> = requests
        .iter()
        .filter(|it| it.path.starts_with("/v2/victim/"))
        .collect();
    assert!(!back.is_empty());
    for request in back {
        assert!(request.header("authorization").is_none(), "{request:?}");
        assert!(request.query_values("ns").is_empty(), "{request:?}");
    }
}

#[support::test]
fn a_token_request_follows_no_redirect() {
    let elsewhere = HttpServer::start(|_| Reply::json(&serde_json::json!({ "token": "t" })));
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    let target = format!("{}/token", elsewhere.url());
    registry.when(|request| request.path == "/token", Reply::redirect(&target));
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", SECRET);
    assert!(world.pull(IMAGE).is_err());
    assert!(elsewhere.requests().is_empty());
}

#[support::test]
fn redirects_go_in_no_circle() {
    let (one, _) = good_registry();
    let (two, _) = good_registry();
    one.always(Reply::redirect(&format!("{}/v2/there", two.url())));
    two.always(Reply::redirect(&format!("{}/v2/back", one.url())));
    let world = World::new().with_hosts("reg-a.test", &[&one.url()]);
    let error = world.pull(IMAGE).unwrap_err();
    let expected = "too many redirects";
    assert_eq!(error.hosts[0].outcome.to_string(), expected);
    one.always(Reply::redirect("/v2/again"));
    let error = world.pull(IMAGE).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
    assert!(one.requests().len() < 40);
}
