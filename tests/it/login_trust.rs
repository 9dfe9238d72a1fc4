//! Whom `portunus login` shows the secret to, and which flag would allow it.

use std::fs;

use serde_json::json;
use support::connect_proxy::ConnectProxy;
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;
use support::trials;

use crate::login_world::{ALICE, alice, assert_says, log_in, stored};

trials! {
    a_foreign_realm_needs_trust_which_pins_it,
    a_realm_at_a_metadata_address_is_refused_also_when_it_is_trusted,
    an_unknown_authority_needs_the_insecure_flag,
    plain_http_to_a_name_needs_the_flag,
    tls_settings_of_hosts_toml_are_used,
    first_logins_at_well_known_registries,
}

fn a_foreign_realm_needs_trust_which_pins_it() {
    let realm = ProgrammableRegistry::bearer(&alice());
    let url = format!("{}/token", realm.url());
    let registry = ProgrammableRegistry::settings_bearer(&alice())
        .realm(&url)
        .start();
    registry.answer_with(|request| request.bearer().map(|_| Reply::status(200)));
    let at = registry.address();
    let home = Home::new();
    let ran = log_in(&home, &[&at]);
    ran.assert_code(4);
    assert_says(
        &ran,
        &[&format!("help: portunus login {at} --trust-realm {url}\n")],
    );
    assert!(realm.requests_with(ALICE).is_empty() && registry.requests_with(ALICE).is_empty());
    assert!(!home.credentials_file().exists());
    log_in(&home, &["--trust-realm", &url, &at]).assert_success();
    assert_eq!(stored(&home, &[])[0]["realm"], url);
    assert!(registry.requests_with(ALICE).is_empty());
}

fn a_realm_at_a_metadata_address_is_refused_also_when_it_is_trusted() {
    let realm = "http://169.254.169.254/token";
    let registry = ProgrammableRegistry::settings_bearer(&alice())
        .realm(realm)
        .start();
    let at = registry.address();
    for arguments in [
        vec![at.as_str()],
        vec!["--trust-realm", realm, "--plain-http", &at],
    ] {
        let home = Home::new();
        log_in(&home, &arguments).assert_code(4);
        assert!(!home.credentials_file().exists());
    }
    assert!(registry.requests_with(ALICE).is_empty());
}

fn an_unknown_authority_needs_the_insecure_flag() {
    let identity = CertificateAuthority::new().server(&["127.0.0.1"]);
    let registry = ProgrammableRegistry::settings_basic(&alice())
        .tls(identity.server_config(None))
        .start();
    let at = registry.address();
    let home = Home::new();
    home.write_hosts_toml(&at, &format!("server = \"{}\"\n", registry.url()));
    log_in(&home, &[&at]).assert_code(1);
    assert!(registry.requests_with(ALICE).is_empty());
    log_in(&home, &["--insecure-registry", &at]).assert_success();
}

fn plain_http_to_a_name_needs_the_flag() {
    let mut home = Home::new();
    let proxy = HttpServer::start(|request| match request.header("authorization") {
        Some(_) => Reply::status(200),
        None => Reply::challenge("Basic realm=\"r\""),
    });
    home.set_env("HTTP_PROXY", &proxy.url());
    home.set_env("http_proxy", &proxy.url());
    home.write_hosts_toml("reg.test", "server = \"http://reg.test\"\n");
    let ran = log_in(&home, &["http://reg.test"]);
    ran.assert_code(4);
    assert_says(&ran, &["--plain-http"]);
    assert!(proxy.requests_with(ALICE).is_empty());
    log_in(&home, &["--plain-http", "http://reg.test"]).assert_success();
    assert!(!proxy.requests_with(ALICE).is_empty());
    assert_eq!(stored(&home, &[])[0]["host"], "reg.test:80");
}

fn tls_settings_of_hosts_toml_are_used() {
    let authority = CertificateAuthority::new();
    let server = authority
        .server(&["127.0.0.1"])
        .server_config(Some(&authority));
    let registry = ProgrammableRegistry::settings_basic(&alice())
        .tls(server)
        .start();
    let client = authority.client("alice");
    let home = Home::new();
    let write = |name: &str, pem: &str| {
        let file = home.path().join(name);
        fs::write(&file, pem).unwrap();
        file.display().to_string()
    };
    let ca = write("ca.pem", authority.certificate_pem());
    let pair = [
        write("client.pem", client.certificate_pem()),
        write("client.key", client.key_pem()),
    ];
    let text = format!(
        "server = \"{}\"\nca = {ca:?}\nclient = [{pair:?}]\n",
        registry.url()
    );
    home.write_hosts_toml(&registry.address(), &text);
    log_in(&home, &[&registry.address()]).assert_success();
}

/// What well-known registries ask for: the host, the realm (none: Basic), and how a first login
/// without a flag ends.
const SHAPES: [(&str, Option<&str>, i32); 15] = [
    ("docker.io", Some("https://auth.docker.io/token"), 0),
    ("ghcr.io", Some("https://ghcr.io/token"), 0),
    (
        "registry.gitlab.com",
        Some("https://gitlab.com/jwt/auth"),
        0,
    ),
    (
        "registry.example.com:5050",
        Some("https://gitlab.example.com/jwt/auth"),
        0,
    ),
    ("quay.io", Some("https://quay.io/v2/auth"), 0),
    (
        "harbor.example.com",
        Some("https://harbor.example.com/service/token"),
        0,
    ),
    ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", None, 0),
    (
        "europe-docker.pkg.dev",
        Some("https://europe-docker.pkg.dev/v2/token"),
        0,
    ),
    ("gcr.io", Some("https://gcr.io/v2/token"), 0),
    (
        "acme.azurecr.io",
        Some("https://acme.azurecr.io/oauth2/token"),
        0,
    ),
    (
        "acme.jfrog.io",
        Some("https://acme.jfrog.io/artifactory/api/docker/null/v2/token"),
        0,
    ),
    ("nexus.example.com:8083", None, 0),
    (
        "docker.elastic.co",
        Some("https://docker-auth.elastic.co/auth"),
        0,
    ),
    (
        "registry.example.com",
        Some("https://login.example.org/token"),
        4,
    ),
    (
        "registry.example.net",
        Some("http://registry.example.net/token"),
        4,
    ),
];

fn first_logins_at_well_known_registries() {
    let authority = CertificateAuthority::new();
    let mut routes = Vec::new();
    let mut names = Vec::new();
    for (host, realm, _) in SHAPES {
        let host = if host == "docker.io" {
            "registry-1.docker.io"
        } else {
            host
        };
        let realm = realm.and_then(|realm| url::Url::parse(realm).ok());
        let realm = realm.and_then(|realm| realm.host_str().map(str::to_owned));
        for name in [Some(host.to_owned()), realm].into_iter().flatten() {
            let (bare, port) = name.split_once(':').unwrap_or((&name, "443"));
            routes.push(format!("{bare}:{port}"));
            names.push(bare.to_owned());
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let server = HttpServer::start_tls(authority.server(&names).server_config(None), answer);
    let at = server.address();
    let routes: Vec<(&str, &str)> = routes
        .iter()
        .map(|name| (name.as_str(), at.as_str()))
        .collect();
    let proxy = ConnectProxy::start(&routes);
    for (host, _, code) in SHAPES {
        let mut home = Home::new();
        home.set_env("HTTPS_PROXY", &proxy.url());
        let ca = home.path().join("ca.pem");
        fs::write(&ca, authority.certificate_pem()).unwrap();
        let own = if host == "docker.io" {
            "registry-1.docker.io"
        } else {
            host
        };
        home.write_hosts_toml(host, &format!("server = \"https://{own}\"\nca = {ca:?}\n"));
        server.forget_requests();
        // Docker Hub is what is meant where no host is named.
        let named: &[&str] = if host == "docker.io" { &[] } else { &[host] };
        log_in(&home, named).assert_code(code);
        let entries = stored(&home, &[]);
        match code {
            0 => assert_eq!(entries[0]["host"], host),
            _ => assert!(
                entries.is_empty() && server.requests_with(ALICE).is_empty(),
                "{host}"
            ),
        }
    }
}

/// A registry of every name in [`SHAPES`], and their realms.
fn answer(request: &Request) -> Reply {
    let name = request.header("host").unwrap_or_default();
    let name = if name == "registry-1.docker.io" {
        "docker.io"
    } else {
        name
    };
    let shape = SHAPES.iter().find(|(host, _, _)| *host == name);
    let realm = shape.and_then(|(_, realm, _)| *realm);
    if request.bearer() == Some("a-token") {
        return Reply::status(200);
    }
    let known = request.basic() == Some(("alice".to_owned(), ALICE.to_owned()));
    match (known, shape, realm) {
        (true, Some(_), None) => Reply::status(200),
        (true, ..) => Reply::json(&json!({ "token": "a-token" })),
        (false, _, Some(realm)) => {
            Reply::challenge(&format!("Bearer realm=\"{realm}\",service=\"{name}\""))
        }
        (false, _, None) => Reply::challenge("Basic realm=\"registry\""),
    }
}
