//! An image that is stored with what BuildKit says about how it was built.

use portunus_containerd::Unpack;
use portunus_http::Platforms;
use serde_json::{Value, json};
use support::containerd::{Containerd, Settings};
use support::image::{Blob, Image, architecture};
use support::programmable_registry::ProgrammableRegistry;
use support::tools;
use worlds::http::World;
use worlds::http::index_of;

use crate::worlds::daemon::DaemonWorld;
use crate::worlds::load::{IMAGE, load, pull_for};

#[support::test(needs("containerd", "unpacking?"))]
fn an_image_with_an_attestation_is_unpacked_by_2() {
    is_unpacked(Containerd::settings());
}

#[support::test(needs("containerd-1.7/containerd", "unpacking?"))]
fn an_image_with_an_attestation_is_unpacked_by_1_7() {
    is_unpacked(Containerd::settings().program("containerd-1.7/containerd"));
}

/// An index leads to the index of a platform, which BuildKit gave two manifests.
fn is_unpacked(settings: Settings) {
    let registry = ProgrammableRegistry::open();
    let (image, attestation) = (Image::of_sizes("one", &[100, 100]), attestation());
    registry.put_image("team/app", "image", &image);
    registry.put_image("team/app", "attestation", &attestation);
    let platform = architecture();
    let inner = index_of(&[
        entry(&image.manifest, "linux", platform),
        entry(&attestation.manifest, "unknown", "unknown"),
    ]);
    registry.put_manifest("team/app", "inner", &inner);
    let outer = index_of(&[entry(&inner, "linux", platform)]);
    registry.put_manifest("team/app", "v1", &outer);

    let hosts = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let world = DaemonWorld::with(hosts, settings);
    load(&world, &pull_for(&world, Platforms::All), native()).unwrap();
    let content = world.daemon.ctr(&["content", "ls"]);
    let content = &content.assert_success().stdout;
    for blob in [
        &outer,
        &inner,
        &attestation.manifest,
        &attestation.layers[0],
    ] {
        assert!(content.contains(&blob.digest), "{content}");
    }
    assert_eq!(snapshots(&world), if tools::is_root() { 2 } else { 0 });
    world.assert_no_lease();
}

#[support::test(needs("containerd", "unpacking?"))]
fn an_attestation_alone_is_stored() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &attestation());
    let hosts = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let world = DaemonWorld::with(hosts, Containerd::settings());
    load(&world, &pull_for(&world, Platforms::All), native()).unwrap();
    assert!(world.has(IMAGE));
    assert_eq!(snapshots(&world), 0);
}

fn attestation() -> Image {
    Image::attestation(r#"{"_type":"https://in-toto.io/Statement/v0.1"}"#)
}

fn native() -> Unpack {
    match tools::is_root() {
        true => Unpack::With("native".to_owned()),
        false => Unpack::No,
    }
}

fn snapshots(world: &DaemonWorld) -> usize {
    let list = ["snapshots", "--snapshotter", "native", "ls"];
    let listed = world.daemon.ctr(&list);
    listed.assert_success().stdout.lines().skip(1).count()
}

fn entry(manifest: &Blob, os: &str, architecture: &str) -> Value {
    let mut entry = manifest.descriptor();
    entry["platform"] = json!({ "os": os, "architecture": architecture });
    entry
}
