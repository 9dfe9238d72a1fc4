//! TLS that fails and plain http: in people's words, with what to write or to run next.

use support::connect_proxy::ConnectProxy;
use support::home::Home;
use support::http::{HttpServer, Reply};
use support::pki::{CertificateAuthority, Identity, Odd};
use support::programmable_registry::ProgrammableRegistry;

use worlds::login::{WRONG, alice, assert_says, basic, log_in, log_in_with};

const HOST: &str = "reg.test:5000";

/// A home in which [`HOST`] is that server, over TLS and over plain http.
fn home_with(server: &str) -> (Home, ConnectProxy) {
    let tunnel = ConnectProxy::start(&[(HOST, server)]);
    let mut home = Home::new();
    home.set_env("HTTPS_PROXY", &tunnel.url());
    (home, tunnel)
}

fn tls(identity: &Identity) -> ProgrammableRegistry {
    ProgrammableRegistry::settings_basic(&alice())
        .tls(identity.server_config(None))
        .start()
}

#[support::test]
fn each_failure_of_tls_is_told_in_words_with_what_to_do() {
    let authority = CertificateAuthority::new();
    let ca = "help: write `ca = \"/PATH/OF/ITS/ca.crt\"` in certs.d/reg.test:5000/hosts.toml, below `server = \"https://reg.test:5000\"`\n";
    let own = "help: write `ca = \"/PATH/OF/THE/CERTIFICATE\"` in certs.d/reg.test:5000/hosts.toml";
    for (identity, said, help) in [
        (
            authority.server(&["reg.test"]),
            "an authority that is not trusted here signed its certificate",
            ca,
        ),
        (
            Identity::self_signed(&["reg.test"], Odd::Nothing),
            "its certificate is self-signed, and not trusted here",
            own,
        ),
    ] {
        let registry = tls(&identity);
        let (home, _tunnel) = home_with(&registry.address());
        let ran = log_in(&home, &[HOST]);
        ran.assert_code(1);
        assert_says(&ran, &[said, help]);
        for debug in ["OtherError", "Other(", "UnknownIssuer", "invalid peer"] {
            assert!(!ran.output().contains(debug), "{ran}");
        }
    }
}

#[support::test]
fn what_hosts_toml_says_already_names_file_and_table() {
    let (authority, other) = (CertificateAuthority::new(), CertificateAuthority::new());
    let home = Home::new();
    let ca = home.path().join("ca.crt");
    for (trusted, odd, said) in [
        (
            &other,
            Odd::Nothing,
            "is not trusted here signed its certificate",
        ),
        (
            &authority,
            Odd::Expired,
            "its certificate has expired, on 2001-09-09T00:00:00Z",
        ),
    ] {
        let registry = tls(&authority.odd_server(&["127.0.0.1"], odd));
        std::fs::write(&ca, trusted.certificate_pem()).unwrap();
        let at = registry.address();
        let text = format!("server = \"https://{at}\"\nca = {ca:?}\n");
        let file = home.write_hosts_toml(&at, &text);
        let ran = log_in(&home, &[&at]);
        ran.assert_code(1);
        let help = match odd {
            Odd::Expired => "help: its operator has to renew the certificate".to_owned(),
            // A second `ca` would break the file.
            _ => format!(
                "help: add `\"/PATH/OF/ITS/ca.crt\"` to `ca = [ … ]` in {}, before its first table, or have the server send its intermediate certificates\n",
                file.display()
            ),
        };
        assert_says(&ran, &[said, &help]);
    }
}

#[support::test]
fn what_is_wrong_with_a_certificate_is_told_with_the_name_it_lacks() {
    let authority = CertificateAuthority::new();
    for (identity, said, help) in [
        (
            authority.server(&[]),
            "its certificate is for no name: it has no subjectAltName",
            Some(
                "its operator has to make a certificate that names 127.0.0.1 in its subjectAltName",
            ),
        ),
        (
            authority.server(&["other.test"]),
            "its certificate is not for that name, but for other.test",
            Some(
                "ask for it by a name of its certificate, or have 127.0.0.1 added to the certificate",
            ),
        ),
    ] {
        let registry = tls(&identity);
        let home = Home::new();
        let ca = home.path().join("ca.crt");
        std::fs::write(&ca, authority.certificate_pem()).unwrap();
        let at = registry.address();
        home.write_hosts_toml(&at, &format!("server = \"https://{at}\"\nca = {ca:?}\n"));
        let ran = log_in(&home, &[&at]);
        ran.assert_code(1);
        assert_says(&ran, &[said]);
        let told = ran
            .stderr
            .lines()
            .find_map(|line| line.strip_prefix("help: "));
        assert_eq!(told, help, "{ran}");
    }
}

#[support::test]
fn plain_http_where_tls_was_expected_leads_to_both_ways_out() {
    let registry = basic();
    let (home, _tunnel) = home_with(&registry.address());
    let ran = log_in(&home, &[HOST]);
    ran.assert_code(1);
    assert_says(
        &ran,
        &[
            "https://reg.test:5000: no TLS connection: it answers without TLS",
            "help: portunus login reg.test:5000 --plain-http\n",
            "write in certs.d/reg.test:5000/hosts.toml: `[host.\"http://reg.test:5000\"]`",
        ],
    );
    let image = format!("{HOST}/team/app:v1");
    let layout = home.path().join("layout");
    let layout = layout.to_str().unwrap();
    let ran = home
        .portunus(&["pull", &image, "--oci-layout", layout])
        .run();
    ran.assert_code(1);
    assert_says(
        &ran,
        &["write in certs.d/reg.test:5000/hosts.toml: `[host.\"http://reg.test:5000\"]`"],
    );
}

#[support::test]
fn a_login_with_a_scheme_means_it_and_tells_what_pulls_need() {
    let tunnel = HttpServer::start(|request| match request.header("authorization") {
        Some(_) => Reply::status(200),
        None => Reply::challenge("Basic realm=\"r\""),
    });
    let mut home = Home::new();
    home.set_env("HTTP_PROXY", &tunnel.url());
    let typed = format!("http://{HOST}");
    let ran = log_in(&home, &[&typed]);
    ran.assert_code(4);
    assert_says(&ran, &["http://reg.test:5000", "--plain-http"]);
    let ran = log_in(&home, &[&typed, "--plain-http"]);
    ran.assert_success();
    assert_says(
        &ran,
        &[
            "pulls ask reg.test:5000 over https: write in certs.d/reg.test:5000/hosts.toml: `[host.\"http://reg.test:5000\"]`, and below it `capabilities = [\"pull\", \"resolve\"]`\n",
        ],
    );
    home.write_hosts_toml(
        HOST,
        "[host.\"http://reg.test:5000\"]\ncapabilities = [\"pull\", \"resolve\"]\n",
    );
    let ran = log_in(&home, &[&typed, "--plain-http"]);
    ran.assert_success();
    assert!(!ran.output().contains("pulls ask"), "{ran}");
}

#[support::test]
fn of_a_host_on_this_machine_nothing_need_be_written_for_http() {
    let registry = basic();
    let at = registry.address();
    let home = Home::new();
    let ran = log_in(&home, &[&format!("http://{at}")]);
    ran.assert_success();
    assert!(!ran.output().contains("pulls ask"), "{ran}");
    // As it says: a pull falls back by itself, and the login is of use.
    let layout = home.path().join("layout");
    let image = format!("{at}/team/app:v1");
    let pull = ["pull", &image, "--oci-layout", layout.to_str().unwrap()];
    let ran = home.portunus(&pull).run();
    ran.assert_code(6);
    assert_says(&ran, &[&format!("http://{at}")]);
}

#[support::test]
fn what_went_over_http_is_reported_as_http() {
    let registry = basic();
    let at = registry.address();
    let ran = log_in_with(
        &Home::new(),
        &["-u", "alice", "--password-stdin", &at],
        WRONG,
    );
    ran.assert_code(3);
    assert_says(&ran, &[&format!("http://{at}: rejected the credential")]);
    assert!(!ran.output().contains("https://"), "{ran}");
}
