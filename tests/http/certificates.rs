//! Certificates as Go takes them, and in what words the others are refused.

use portunus_http::{Proxies, Roots, TlsProblem};
use support::connect_proxy::ConnectProxy;
use support::http::HttpServer;
use support::http::Reply;
use support::image::Image;
use support::nginx::Nginx;
use support::pki::{CertificateAuthority, Identity, Odd};
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

const IMAGE: &str = "reg-a.test/team/app:v1";

const HERE: &[&str] = &["127.0.0.1"];

/// A registry with an image and that certificate.
fn registry_with(identity: &Identity) -> ProgrammableRegistry {
    let registry = ProgrammableRegistry::settings_open()
        .tls(identity.server_config(None))
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry
}

/// A world in which that server has the image, and that certificate is its `ca`.
fn world_with(url: &str, ca: Option<&str>) -> World {
    let world = World::new();
    let mut toml = format!("server = \"{url}\"\nskip_verify = false\n");
    if let Some(ca) = ca {
        let ca = world.write("ca.crt", ca);
        toml += &format!("ca = {ca:?}\n");
    }
    world.with_hosts_toml("reg-a.test", &toml)
}

/// How a pull from there fails.
fn problem(world: &World) -> TlsProblem {
    let outcome = world.pull(IMAGE).unwrap_err().hosts.swap_remove(0).outcome;
    let problem = outcome.tls_problem().cloned();
    problem.unwrap_or_else(|| panic!("no failure of TLS: {outcome}"))
}

#[support::test]
fn a_self_signed_certificate_that_is_itself_configured_is_accepted() {
    let identity = Identity::self_signed(HERE, Odd::Nothing);
    let registry = registry_with(&identity);
    world_with(&registry.url(), Some(identity.certificate_pem()))
        .pull(IMAGE)
        .unwrap();
    let mut world = world_with(&registry.url(), None);
    assert_eq!(problem(&world), TlsProblem::SelfSigned);
    let roots = Roots::none().with_pem(identity.certificate_pem().as_bytes());
    world.options.roots = roots.unwrap();
    world.pull(IMAGE).unwrap();
}

/// Private networks have a `*` above one label, as in `*.lan`.
#[support::test]
fn a_wildcard_above_one_label_is_accepted() {
    let authority = CertificateAuthority::new();
    let signed = authority.odd_server(&["*.test"], Odd::Nothing);
    let alone = Identity::self_signed(&["*.test"], Odd::Nothing);
    for (identity, ca) in [
        (&signed, authority.certificate_pem()),
        (&alone, alone.certificate_pem()),
    ] {
        let registry = registry_with(identity);
        let at = registry.address();
        let proxy = ConnectProxy::start(&[("reg.test:443", &at), ("a.reg.test:443", &at)]);
        let world_of = |url: &str| {
            let mut world = world_with(url, Some(ca));
            world.options.proxies = Proxies::none();
            world.options.proxies.https = Some(proxy.url().into());
            world
        };
        world_of("https://reg.test").pull(IMAGE).unwrap();
        let deeper = problem(&world_of("https://a.reg.test"));
        let names = vec!["*.test".to_owned()];
        assert_eq!(deeper, TlsProblem::WrongName { names });
    }
}

/// Such as those of devices, and of whoever numbers certificates by hand.
#[support::test]
fn a_serial_number_that_is_too_long_does_no_harm() {
    let authority = CertificateAuthority::new();
    let signed = authority.odd_server(HERE, Odd::LongSerial);
    let alone = Identity::self_signed(HERE, Odd::LongSerial);
    for (identity, ca) in [
        (&signed, authority.certificate_pem()),
        (&signed, signed.certificate_pem()),
        (&alone, alone.certificate_pem()),
    ] {
        let registry = registry_with(identity);
        world_with(&registry.url(), Some(ca)).pull(IMAGE).unwrap();
    }
}

#[support::test]
fn a_self_signed_certificate_in_the_directory_of_the_host_is_accepted() {
    let identity = Identity::self_signed(&["127.0.0.1", "reg.test"], Odd::Nothing);
    let registry = registry_with(&identity);
    let name = registry.address();
    let world = World::new();
    // Without a hosts.toml localhost goes unverified: only the certificate makes it verified.
    world.home.write_hosts_toml(&name, "");
    let (host, port) = name.split_once(':').unwrap();
    let directory = world.home.hosts_dir().join(format!("{host}_{port}_"));
    let directory = match directory.is_dir() {
        true => directory,
        false => world.home.hosts_dir().join(&name),
    };
    std::fs::write(directory.join("ca.crt"), identity.certificate_pem()).unwrap();
    world.pull(&format!("{name}/team/app:v1")).unwrap();
}

#[support::test]
fn a_configured_certificate_is_judged_by_its_names_dates_and_purpose_all_the_same() {
    for (names, odd, said) in [
        (
            &["reg.test"][..],
            Odd::Nothing,
            "is not for that name, but for reg.test",
        ),
        (HERE, Odd::Expired, "has expired, on 2001-09-09T00:00:00Z"),
        (
            HERE,
            Odd::NotYetValid,
            "is not valid yet, but from 3001-09-09T00:00:00Z",
        ),
        (HERE, Odd::ForClients, "is not meant for servers"),
    ] {
        let identity = Identity::self_signed(names, odd);
        let registry = registry_with(&identity);
        let problem = problem(&world_with(
            &registry.url(),
            Some(identity.certificate_pem()),
        ));
        assert_eq!(problem.to_string(), format!("its certificate {said}"));
        assert!(registry.requests().is_empty());
    }
}

#[support::test]
fn a_certificate_of_an_authority_is_refused_in_words() {
    let authority = CertificateAuthority::new();
    for (names, odd, said) in [
        (
            &["a.test", "b.test"][..],
            Odd::Nothing,
            "is not for that name, but for a.test, b.test",
        ),
        (HERE, Odd::Expired, "has expired, on 2001-09-09T00:00:00Z"),
        (
            HERE,
            Odd::NotYetValid,
            "is not valid yet, but from 3001-09-09T00:00:00Z",
        ),
        (HERE, Odd::ForClients, "is not meant for servers"),
        (
            HERE,
            Odd::Authority,
            "is that of an authority: where another one signed it, that is taken only if it is itself configured",
        ),
    ] {
        let identity = authority.odd_server(names, odd);
        let registry = registry_with(&identity);
        let problem = problem(&world_with(
            &registry.url(),
            Some(authority.certificate_pem()),
        ));
        assert_eq!(problem.to_string(), format!("its certificate {said}"));
    }
    let identity = authority.server(HERE);
    let registry = registry_with(&identity);
    assert_eq!(
        problem(&world_with(&registry.url(), None)),
        TlsProblem::UnknownAuthority
    );
    let odd = authority.odd_server(HERE, Odd::Authority);
    let registry = registry_with(&odd);
    world_with(&registry.url(), Some(odd.certificate_pem()))
        .pull(IMAGE)
        .unwrap();
}

#[support::test]
fn a_certificate_for_every_purpose_is_one_for_servers() {
    let authority = CertificateAuthority::new();
    let (identity, other) = (
        authority.odd_server(HERE, Odd::ForAnything),
        authority.odd_server(&["reg.test"], Odd::ForAnything),
    );
    let registry = registry_with(&identity);
    world_with(&registry.url(), Some(authority.certificate_pem()))
        .pull(IMAGE)
        .unwrap();
    assert_eq!(
        problem(&world_with(&registry.url(), None)),
        TlsProblem::UnknownAuthority
    );
    let registry = registry_with(&other);
    let world = world_with(&registry.url(), Some(authority.certificate_pem()));
    let problem = problem(&world).to_string();
    assert!(
        problem.ends_with("is not for that name, but for reg.test"),
        "{problem}"
    );
}

#[support::test]
fn what_cannot_be_read_among_the_authorities_is_passed_over() {
    let authority = CertificateAuthority::new();
    let registry = registry_with(&authority.server(HERE));
    let good = authority.certificate_pem();
    let broken = "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n";
    for before in [
        broken,
        "-----BEGIN CERTIFICATE-----\nAAAA\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN TRUSTED CERTIFICATE-----\nAAAA\n-----END TRUSTED CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END X509 CRL-----\n",
        "# words\n",
    ] {
        for bundle in [format!("{before}{good}"), format!("{good}{before}")] {
            let pulled = world_with(&registry.url(), Some(&bundle)).pull(IMAGE);
            assert!(pulled.is_ok(), "{before:?}: {pulled:?}");
        }
    }
}

#[support::test(needs("nginx"))]
fn keys_on_shorter_curves_may_sign_with_a_longer_hash() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let other = CertificateAuthority::new();
    for (authority, certificate, key) in [
        (
            include_str!("../support/sha512/p256-authority.crt"),
            include_str!("../support/sha512/p256-server.crt"),
            include_str!("../support/sha512/p256-server.key"),
        ),
        (
            include_str!("../support/sha512/p384-authority.crt"),
            include_str!("../support/sha512/p384-server.crt"),
            include_str!("../support/sha512/p384-server.key"),
        ),
    ] {
        let identity = Identity::of_pem(certificate, key);
        let front = Nginx::tls(&registry.address(), &identity, None);
        world_with(&front.url(), Some(authority))
            .pull(IMAGE)
            .unwrap();
        assert_eq!(
            problem(&world_with(&front.url(), Some(other.certificate_pem()))),
            TlsProblem::UnknownAuthority
        );
    }
}

#[support::test]
fn a_client_certificate_that_is_wanted_or_rejected_is_told_apart() {
    let (authority, other) = (CertificateAuthority::new(), CertificateAuthority::new());
    let identity = authority.server(HERE);
    let registry = ProgrammableRegistry::settings_open()
        .tls(identity.server_config(Some(&authority)))
        .start();
    let world = world_with(&registry.url(), Some(authority.certificate_pem()));
    assert_eq!(problem(&world), TlsProblem::ClientCertificateWanted);
    let client = other.client("alice");
    let pair = format!("{}{}", client.certificate_pem(), client.key_pem());
    let pair = world.write("client.pem", &pair);
    let ca = world.home.path().join("ca.crt");
    let toml = format!(
        "server = \"{}\"\nca = {ca:?}\nclient = {pair:?}\n",
        registry.url()
    );
    let world = world.with_hosts_toml("reg-a.test", &toml);
    assert_eq!(problem(&world), TlsProblem::ClientCertificateRejected);
}

#[support::test]
fn plain_http_where_tls_was_expected_is_named() {
    let server = HttpServer::start(|_| Reply::status(200));
    let url = format!("https://{}", server.address());
    assert_eq!(problem(&world_with(&url, None)), TlsProblem::NoTls);
}

const P521_AUTHORITY: &str = include_str!("../support/p521/authority.crt");
const P521_KEY: &str = include_str!("../support/p521/server.key");

#[support::test(needs("nginx"))]
fn keys_on_p_521_are_verified() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    for certificate in [
        include_str!("../support/p521/server-sha256.crt"),
        include_str!("../support/p521/server-sha384.crt"),
        include_str!("../support/p521/server-sha512.crt"),
    ] {
        let identity = Identity::of_pem(certificate, P521_KEY);
        let front = Nginx::tls(&registry.address(), &identity, None);
        world_with(&front.url(), Some(P521_AUTHORITY))
            .pull(IMAGE)
            .unwrap();
        assert_eq!(
            problem(&world_with(&front.url(), None)),
            TlsProblem::UnknownAuthority
        );
    }
}

#[support::test(needs("nginx"))]
fn keys_and_ciphers_that_stay_refused_are_named() {
    let registry = ProgrammableRegistry::open();
    let certificate = include_str!("../support/rsa1024/server.crt");
    let short = Identity::of_pem(certificate, include_str!("../support/rsa1024/server.key"));
    let lax = "ssl_ciphers DEFAULT@SECLEVEL=0;";
    let front = Nginx::tls_with(&registry.address(), &short, lax);
    assert_eq!(
        problem(&world_with(&front.url(), Some(certificate))).to_string(),
        "its RSA key has 1024 bits: less than 2048 are not supported"
    );
    let authority = CertificateAuthority::new();
    let identity = authority.server(HERE);
    for (only, expected) in [
        (
            "ssl_protocols TLSv1.2; ssl_ciphers ECDHE-ECDSA-AES128-SHA;",
            TlsProblem::NothingInCommon,
        ),
        (
            "ssl_protocols TLSv1; ssl_ciphers ALL@SECLEVEL=0;",
            TlsProblem::ProtocolTooOld,
        ),
    ] {
        let front = Nginx::tls_with(&registry.address(), &identity, only);
        let world = world_with(&front.url(), Some(authority.certificate_pem()));
        assert_eq!(problem(&world), expected);
    }
}
