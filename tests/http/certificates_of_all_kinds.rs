//! Certificates and keys as other tools write them.

use support::image::Image;
use support::nginx::Nginx;
use support::pki::Identity;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

const IMAGE: &str = "reg-a.test/team/app:v1";

/// Of version 1: without extensions, those of an authority too.
const ROOT: &str = include_str!("../support/kept/root.crt");
const P384: (&str, &str) = (
    include_str!("../support/kept/p384.crt"),
    include_str!("../support/kept/p384.key"),
);
const RSA_CLIENT: &str = include_str!("../support/kept/client-pkcs1.crt");
const RSA_KEY: &str = include_str!("../support/kept/client-pkcs1.key");

fn registry() -> ProgrammableRegistry {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry
}

/// What `hosts.toml` says of that server: its `ca`, and more.
fn world_with(front: &Nginx, ca: &str, more: impl Fn(&World) -> String) -> World {
    let world = World::new();
    let (ca, more) = (world.write("ca.crt", ca), more(&world));
    let toml = format!(
        "server = \"{}\"\nskip_verify = false\nca = {ca:?}\n{more}",
        front.url()
    );
    world.with_hosts_toml("reg-a.test", &toml)
}

#[support::test(needs("nginx"))]
fn a_root_of_version_1_and_keys_of_each_kind_are_accepted() {
    let registry = registry();
    let own = include_str!("../support/kept/self.crt");
    for (ca, certificate, key) in [
        (ROOT, P384.0, P384.1),
        (
            ROOT,
            include_str!("../support/kept/ed25519.crt"),
            include_str!("../support/kept/ed25519.key"),
        ),
        // Signed by itself, and no authority.
        (own, own, include_str!("../support/kept/self.key")),
    ] {
        let front = Nginx::tls(
            &registry.address(),
            &Identity::of_pem(certificate, key),
            None,
        );
        world_with(&front, ca, |_| String::new())
            .pull(IMAGE)
            .unwrap();
    }
}

#[support::test(needs("nginx"))]
fn a_file_of_authorities_may_be_of_windows_and_hold_words_and_a_key() {
    let registry = registry();
    let front = Nginx::tls(&registry.address(), &Identity::of_pem(P384.0, P384.1), None);
    let text = format!("Issuer: CN=root\nsubject=/CN=root\n{ROOT}");
    for ca in [
        ROOT.replace('\n', "\r\n"),
        text.clone(),
        text.replace('\n', "\r\n"),
        format!("{RSA_KEY}{ROOT}"),
        format!("{ROOT}{RSA_KEY}"),
        ROOT.trim_end().to_owned(),
    ] {
        let pulled = world_with(&front, &ca, |_| String::new()).pull(IMAGE);
        assert!(pulled.is_ok(), "{ca}: {pulled:?}");
    }
}

#[support::test(needs("nginx"))]
fn a_client_shows_keys_in_each_form_and_order() {
    let registry = registry();
    let lines = format!(
        "ssl_client_certificate '{}/../support/kept/root.crt';\n    ssl_verify_client on;",
        env!("CARGO_MANIFEST_DIR")
    );
    let server = Identity::of_pem(P384.0, P384.1);
    let front = Nginx::tls_with(&registry.address(), &server, &lines);
    for (certificate, key) in [
        (RSA_CLIENT, RSA_KEY),
        (RSA_CLIENT, include_str!("../support/kept/client-pkcs8.key")),
        (
            include_str!("../support/kept/client-sec1.crt"),
            include_str!("../support/kept/client-sec1.key"),
        ),
    ] {
        for pair in [
            format!("{certificate}{key}"),
            format!("{key}{certificate}"),
            format!("{key}{certificate}").replace('\n', "\r\n"),
        ] {
            let pulled = world_with(&front, ROOT, |world| {
                let pair = world.write("client.pem", &pair);
                format!("client = {pair:?}\n")
            })
            .pull(IMAGE);
            assert!(pulled.is_ok(), "{pair}: {pulled:?}");
        }
        let pulled = world_with(&front, ROOT, |world| {
            let files = [
                world.write("client.crt", certificate),
                world.write("client.key", key),
            ];
            format!("client = [{files:?}]\n")
        })
        .pull(IMAGE);
        assert!(pulled.is_ok(), "{pulled:?}");
    }
    let without = world_with(&front, ROOT, |_| String::new());
    without.pull(IMAGE).unwrap_err();
}
