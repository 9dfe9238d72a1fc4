//! TLS as `hosts.toml` says it, for each host apart.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use portunus::credential::Credential;
use portunus_http::{ErrorKind, HostFailure, Outcome, Roots};
use support::account::Account;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::{SECRET, tls_registry};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn the_authority_of_a_host_is_trusted_there_and_nowhere_else() {
    let (one, other) = (CertificateAuthority::new(), CertificateAuthority::new());
    let registry = tls_registry(&one, &[Account::new("alice", SECRET)]);
    let world = World::new().with_login(&registry.address(), "alice", SECRET);
    for (authority, fine) in [(&one, true), (&other, false)] {
        let ca = world.write("ca.crt", authority.certificate_pem());
        let toml = format!(
            "server = \"{}\"\nca = {ca:?}\nskip_verify = false\n",
            registry.url()
        );
        world.home.write_hosts_toml("reg-a.test", &toml);
        let pulled = world.pull(IMAGE);
        assert_eq!(pulled.is_ok(), fine, "{pulled:?}");
        if let Err(error) = pulled {
            assert!(error.hosts[0].outcome.tls_problem().is_some(), "{error}");
        }
    }
}

/// A realm that rejects everybody, and a registry that names it, under one authority.
fn realm_and_registry(authority: &CertificateAuthority) -> (HttpServer, ProgrammableRegistry) {
    let identity = authority.server(&["127.0.0.1"]);
    let realm = HttpServer::start_tls(identity.server_config(None), |_| Reply::status(401));
    let registry = ProgrammableRegistry::settings_bearer(&[])
        .realm(&format!("{}/token", realm.url()))
        .tls(identity.server_config(None))
        .start();
    (realm, registry)
}

/// A login at the registry that trusts the realm.
fn store_for(world: &World, registry: &ProgrammableRegistry, realm: &HttpServer) {
    let alice = Credential::password("alice", SECRET);
    let pinned = Some(format!("{}/token", realm.url()));
    world.store_under(&registry.address(), &alice, |note| note.realm = pinned);
}

#[support::test]
fn the_authority_of_a_host_holds_for_its_realm_too() {
    let authority = CertificateAuthority::new();
    let (realm, registry) = realm_and_registry(&authority);
    let world = World::new();
    let ca = world.write("ca.crt", authority.certificate_pem());
    let toml = format!(
        "server = \"{}\"\nca = {ca:?}\nskip_verify = false\n",
        registry.url()
    );
    let world = world.with_hosts_toml("reg-a.test", &toml);
    store_for(&world, &registry, &realm);
    assert_eq!(world.pull(IMAGE).unwrap_err().kind, ErrorKind::Rejected);
    assert_eq!(realm.requests_with(SECRET).len(), 1);
}

#[support::test]
fn skipped_verification_does_not_reach_the_realm() {
    let authority = CertificateAuthority::new();
    let (realm, registry) = realm_and_registry(&authority);
    let toml = format!("server = \"{}\"\nskip_verify = true\n", registry.url());
    let world = World::new().with_hosts_toml("reg-a.test", &toml);
    store_for(&world, &registry, &realm);
    let error = world.pull(IMAGE).unwrap_err();
    assert!(
        matches!(
            error.hosts[0].outcome,
            Outcome::Host(HostFailure::Realm { .. } | HostFailure::RealmTrouble { .. })
        ),
        "{error}"
    );
    assert!(realm.requests().is_empty());
}

#[support::test]
fn a_client_certificate_is_shown_to_its_host_only() {
    let authority = CertificateAuthority::new();
    let identity = authority.server(&["127.0.0.1"]);
    let elsewhere = ProgrammableRegistry::settings_open()
        .tls(identity.server_config(Some(&authority)))
        .start();
    let registry = ProgrammableRegistry::settings_open()
        .tls(identity.server_config(Some(&authority)))
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let world = World::new();
    let ca = world.write("ca.crt", authority.certificate_pem());
    let client = authority.client("alice");
    let pair = format!("{}{}", client.certificate_pem(), client.key_pem());
    let pair = world.write("client.pem", &pair);
    let toml = format!(
        "server = \"{}\"\nca = {ca:?}\nclient = {pair:?}\nskip_verify = false\n",
        registry.url()
    );
    let mut world = world.with_hosts_toml("reg-a.test", &toml);
    let roots = Roots::none().with_pem(authority.certificate_pem().as_bytes());
    world.options.roots = roots.unwrap();
    world.pull(IMAGE).unwrap();
    assert!(
        registry
            .requests()
            .iter()
            .all(|request| request.client_certificate)
    );
    registry.always(Reply::redirect(&format!("{}/v2/", elsewhere.url())));
    let _ = world.pull(IMAGE);
    assert!(
        elsewhere.requests().is_empty(),
        "its handshake wants a certificate"
    );
}

#[support::test]
fn given_roots_are_trusted() {
    let authority = CertificateAuthority::new();
    let registry = tls_registry(&authority, &[Account::new("alice", SECRET)]);
    let toml = format!("server = \"{}\"\nskip_verify = false\n", registry.url());
    let mut world = World::new()
        .with_hosts_toml("reg-a.test", &toml)
        .with_login(&registry.address(), "alice", SECRET);
    let error = world.pull(IMAGE).unwrap_err();
    assert!(error.hosts[0].outcome.tls_problem().is_some(), "{error}");
    let roots = Roots::none().with_pem(authority.certificate_pem().as_bytes());
    world.options.roots = roots.unwrap();
    world.pull(IMAGE).unwrap();
}

#[support::test]
fn a_certificate_file_that_cannot_be_read_is_named() {
    let registry = ProgrammableRegistry::open();
    let world = World::new();
    let nonsense = world.write("nonsense.pem", "-----BEGIN NOTHING-----\n");
    let hosts = portunus::hosts::HostsTree::new(vec![world.home.hosts_dir()]);
    let hosts = portunus::resolve::prepare_hosts(hosts);
    let toml = format!("server = \"{}\"\nclient = {nonsense:?}\n", registry.url());
    world.home.write_hosts_toml("reg-a.test", &toml);
    let name = portunus::name::RegistryNamespace::new("reg-a.test").unwrap();
    // containerd refuses such a file when it reads hosts.toml; so do we.
    assert!(
        hosts
            .hosts(&name, portunus::hosts::Reading::default())
            .is_err()
    );
}

#[support::test]
fn a_host_whose_tls_fails_or_never_answers_is_passed_over() {
    let unknown = tls_registry(&CertificateAuthority::new(), &[]);
    // Takes connections, and never says a word.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let silent = format!("https://{}", silent.local_addr().unwrap());
    let good = ProgrammableRegistry::open();
    good.put_image("team/app", "v1", &Image::small("one"));
    for bad in [unknown.url(), silent] {
        let toml = format!(
            "server = \"{}\"\n[host.\"{bad}\"]\ncapabilities = [\"pull\", \"resolve\"]\ndial_timeout = \"300ms\"\n",
            good.url()
        );
        let started = Instant::now();
        World::new()
            .with_hosts_toml("reg-a.test", &toml)
            .pull(IMAGE)
            .unwrap();
        assert!(started.elapsed() < Duration::from_secs(5), "{bad}");
    }
    assert!(unknown.requests().is_empty());
}
