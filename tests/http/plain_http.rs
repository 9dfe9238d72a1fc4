//! Where a host speaks no TLS, it is asked over http as containerd would, and never with a secret
//! that was meant for TLS.

use std::io::Read;
use std::net::{Shutdown, TcpListener, TcpStream};

use portunus::secret::Secret;
use portunus_http::ErrorKind;
use support::account::Account;
use support::connect_proxy::ConnectProxy;
use support::http::{HttpServer, Reply};
use support::image::Image;
use support::pki::CertificateAuthority;
use support::port;
use support::programmable_registry::ProgrammableRegistry;
use worlds::advice::commands;
use worlds::http::World;

use crate::worlds::{HEADER, SECRET, tls_registry};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
fn a_loopback_registry_without_tls_is_asked_over_http() {
    let registry = ProgrammableRegistry::basic(&[Account::new("alice", SECRET)]);
    registry.put_image("team/app", "v1", &Image::small("one"));
    let at = registry.address();
    // Without hosts.toml, containerd asks a loopback registry over https first, then http.
    let world = World::new().with_login(&at, "alice", SECRET);
    world.pull(&format!("{at}/team/app:v1")).unwrap();
    let first = &registry.requests()[0];
    assert!(first.header("authorization").is_none(), "{first:?}");
}

/// A world in which `reg-a.test` is served over https first, then http, by a host that is reached
/// through proxies: `https` for the one, `http` for the other.
fn world_at(host: &str, more: &str, http: &str, https: Option<&str>) -> World {
    let toml = format!("server = \"http://{host}\"\n{more}[header]\nx-key = \"{HEADER}\"\n");
    let mut world = World::new().with_hosts_toml("reg-a.test", &toml);
    world.store_under(host, &alice(), |_| {});
    world.options.proxies.http = Some(Secret::new(http.to_owned()));
    world.options.proxies.https = https.map(|url| Secret::new(url.to_owned()));
    world
}

fn alice() -> portunus::credential::Credential {
    portunus::credential::Credential::password("alice", SECRET)
}

/// Plays the host over plain http: asks for the password.
fn greedy() -> HttpServer {
    HttpServer::start(|_| Reply::challenge("Basic realm=\"give me\""))
}

/// It was asked, and saw nothing that was meant for TLS.
fn assert_saw_no_secret(server: &HttpServer) {
    assert!(!server.requests().is_empty());
    for request in server.requests() {
        let secret = request.contains(SECRET) || request.contains(HEADER);
        assert!(
            !secret && request.header("authorization").is_none(),
            "{request:?}"
        );
    }
}

#[support::test]
fn a_host_without_a_port_is_asked_over_http_where_nobody_serves_tls() {
    let plain = greedy();
    // This machine under an address that is not loopback: nobody listens on port 443.
    let world = world_at("0.0.0.0", "skip_verify = false\n", &plain.url(), None);
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    assert_eq!(commands(&error), ["login 0.0.0.0 --plain-http"]);
    assert_saw_no_secret(&plain);
}

#[support::test]
fn consent_holds_for_the_default_port_after_a_fall_back() {
    let plain = HttpServer::start(|request| match request.basic() {
        Some(_) => Reply::status(404),
        None => Reply::challenge("Basic realm=\"give me\""),
    });
    let world = world_at("0.0.0.0", "skip_verify = false\n", &plain.url(), None);
    world.store_under("0.0.0.0", &alice(), |note| note.plain_http = true);
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error}");
    let sent = plain.requests().iter().any(|it| it.basic().is_some());
    assert!(sent, "{:?}", plain.requests());
}

#[support::test]
fn a_host_elsewhere_that_speaks_http_is_asked_anonymously_only() {
    let plain = greedy();
    let tunnel = ConnectProxy::start(&[("reg.test:5000", &plain.address())]);
    let toml = "skip_verify = false\n";
    let world = world_at("reg.test:5000", toml, &plain.url(), Some(&tunnel.url()));
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Trust, "{error}");
    assert_saw_no_secret(&plain);
}

#[support::test]
fn once_a_host_has_answered_over_tls_nothing_goes_over_http() {
    let image = Image::of_sizes("one", &[10, 20]);
    let (digest, authority) = (image.digest().to_owned(), CertificateAuthority::new());
    let identity = authority.server(&["reg.test"]);
    let own = HttpServer::start_tls(identity.server_config(None), move |request| {
        let reply = match request.header("authorization") {
            Some(_) => Reply::status(200).header("Docker-Content-Digest", &digest),
            None => Reply::challenge("Basic realm=\"r\""),
        };
        reply.header("Connection", "close")
    });
    // Somebody on the way takes over after the credential was accepted, and has the image.
    let mut parts = image.layers.clone();
    parts.extend([image.config.clone(), image.manifest.clone()]);
    let stranger = HttpServer::start(move |request| {
        let asked = parts
            .iter()
            .find(|part| request.path.ends_with(&part.digest));
        asked.map_or_else(
            || Reply::status(404),
            |part| Reply::status(200).body(part.bytes.clone()),
        )
    });
    let (tls, plain) = (own.address(), stranger.address());
    let routes = [&tls, &tls, &plain].map(|to| ("reg.test:5000", to.as_str()));
    let tunnel = ConnectProxy::start(&routes);
    let home = support::home::Home::new();
    let ca = home.path().join("ca.pem");
    std::fs::write(&ca, authority.certificate_pem()).unwrap();
    let toml = format!("ca = {ca:?}\n");
    let world = world_at("reg.test:5000", &toml, &stranger.url(), Some(&tunnel.url()));
    let error = world.pull(IMAGE).unwrap_err();
    assert_eq!(own.requests_with(SECRET).len(), 1, "{error}");
    assert!(error.hosts[0].outcome.tls_problem().is_some(), "{error}");
    assert!(stranger.requests().is_empty(), "{:?}", stranger.requests());
}

#[support::test]
fn what_containerd_takes_for_no_lack_of_tls_is_none_here() {
    let plain = greedy();
    let closed = format!("127.0.0.1:{}", port::free());
    let hangs_up = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let hangs_up_at = hangs_up.local_addr().unwrap().to_string();
    let hanging_up = support::threads::spawn(move || {
        let (mut stream, _) = hangs_up.accept().unwrap();
        let _ = stream.read(&mut [0; 64]);
        let _ = TcpStream::shutdown(&stream, Shutdown::Both);
    });
    // Nobody at a port that was named, and a peer that hangs up without a word.
    for at in [&closed, &hangs_up_at] {
        let tunnel = ConnectProxy::start(&[("reg.test:5000", at)]);
        let toml = "skip_verify = false\n";
        let world = world_at("reg.test:5000", toml, &plain.url(), Some(&tunnel.url()));
        let error = world.pull(IMAGE).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Network, "{error}");
    }
    hanging_up.join().unwrap();
    // A host that is listed with https has no second way.
    let world = World::new().with_hosts("reg-a.test", &[&format!("https://{}", plain.address())]);
    assert_eq!(world.pull(IMAGE).unwrap_err().kind, ErrorKind::Network);
    assert!(plain.requests().is_empty(), "{:?}", plain.requests());
}

#[support::test]
fn a_failed_certificate_never_falls_back_to_http() {
    let (one, other) = (CertificateAuthority::new(), CertificateAuthority::new());
    let registry = tls_registry(&one, &[Account::new("alice", SECRET)]);
    let world = World::new().with_login(&registry.address(), "alice", SECRET);
    let ca = world.write("ca.crt", other.certificate_pem());
    // A plain http host with a `ca`: containerd asks over https first, then http.
    let toml = format!("server = \"http://{}\"\nca = {ca:?}\n", registry.address());
    let world = world.with_hosts_toml("reg-a.test", &toml);
    let error = world.pull(IMAGE).unwrap_err();
    assert!(error.hosts[0].outcome.tls_problem().is_some(), "{error}");
    assert!(registry.requests().is_empty());
}
