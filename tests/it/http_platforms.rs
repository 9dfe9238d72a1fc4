//! Which images of an index a pull takes, and what shapes an index may have.

use portunus_http::{Platforms, PullOptions};
use serde_json::{Value, json};
use support::image::{Blob, Image};
use support::programmable_registry::ProgrammableRegistry;
use support::trials;

use crate::http_world::World;

trials! {
    the_variant_that_was_asked_for_is_pulled,
}

const IMAGE: &str = "reg-a.test/team/app:v1";

fn the_variant_that_was_asked_for_is_pulled() {
    for (held, wanted, taken) in [
        (["amd64/v3", "amd64"], "linux/amd64", "amd64"),
        (["amd64", "amd64/v3"], "linux/amd64/v3", "amd64/v3"),
        (["arm/v5", "arm/v6"], "linux/arm", "arm/v6"),
    ] {
        let registry = ProgrammableRegistry::open();
        let entries = held.map(|platform| {
            let image = Image::small(platform);
            registry.put_image("team/app", &platform.replace('/', "-"), &image);
            let (architecture, variant) = platform.split_once('/').unwrap_or((platform, ""));
            let mut entry = image.manifest.descriptor();
            entry["platform"] = json!({ "os": "linux", "architecture": architecture });
            if !variant.is_empty() {
                entry["platform"]["variant"] = variant.into();
            }
            entry
        });
        registry.put_manifest("team/app", "v1", &index_of(&entries));
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let mut options = PullOptions::default();
        options.platforms = Platforms::Only(wanted.parse().unwrap());
        let pulled = world.pull_with(&world.client(), IMAGE, &options).unwrap();
        let image = Image::small(taken);
        assert_eq!(pulled.manifest.digest, image.digest(), "{held:?}: {wanted}");
    }
}

pub(crate) fn index_of(entries: &[Value]) -> Blob {
    let media_type = "application/vnd.oci.image.index.v1+json";
    let index = json!({ "schemaVersion": 2, "mediaType": media_type, "manifests": entries });
    Blob::new(media_type, index.to_string().into_bytes())
}
