//! Which images of an index a pull takes, and what shapes an index may have.

use portunus_http::{Error, ErrorKind, Platform, Platforms, PullOptions, Pulled};
use serde_json::{Value, json};
use support::image::{Blob, Image};
use support::programmable_registry::ProgrammableRegistry;

use worlds::http::{World, index_of};

const IMAGE: &str = "reg-a.test/team/app:v1";

#[support::test]
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
        let image = Image::small(taken);
        let pulled = pull(&world_of(&registry), Platforms::Only(platform(wanted))).unwrap();
        assert_eq!(pulled.manifest.digest, image.digest(), "{held:?}: {wanted}");
    }
}

#[support::test]
fn an_image_without_a_platform_is_the_last_choice() {
    let registry = ProgrammableRegistry::open();
    let (any, amd) = (Image::small("any"), Image::small("amd"));
    registry.put_image("team/app", "any", &any);
    registry.put_image("team/app", "amd", &amd);
    let mut amd_entry = amd.manifest.descriptor();
    amd_entry["platform"] = json!({ "os": "linux", "architecture": "amd64" });
    let mut any_entry = any.manifest.descriptor();
    let world = world_of(&registry);
    for said in [None, Some(json!(null))] {
        if let Some(said) = said {
            any_entry["platform"] = said;
        }
        let index = index_of(&[any_entry.clone(), amd_entry.clone()]);
        registry.put_manifest("team/app", "v1", &index);
        for (wanted, taken) in [("linux/amd64", &amd), ("linux/s390x", &any)] {
            let pulled = pull(&world, Platforms::Only(platform(wanted))).unwrap();
            assert_eq!(pulled.manifest.digest, taken.digest(), "{wanted}");
        }
    }
}

#[support::test]
fn an_index_in_an_index_is_searched_for_the_platform() {
    let registry = ProgrammableRegistry::open();
    let images = ["amd64", "s390x"].map(|architecture| {
        let image = Image::small(architecture);
        registry.put_image("team/app", architecture, &image);
        image
    });
    let entries = ["amd64", "s390x"].map(|architecture| {
        let mut entry = Image::small(architecture).manifest.descriptor();
        entry["platform"] = json!({ "os": "linux", "architecture": architecture });
        entry
    });
    let inner = index_of(&entries);
    registry.put_manifest("team/app", "inner", &inner);
    let outer = index_of(&[inner.descriptor()]);
    registry.put_manifest("team/app", "v1", &outer);
    let [other, wanted] = &images;

    let world = world_of(&registry);
    let pulled = pull(&world, Platforms::WithIndex(platform("linux/s390x"))).unwrap();
    assert_eq!(pulled.manifest.digest, outer.digest);
    // Two indexes, the manifest, the configuration, the layer.
    assert_eq!(pulled.parts, 5);
    let held = |blob: &Blob| {
        let path = blob.digest.replace(':', "/");
        world.layout().join("blobs").join(path).exists()
    };
    assert!(held(&outer) && held(&inner) && held(&wanted.layers[0]));
    assert!(!held(&other.manifest));

    let pulled = pull(&world, Platforms::Only(platform("linux/s390x"))).unwrap();
    assert_eq!(pulled.manifest.digest, wanted.digest());
    let error = pull(&world, Platforms::Only(platform("linux/arm"))).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
    let told = error.to_string();
    assert!(told.contains("no image for linux/arm/v7"), "{told}");
}

/// As programs in Go write a list that was never filled.
#[support::test]
fn an_image_without_layers_is_pulled() {
    let registry = ProgrammableRegistry::open();
    let image = Image::small("one");
    registry.put_image("team/app", "one", &image);
    let manifest = manifest_of(&image, &json!(null));
    registry.put_manifest("team/app", "v1", &manifest);
    let pulled = pull(&world_of(&registry), Platforms::All).unwrap();
    assert_eq!(pulled.parts, 2);
}

#[support::test]
fn a_layer_that_no_registry_has_is_told_by_its_type() {
    let foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    for (media_type, told) in [
        (foreign, true),
        ("application/vnd.docker.image.rootfs.diff.tar.gzip", false),
    ] {
        let registry = ProgrammableRegistry::open();
        let image = Image::small("one");
        registry.put_image("team/app", "one", &image);
        let mut layer = Image::small("elsewhere").layers[0].descriptor();
        layer["mediaType"] = media_type.into();
        layer["urls"] = json!(["https://elsewhere.test/layer"]);
        let manifest = manifest_of(&image, &json!([layer]));
        registry.put_manifest("team/app", "v1", &manifest);
        let error = pull(&world_of(&registry), Platforms::All).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert_eq!(error.to_string().contains(media_type), told, "{error}");
    }
}

fn world_of(registry: &ProgrammableRegistry) -> World {
    World::new().with_hosts("reg-a.test", &[&registry.url()])
}

fn pull(world: &World, platforms: Platforms) -> Result<Pulled, Error> {
    let mut options = PullOptions::default();
    options.platforms = platforms;
    world.pull_with(&world.client(), IMAGE, &options)
}

fn platform(text: &str) -> Platform {
    text.parse().unwrap()
}

fn manifest_of(image: &Image, layers: &Value) -> Blob {
    let media_type = &image.manifest.media_type;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": image.config.descriptor(),
        "layers": layers,
    });
    Blob::new(media_type, manifest.to_string().into_bytes())
}
