//! What a pull through the daemon tells where a host does not help, and what it takes as Go does.

use support::account::Account;
use support::http::{Reply, Request};
use support::image::Image;
use support::pki::{Identity, Odd};
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::site::Site;

const PASSWORD: &str = "canary-pw-7e21";

fn accounts() -> [Account; 1] {
    [Account::new("u", PASSWORD)]
}

fn is_let_in(request: &Request) -> bool {
    request.header("authorization").is_some() && request.path.contains("/manifests/")
}

#[support::test(needs("containerd", "root?"))]
fn a_self_signed_certificate_that_is_configured_is_pulled_from_with_a_login() {
    let identity = Identity::self_signed(&["127.0.0.1"], Odd::Nothing);
    let registry = ProgrammableRegistry::settings_basic(&accounts())
        .tls(identity.server_config(None))
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("c.pem");
    std::fs::write(&ca, identity.certificate_pem()).unwrap();
    let text = format!("server = \"{}\"\nca = {ca:?}\n", registry.url());
    let site = Site::of_file(&text);
    site.log_in(&registry, "u", PASSWORD);
    site.pull().assert_success();
}

#[support::test(needs("containerd", "root?"))]
fn who_is_denied_is_told_so_once_and_not_to_log_in() {
    let denied = r#"{"errors":[{"code":"DENIED","message":"vault is shut"}]}"#;
    for registry in [
        ProgrammableRegistry::basic(&accounts()),
        ProgrammableRegistry::bearer(&accounts()),
    ] {
        registry.put_image("team/app", "v1", &Image::small("one"));
        let site = Site::new(&[&registry]);
        site.log_in(&registry, "u", PASSWORD);
        registry.when(is_let_in, Reply::status(403).body(denied));
        let ran = site.pull();
        ran.assert_code(3);
        assert_eq!(
            ran.stderr.matches("DENIED: vault is shut").count(),
            1,
            "{ran}"
        );
        for wrong in ["portunus login", "wants a login", "scope", "rejected"] {
            assert!(!ran.stderr.contains(wrong), "{ran}");
        }
    }
}

#[support::test(needs("containerd", "root?"))]
fn a_missing_image_may_be_a_private_one_to_an_account() {
    let registry = ProgrammableRegistry::basic(&accounts());
    let site = Site::new(&[&registry]);
    site.log_in(&registry, "u", PASSWORD);
    let ran = site.pull();
    ran.assert_code(6);
    assert!(
        ran.stderr.contains("a private repository looks the same"),
        "{ran}"
    );
}

#[support::test(needs("containerd", "root?"))]
fn plain_http_that_is_asked_over_https_is_told_with_what_to_write() {
    let registry = ProgrammableRegistry::basic(&accounts());
    let site = Site::new(&[&registry]);
    site.log_in(&registry, "u", PASSWORD);
    let at = registry.address();
    let file = site
        .home
        .write_hosts_toml("reg-a.test", &format!("server = \"https://{at}\"\n"));
    let ran = site.pull();
    ran.assert_code(1);
    let help = format!(
        "help: if plain http is meant there, write in {}: `[host.\"http://{at}\"]`",
        file.display()
    );
    assert!(ran.stderr.contains(&help), "{ran}");
}
