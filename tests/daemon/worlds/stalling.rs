//! A registry that stops, and a pull from it.

use support::http::Reply;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;

pub(crate) fn stalling(
    matches: impl Fn(&str) -> bool + Send + Sync + 'static,
    reply: Reply,
) -> (ProgrammableRegistry, DaemonWorld) {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    registry.when(move |request| matches(&request.path), reply);
    let world = world_at(&registry);
    (registry, world)
}

pub(crate) fn world_at(registry: &ProgrammableRegistry) -> DaemonWorld {
    DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]))
}
