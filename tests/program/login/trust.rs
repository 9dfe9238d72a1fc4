//! Whom `portunus login` shows the secret to, and which flag would allow it.

use std::fs;

use serde_json::json;
use support::home::Home;
use support::http::{HttpServer, Reply, Request};
use support::pki::CertificateAuthority;
use support::port;
use support::programmable_registry::ProgrammableRegistry;
use worlds::login::{ALICE, alice, assert_says, log_in, stored};

use crate::worlds::{HOST, Public};

#[support::test]
fn a_foreign_realm_needs_trust_which_pins_it() {
    let (realm, registry, url) = foreign_realm();
    let at = registry.address();
    let home = Home::new();
    let ran = log_in(&home, &[&at]);
    ran.assert_code(4);
    assert_says(
        &ran,
        &[&format!(
            "help: portunus login {at} --trust-realm {}\n",
            realm.url()
        )],
    );
    assert!(realm.requests_with(ALICE).is_empty() && registry.requests_with(ALICE).is_empty());
    assert!(!home.credentials_file().exists());
    log_in(&home, &["--trust-realm", &url, &at]).assert_success();
    assert_eq!(stored(&home, &[])[0]["realm"], url);
    assert!(registry.requests_with(ALICE).is_empty());
}

/// A login pins one realm: that the other one is pinned in its stead would go on forever.
#[support::test]
fn a_realm_that_leads_to_another_needs_both_in_the_settings() {
    let (realm, registry, _) = foreign_realm();
    let target = format!("{}/token", realm.url());
    let leading = HttpServer::start(move |_| Reply::status(307).header("location", &target));
    let named = format!("{}/token", leading.url());
    let registry_at = |named: &str| {
        let registry = ProgrammableRegistry::settings_bearer(&alice())
            .realm(named)
            .start();
        registry.answer_with(|request| request.bearer().map(|_| Reply::status(200)));
        registry
    };
    drop(registry);
    let registry = registry_at(&named);
    let at = registry.address();
    let home = Home::new();
    let ran = log_in(&home, &["--trust-realm", &leading.url(), &at]);
    ran.assert_code(4);
    let of = |realm: &str| format!(r#"{{ host = "{}", realm = "{realm}" }}"#, registry.url());
    let realms = format!("realms = [{}, {}]", of(&leading.url()), of(&realm.url()));
    assert_says(
        &ran,
        &[&format!(
            "help: if all of them may see it, say so below [trust] in config.toml: {realms}\n"
        )],
    );
    assert!(realm.requests_with(ALICE).is_empty());
    fs::write(
        home.config_dir().join("config.toml"),
        format!("[trust]\n{realms}\n"),
    )
    .unwrap();
    log_in(&home, &[&at]).assert_success();
}

/// Also where a login without a consent would go to docker's file.
#[support::test]
fn what_was_consented_to_counts_for_the_pull_that_follows() {
    for store in ["auto", "docker"] {
        let (realm, registry, url) = foreign_realm();
        let at = registry.address();
        let mut home = Home::new();
        home.set_env("PORTUNUS_STORE", store);
        let login = ["login", "-u", "alice", "--password-stdin"];
        let trusting = ["--trust-realm", &url, &at];
        let consent = [&login[..], &trusting].concat();
        home.portunus(&consent).input(ALICE).run().assert_success();
        assert_eq!(stored(&home, &[])[0]["realm"], url, "{store}");
        assert!(!home.docker_config().exists(), "{store}");
        realm.forget_requests();
        let image = format!("{at}/team/app:v1");
        let layout = home.path().join("layout").display().to_string();
        let pull = ["pull", &image, "--oci-layout", &layout];
        let ran = home.portunus(&pull).run();
        assert!(
            ran.stderr.contains("instead of a manifest"),
            "{store}: {ran}"
        );
        let requests = realm.requests();
        let body = String::from_utf8_lossy(&requests[0].body);
        assert!(body.contains("of-alice"), "{store}: {body}");
    }
}

#[support::test]
fn a_realm_that_is_no_url_is_refused_before_it_is_pinned() {
    let home = Home::new();
    for realm in ["auth.test", "auth.test:443", "/token", "ftp://auth.test"] {
        let ran = log_in(&home, &["--trust-realm", realm, "127.0.0.1:1"]);
        ran.assert_code(2);
        assert_says(&ran, &["https://HOST[:PORT]"]);
    }
}

#[support::test]
fn docker_keeps_no_consent() {
    let (realm, registry, url) = foreign_realm();
    let at = registry.address();
    let home = Home::new();
    for consent in [&["--trust-realm", &url][..], &["--plain-http"]] {
        let ran = log_in(&home, &[consent, &["--store", "docker", &at]].concat());
        ran.assert_code(2);
        let told = "docker cannot keep what was consented to with the login";
        assert_says(&ran, &[told, "help: leave --store out"]);
    }
    assert!(realm.requests_with(ALICE).is_empty() && registry.requests().is_empty());
}

#[support::test]
fn a_realm_of_the_configuration_file_is_trusted_as_a_host_and_as_a_url() {
    let (realm, registry, url) = foreign_realm();
    let at = registry.address();
    for (host, written, exit) in [
        (at.clone(), realm.address(), 0),
        (at.clone(), url.clone(), 0),
        (registry.url(), format!("{url}?service=reg"), 0),
        (at.clone(), "http://127.0.0.1:1/token".to_owned(), 4),
    ] {
        let home = Home::new();
        let pair = format!("[trust]\nrealms = [{{ host = '{host}', realm = '{written}' }}]\n");
        fs::write(home.config_dir().join("config.toml"), pair).unwrap();
        log_in(&home, &[&at]).assert_code(exit);
    }
}

#[support::test]
fn a_realm_at_a_metadata_address_is_refused_also_when_it_is_trusted() {
    for realm in [
        "http://169.254.169.254/token",
        "https://169.254.169.254/token",
        "https://[fe80::1]/token",
    ] {
        let registry = ProgrammableRegistry::settings_bearer(&alice())
            .realm(realm)
            .start();
        let at = registry.address();
        for arguments in [
            vec![at.as_str()],
            vec!["--trust-realm", realm, "--plain-http", &at],
        ] {
            let home = Home::new();
            let ran = log_in(&home, &arguments);
            ran.assert_code(4);
            assert_says(&ran, &["a link-local or metadata address"]);
            // No command that would be refused again, and nothing told as sent that was not.
            for untrue in ["--trust-realm http", "help: portunus login", "sent: "] {
                assert!(!ran.stderr.contains(untrue), "{ran}");
            }
            assert!(!home.credentials_file().exists());
        }
        assert!(registry.requests_with(ALICE).is_empty());
    }
}

/// The path is the server's to choose, and trust is in an origin.
#[support::test]
fn what_a_server_names_stays_one_word_of_the_command() {
    for (realm, word) in [
        (
            "https://auth.evil.test/$(id)/t;reboot",
            "https://auth.evil.test",
        ),
        ("https://$(id);.evil.test/t", "'https://$(id);.evil.test'"),
    ] {
        let registry = ProgrammableRegistry::settings_bearer(&alice())
            .realm(realm)
            .start();
        let at = registry.address();
        let ran = log_in(&Home::new(), &[&at]);
        ran.assert_code(4);
        let help = format!("help: portunus login {at} --trust-realm {word}\n");
        assert_says(&ran, &[&help]);
    }
}

#[support::test]
fn a_realm_that_nobody_reaches_was_sent_nothing() {
    let realm = format!("http://127.0.0.1:{}/token", port::free());
    let registry = ProgrammableRegistry::settings_bearer(&alice())
        .realm(&realm)
        .start();
    let ran = log_in(
        &Home::new(),
        &["--trust-realm", &realm, &registry.address()],
    );
    ran.assert_code(1);
    assert!(!ran.stderr.contains("sent: "), "{ran}");
}

#[support::test]
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

#[support::test]
fn a_realm_over_plain_http_sees_no_secret() {
    let realm = "http://reg.test/token";
    let public = Public::start(ProgrammableRegistry::settings_bearer(&alice()).realm(realm));
    let home = &public.home;
    // With TLS there is no realm at that place.
    let token = |it: &Request| it.path == "/token";
    public.registry.when(token, Reply::status(404));
    for arguments in [vec![HOST], vec!["--trust-realm", realm, HOST]] {
        log_in(home, &arguments).assert_code(4);
    }
    public.registry.forget_requests();
    let auths = json!({ "auths": { HOST: { "username": "alice", "password": ALICE } } });
    fs::write(home.docker_config(), auths.to_string()).unwrap();
    let layout = home.path().join("layout").display().to_string();
    let pull = ["pull", "reg.test/team/app:v1", "--oci-layout", &layout];
    home.portunus(&pull).run().assert_code(4);
    assert!(public.plain.requests().is_empty());
    // Where there is one, it is asked, and the registry's mistake is named.
    public.registry.forget_rules();
    let ran = log_in(home, &[HOST]);
    ran.assert_success();
    assert!(public.plain.requests().is_empty());
    let with_secret = public.registry.requests_with(ALICE);
    assert!(!with_secret.is_empty());
    assert!(with_secret.iter().all(token), "{with_secret:?}");
}

#[support::test]
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

#[support::test]
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

/// A realm, a registry of another origin that names it and takes its tokens, and the realm's URL.
fn foreign_realm() -> (ProgrammableRegistry, ProgrammableRegistry, String) {
    let realm = ProgrammableRegistry::bearer(&alice());
    let url = format!("{}/token", realm.url());
    let registry = ProgrammableRegistry::settings_bearer(&alice())
        .realm(&url)
        .start();
    registry.answer_with(|request| request.bearer().map(|_| Reply::status(200)));
    (realm, registry, url)
}
