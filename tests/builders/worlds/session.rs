use portunus::name::Profile;
use portunus_buildkit::{BuildImages, BuildSession, BuildSettings};
use worlds::http::World;

use crate::worlds::peer::Peer;

/// The settings of the default profile.
pub(crate) fn settings() -> BuildSettings {
    BuildSettings::new(Profile::DEFAULT)
}

/// A session for images that are pulled and pushed.
pub(crate) fn open(
    world: &World,
    pulled: &[&str],
    pushed: &[&str],
    settings: BuildSettings,
) -> BuildSession {
    let mut images = BuildImages::default();
    for image in pulled {
        images.pull(image.parse().unwrap());
    }
    for image in pushed {
        images.push(image.parse().unwrap());
    }
    BuildSession::open(&world.resolver(), world.client(), &images, settings).unwrap()
}

/// The same of the default profile, and a builder that it is attached to.
pub(crate) fn attach<'w>(
    world: &'w World,
    pulled: &[&str],
    pushed: &[&str],
) -> (BuildSession, Peer<'w>) {
    let session = open(world, pulled, pushed, settings());
    let peer = Peer::of(world, &session);
    (session, peer)
}

/// What the user was told.
pub(crate) fn told(session: &BuildSession) -> Vec<String> {
    session.notes().iter().map(ToString::to_string).collect()
}
