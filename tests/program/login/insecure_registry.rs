//! Hosts whose certificate nobody verifies: reached where the operator says so, and shown a secret
//! only with consent to an unprotected way.

use std::fs;

use serde_json::json;
use support::connect_proxy::ConnectProxy;
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::image::Image;
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;

use worlds::login::{ALICE, alice, assert_says, log_in, stored};

const HOST: &str = "reg.test:5000";

/// A home in which [`HOST`] is that server, over TLS and over plain http.
fn home_with(server: &str, http: &str) -> (Home, ConnectProxy) {
    let tunnel = ConnectProxy::start(&[(HOST, server)]);
    let mut home = Home::new();
    home.set_env("HTTPS_PROXY", &tunnel.url());
    home.set_env("HTTP_PROXY", http);
    (home, tunnel)
}

/// A registry with a certificate that nobody knows.
fn unknown(settings: support::programmable_registry::Settings) -> ProgrammableRegistry {
    let identity = CertificateAuthority::new().server(&["reg.test"]);
    settings.tls(identity.server_config(None)).start()
}

fn is_anonymous(requests: &[Request]) -> bool {
    let anonymous = |it: &Request| it.header("authorization").is_none() && !it.contains(ALICE);
    !requests.is_empty() && requests.iter().all(anonymous)
}

#[support::test]
fn an_insecure_registry_elsewhere_sees_a_secret_only_with_consent() {
    for settings in [
        ProgrammableRegistry::settings_basic(&alice()),
        ProgrammableRegistry::settings_bearer(&alice()).realm("https://reg.test:5000/token"),
    ] {
        let registry = unknown(settings);
        let (home, _tunnel) = home_with(&registry.address(), "http://127.0.0.1:1");
        log_in(&home, &[HOST]).assert_code(1);
        assert!(registry.requests().is_empty());
        let ran = log_in(&home, &["--insecure-registry", HOST]);
        ran.assert_code(4);
        assert_says(
            &ran,
            &[
                "whose certificate is not verified",
                "help: portunus login reg.test:5000 --insecure-registry --plain-http\n",
            ],
        );
        assert!(is_anonymous(&registry.requests()));
        assert!(!home.credentials_file().exists());
        log_in(&home, &["--insecure-registry", "--plain-http", HOST]).assert_success();
        assert_eq!(stored(&home, &[])[0]["host"], HOST);
        assert!(!registry.requests_with(ALICE).is_empty());
    }
}

#[support::test]
fn an_insecure_registry_without_tls_is_asked_anonymously_only() {
    let plain = HttpServer::start(|request| match request.header("authorization") {
        Some(_) => Reply::status(200),
        None => Reply::challenge("Basic realm=\"r\""),
    });
    let (home, _tunnel) = home_with(&plain.address(), &plain.url());
    let ran = log_in(&home, &["--insecure-registry", HOST]);
    ran.assert_code(4);
    assert_says(&ran, &["over plain http", "--plain-http"]);
    assert!(is_anonymous(&plain.requests()));
    log_in(&home, &["--insecure-registry", "--plain-http", HOST]).assert_success();
    assert!(!plain.requests_with(ALICE).is_empty());
}

#[support::test]
fn skipped_verification_lets_the_anonymous_pull_and_withholds_the_secret() {
    let registry = unknown(ProgrammableRegistry::settings_open());
    registry.put_image("team/app", "v1", &Image::small("one"));
    let (home, _tunnel) = home_with(&registry.address(), "http://127.0.0.1:1");
    home.write_hosts_toml(
        HOST,
        "server = \"https://reg.test:5000\"\nskip_verify = true\n",
    );
    let layout = home.path().join("layout").display().to_string();
    let pull = || {
        let _ = fs::remove_dir_all(&layout);
        home.portunus(&["pull", "reg.test:5000/team/app:v1", "--oci-layout", &layout])
            .run()
    };
    pull().assert_success();
    let auths = json!({ "auths": { HOST: { "username": "alice", "password": ALICE } } });
    fs::write(home.docker_config(), auths.to_string()).unwrap();
    let greedy = |request: &Request| match request.basic() {
        Some(_) => None,
        None => Some(Reply::challenge("Basic realm=\"r\"")),
    };
    registry.answer_with(greedy);
    registry.forget_requests();
    pull().assert_code(4);
    let probe = ["resolve", "--probe", "reg.test:5000/team/app:v1"];
    let ran = home.portunus(&probe).run();
    ran.assert_success();
    let help = "help: portunus login reg.test:5000 --insecure-registry --plain-http\n";
    assert_eq!(ran.stdout.matches(help).count(), 1, "{ran}");
    assert!(is_anonymous(&registry.requests()));
    let config = "[trust]\nplain_http = [\"reg.test:5000\"]\n";
    fs::write(home.config_dir().join("config.toml"), config).unwrap();
    pull().assert_success();
}
