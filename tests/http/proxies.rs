//! Proxies are given, never found; loopback is never proxied; a secret stays off plain http.

use portunus::credential::Credential;
use portunus::secret::Secret;
use portunus_http::{ErrorKind, Proxies};
use support::account::Account;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use worlds::advice::commands;
use worlds::http::World;

const SECRET: &str = "canary-7c1f";

/// A proxy that plays a registry at `http://reg.test:5000` which wants a password.
fn proxy() -> HttpServer {
    HttpServer::start(|request| match request.header("authorization") {
        Some(_) => Reply::status(200),
        None => Reply::challenge("Basic realm=\"r\""),
    })
}

fn world_behind(proxy: &HttpServer) -> World {
    let mut world = World::new().with_hosts("reg-a.test", &["http://reg.test:5000"]);
    world.options.proxies = Proxies::none();
    world.options.proxies.http = Some(Secret::new(proxy.url()));
    world
}

#[support::test]
fn a_host_elsewhere_is_reached_through_the_proxy() {
    let proxy = proxy();
    let world = world_behind(&proxy);
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotLoggedIn, "{error}");
    let host: Vec<_> = proxy
        .requests()
        .iter()
        .map(|it| it.header("host").map(str::to_owned))
        .collect();
    assert_eq!(host, [Some("reg.test:5000".to_owned())]);
}

#[support::test]
fn a_secret_travels_over_plain_http_only_with_consent() {
    let proxy = proxy();
    let mut world = world_behind(&proxy);
    let alice = Credential::password("alice", SECRET);
    world.store_under("reg.test:5000", &alice, |_| {});
    let error = world.pull("reg-a.test/team/app:v1").unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    assert_eq!(commands(&error), ["login reg.test:5000 --plain-http"]);
    let error = world
        .log_in("reg-a.test", "reg.test:5000", "alice", SECRET)
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust);
    assert!(proxy.requests_with(SECRET).is_empty());
    world
        .options
        .trust
        .plain_http
        .push("other.test:5000".parse().unwrap());
    world.pull("reg-a.test/team/app:v1").unwrap_err();
    assert!(proxy.requests_with(SECRET).is_empty());
    world.store_under("reg.test:5000", &alice, |note| note.plain_http = true);
    world.pull("reg-a.test/team/app:v1").unwrap_err();
    assert!(!proxy.requests_with(SECRET).is_empty());
}

#[support::test]
fn a_proxy_that_fails_is_named_without_its_password() {
    let refuses = HttpServer::start(|_| Reply::status(407));
    for (proxy, said) in [
        ("127.0.0.1:1".to_owned(), "Connection refused"),
        (refuses.address(), ""),
    ] {
        let mut world = World::new().with_hosts("reg-a.test", &["https://reg.test:5000"]);
        world.options.proxies = Proxies::none();
        let url = format!("http://alice:{SECRET}@{proxy}");
        world.options.proxies.https = Some(Secret::new(url));
        let error = world
            .pull("reg-a.test/team/app:v1")
            .unwrap_err()
            .to_string();
        let told = format!("unreachable: through the proxy http://{proxy}: {said}");
        assert!(error.contains(&told), "{error}");
        assert!(!error.contains(SECRET), "{error}");
    }
}

#[support::test]
fn loopback_is_never_proxied() {
    let proxy = proxy();
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let world = world_behind(&proxy)
        .with_hosts("reg-b.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", SECRET);
    world.pull("reg-b.test/team/app:v1").unwrap();
    assert!(proxy.requests().is_empty());
}

#[support::test]
fn a_metadata_address_is_refused_behind_a_proxy_too() {
    let proxy =
        HttpServer::start(|_| Reply::challenge("Bearer realm=\"http://169.254.169.254/token\""));
    let error = world_behind(&proxy)
        .pull("reg-a.test/team/app:v1")
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    assert_eq!(proxy.requests().len(), 1);
}

#[support::test]
fn a_host_that_may_never_be_dialled_is_passed_over() {
    let (never, good) = (ProgrammableRegistry::open(), ProgrammableRegistry::open());
    good.put_image("team/app", "v1", &Image::small("one"));
    let toml = format!(
        "server = \"{}\"\n[host.\"{}\"]\ncapabilities = [\"pull\", \"resolve\"]\ndial_timeout = \"-1s\"\n",
        good.url(),
        never.url()
    );
    let world = World::new().with_hosts_toml("reg-a.test", &toml);
    world.pull("reg-a.test/team/app:v1").unwrap();
    assert!(never.requests().is_empty());
}
