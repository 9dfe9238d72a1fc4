//! A stored identity token pulls through containerd.

use portunus::credential::Credential;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::{DaemonWorld, accounts};

#[support::test(needs("containerd"))]
fn an_identity_token_pulls_from_a_registry_that_asks_for_tokens() {
    let registry = ProgrammableRegistry::bearer(&accounts());
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.add_identity_token("refresh-me", &accounts()[0]);
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let token = Credential::IdentityToken {
        username: None,
        token: "refresh-me".into(),
    };
    world.store_under(&registry.address(), &token, |_| {});
    let world = DaemonWorld::new(world);
    world.pull("reg-a.test/team/app:v1").unwrap();
}
