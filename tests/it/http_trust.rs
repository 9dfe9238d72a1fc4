//! Hostile registries record what they are sent: never a secret that was not theirs.

use portunus::credential::Credential;
use portunus::resolve::Operation;
use portunus::token::trust::RealmPair;
use portunus_http::{ChosenAnswer, ErrorKind, Outcome};
use support::account::Account;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use support::trials;

use crate::http_world::World;

trials! {
    a_foreign_realm_sees_no_secret_and_the_refusal_names_the_command,
    a_realm_is_trusted_as_a_pair_only,
    a_realm_that_changed_since_login_sees_no_secret,
    a_redirect_target_sees_neither_secret_nor_header,
    headers_of_hosts_toml_go_to_their_host_only,
    an_upload_elsewhere_carries_no_secret,
    a_token_request_follows_no_redirect,
    a_metadata_address_is_never_asked,
    a_login_at_a_foreign_realm_is_refused,
}

const IMAGE: &str = "reg-a.test/team/app:v1";
const SECRET: &str = "canary-7c1f";
const HEADER: &str = "header-canary-55";

/// A server that hands out tokens to anybody who asks, and a registry that names it as realm.
fn registry_with_realm() -> (HttpServer, ProgrammableRegistry) {
    let realm = HttpServer::start(|_| Reply::json(&serde_json::json!({ "token": "t" })));
    let named = format!("{}/token", realm.url());
    let registry = ProgrammableRegistry::settings_bearer(&[Account::new("alice", SECRET)])
        .realm(&named)
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    (realm, registry)
}

fn a_foreign_realm_sees_no_secret_and_the_refusal_names_the_command() {
    let (realm, registry) = registry_with_realm();
    let at = registry.address();
    let key = format!("{at}?ns=reg-a.test");
    let world = World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&key, "alice", SECRET);
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    let command = format!(
        "portunus login --registry-namespace reg-a.test {at} --trust-realm {}/token",
        realm.url()
    );
    assert_eq!(error.help(), [command]);
    let choices = world.choose(IMAGE, Operation::Pull);
    let refused =
        |answer: &ChosenAnswer| matches!(answer, ChosenAnswer::Failed(Outcome::Refused(_)));
    assert!(refused(&choices[0].answer), "{choices:?}");
    assert!(realm.requests().is_empty() && registry.requests_with(SECRET).is_empty());
}

fn a_realm_is_trusted_as_a_pair_only() {
    let (realm, registry) = registry_with_realm();
    let (realm_authority, other) = (realm.address(), "other.test");
    let pair = |host: &str| RealmPair::new(host.parse().unwrap(), realm_authority.parse().unwrap());
    for (host, seen) in [(other, 0), (registry.address().as_str(), 1)] {
        let mut world = World::new()
            .with_hosts("reg-a.test", &[&registry.url()])
            .with_login(&registry.address(), "alice", SECRET);
        world.options.trust.realms.push(pair(host));
        let _ = world.pull(IMAGE);
        assert_eq!(realm.requests_with(SECRET).len(), seen, "{host}");
    }
}

fn a_realm_that_changed_since_login_sees_no_secret() {
    let (realm, registry) = registry_with_realm();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let alice = Credential::password("alice", SECRET);
    let pin =
        |url: String| world.store_under(&registry.address(), &alice, |note| note.realm = Some(url));
    pin("https://auth.reg-a.test/token".to_owned());
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust);
    assert!(
        error
            .to_string()
            .contains("at login it was https://auth.reg-a.test"),
        "{error}"
    );
    assert!(realm.requests_with(SECRET).is_empty());
    pin(format!("{}/token", realm.url()));
    let _ = world.pull(IMAGE);
    assert_eq!(realm.requests_with(SECRET).len(), 1);
}

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
        let toml = format!(
            "server = \"{}\"\n[header]\nx-key = \"{HEADER}\"\n",
            registry.url()
        );
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

fn headers_of_hosts_toml_go_to_their_host_only() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let toml = format!(
        "server = \"{}\"\n[header]\nx-key = \"{HEADER}\"\n",
        registry.url()
    );
    let world = World::new()
        .with_hosts_toml("reg-a.test", &toml)
        .with_login(&registry.address(), "alice", SECRET);
    world.pull(IMAGE).unwrap();
    for request in registry.requests() {
        assert_eq!(
            request.contains(HEADER),
            request.path != "/token",
            "{request:?}"
        );
    }
}

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
    let toml = format!(
        "server = \"{}\"\n[header]\nx-key = \"{HEADER}\"\n",
        registry.url()
    );
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

fn a_metadata_address_is_never_asked() {
    let registry = ProgrammableRegistry::open();
    registry.always(Reply::challenge(
        "Bearer realm=\"http://169.254.169.254/token\",service=\"s\"",
    ));
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    assert!(error.to_string().contains("169.254.169.254"), "{error}");
    registry.always(Reply::redirect("http://169.254.169.254/latest/meta-data"));
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
}

fn a_login_at_a_foreign_realm_is_refused() {
    let (realm, registry) = registry_with_realm();
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let at = registry.address();
    let error = world
        .log_in("reg-a.test", &at, "alice", SECRET)
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust);
    assert_eq!(
        error.help(),
        [format!(
            "portunus login {at} --trust-realm {}/token",
            realm.url()
        )]
    );
    assert!(realm.requests().is_empty() && registry.requests_with(SECRET).is_empty());
}
