//! A second mirror that has the image, whatever the first one does.

use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;

pub(crate) const IMAGE: &str = "reg-a.test/team/app:v1";

/// Each has the image from the second mirror.
pub(crate) fn both_pull(name: &str, world: World) {
    let pulled = world
        .pull(IMAGE)
        .unwrap_or_else(|error| panic!("our own walk, {name}: {error:?}"));
    assert_eq!(pulled.manifest.digest, image().digest());
    let world = DaemonWorld::new(world);
    let report = world
        .pull(IMAGE)
        .unwrap_or_else(|error| panic!("containerd, {name}: {error:?}"));
    assert_eq!(report.digest, image().digest());
    world.assert_no_lease();
}

pub(crate) fn second() -> ProgrammableRegistry {
    let second = ProgrammableRegistry::open();
    second.put_image("team/app", "v1", &image());
    second
}

pub(crate) fn image() -> Image {
    Image::of_sizes("one", &[100, 200])
}
