//! What several of these tests begin with.

use std::time::Duration;

use support::account::Account;
use support::http::Request;
use support::image::Image;
use support::pki::CertificateAuthority;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

pub(crate) const SECRET: &str = "canary-7c1f";

pub(crate) const HEADER: &str = "header-canary-55";

/// The registry serves a registry namespace, and is sent a header.
pub(crate) fn toml_with_header(registry: &ProgrammableRegistry) -> String {
    let url = registry.url();
    format!("server = \"{url}\"\n[header]\nx-key = \"{HEADER}\"\n")
}

/// A machine that is logged in to the one host of `reg-a.test`.
pub(crate) fn world_of(registry: &ProgrammableRegistry) -> World {
    World::new()
        .with_hosts("reg-a.test", &[&registry.url()])
        .with_login(&registry.address(), "alice", SECRET)
}

/// A registry with the image.
pub(crate) fn good_registry() -> (ProgrammableRegistry, Image) {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[10, 50_000]);
    registry.put_image("team/app", "v1", &image);
    (registry, image)
}

pub(crate) fn impatient(mut world: World) -> World {
    // Who answers at all does so within it, also where other tests have the processors.
    let second = Duration::from_secs(1);
    world.options.timeouts.answer = second;
    world.options.timeouts.idle = second;
    world.options.timeouts.token = second;
    world
}

/// A registry with TLS, and an image in it.
pub(crate) fn tls_registry(
    authority: &CertificateAuthority,
    accounts: &[Account],
) -> ProgrammableRegistry {
    let identity = authority.server(&["127.0.0.1", "localhost"]);
    let registry = ProgrammableRegistry::settings_basic(accounts)
        .tls(identity.server_config(None))
        .start();
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry
}

/// A world with an image in its layout, to be pushed to that registry.
pub(crate) fn world_with(registry: &str, image: &Image) -> World {
    let world = World::new().with_hosts("reg-a.test", &[registry]);
    world.write_layout(image, "v1");
    world
}

pub(crate) fn is_token_request(request: &&Request) -> bool {
    request.path == "/token"
}

pub(crate) fn registry_of(accounts: &[Account]) -> ProgrammableRegistry {
    let registry = ProgrammableRegistry::bearer(accounts);
    registry.put_image("team/app", "v1", &Image::of_sizes("one", &[10, 20, 30]));
    registry
}
