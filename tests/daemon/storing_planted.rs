//! A layout with files of somebody else in it: nothing that they lead to reaches the daemon.

use portunus_containerd::Unpack;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;
use worlds::planted::{ALL, CANARY, at_once, blob_path, plant, victim};

use crate::worlds::daemon::DaemonWorld;
use crate::worlds::load::{IMAGE, load, pull};

#[support::test(needs("containerd"))]
fn what_is_planted_in_place_of_a_blob_is_not_stored() {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("planted", &[100, 4000]);
    registry.put_image("team/app", "v1", &image);
    let world = DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    let victim = victim(&world.world);
    for blob in [&image.layers[0], &image.config, &image.manifest] {
        for planted in ALL {
            let pulled = pull(&world);
            let path = blob_path(&world.world, blob);
            plant(planted, &path, &blob.bytes, &victim);
            let error = at_once(|| load(&world, &pulled, Unpack::No)).unwrap_err();
            let told = error.to_string();
            let name = blob.digest.trim_start_matches("sha256:");
            assert!(told.contains(name), "{planted:?}: {told}");
            assert!(!world.has(IMAGE), "{planted:?}");
            assert!(!holds_canary(&world), "{planted:?}");
            // A pull does not remove a folder.
            let _ = std::fs::remove_dir(&path);
        }
    }
}

fn holds_canary(world: &DaemonWorld) -> bool {
    let listed = world.daemon.ctr(&["content", "ls", "--quiet"]);
    let digests = listed.assert_success().stdout.lines().map(str::to_owned);
    let mut contents = digests.map(|digest| world.daemon.ctr(&["content", "get", &digest]).stdout);
    contents.any(|content| content.contains(CANARY))
}
