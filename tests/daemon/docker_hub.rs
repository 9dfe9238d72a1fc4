//! Docker Hub has four names, and one login.

use std::fs;

use support::account::Account;
use support::connect_proxy::ConnectProxy;
use support::containerd::Containerd;
use support::home::Home;
use support::image::Image;
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;

/// containerd asks for `registry-1.docker.io`; the login is kept as docker keeps it.
#[support::test(needs("containerd"))]
fn a_login_at_docker_hub_is_what_containerd_is_told_for_its_registry() {
    let authority = CertificateAuthority::new();
    let server = authority.server(&["registry-1.docker.io"]);
    let hub = ProgrammableRegistry::settings_basic(&[Account::new("alice", "wonder")])
        .tls(server.server_config(None))
        .start();
    hub.put_image("library/alpine", "3", &Image::small("one"));
    let proxy = ConnectProxy::start(&[("registry-1.docker.io:443", &hub.address())]);
    let mut home = Home::new();
    let bundle = home.path().join("ca.pem");
    fs::write(&bundle, authority.certificate_pem()).unwrap();
    home.set_env("HTTPS_PROXY", &proxy.url());
    home.set_env("SSL_CERT_FILE", bundle.to_str().unwrap());
    let daemon = Containerd::settings()
        .env("HTTPS_PROXY", &proxy.url())
        .env("SSL_CERT_FILE", bundle.to_str().unwrap())
        .start();
    let login = ["login", "-u", "alice", "--password-stdin"];
    home.portunus(&login).input("wonder").run().assert_success();
    let docker = fs::read_to_string(home.docker_config()).unwrap();
    assert!(docker.contains("https://index.docker.io/v1/"), "{docker}");

    let socket = daemon.socket().to_str().unwrap();
    for name in [
        "alpine:3",
        "docker.io/library/alpine:3",
        "index.docker.io/library/alpine:3",
    ] {
        let pull = ["pull", name, "--no-unpack", "--address", socket];
        let ran = home.portunus(&pull).run();
        ran.assert_success();
        assert!(
            ran.stdout.starts_with("pulled docker.io/library/alpine:3 "),
            "{ran}"
        );
        assert!(
            ran.stdout.contains("\nregistry-1.docker.io: asked "),
            "{ran}"
        );
        assert!(ran.stdout.contains("given `docker.io`"), "{ran}");
    }
    let asked = proxy.asked();
    assert!(
        asked.iter().all(|name| name == "registry-1.docker.io:443"),
        "{asked:?}"
    );
}
