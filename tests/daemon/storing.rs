//! An image that we have pulled ourselves is stored as containerd's own client would store it.

use portunus::credential::Credential;
use portunus_containerd::Unpack;
use serde_json::json;
use support::account::Account;
use support::containerd::{Containerd, Settings};
use support::http::Reply;
use support::image::{Blob, Image, architecture};
use support::programmable_registry::ProgrammableRegistry;
use support::{hello, tools};
use worlds::http::{World, index_of};

use crate::worlds::daemon::{DaemonWorld, path_mirrors};
use crate::worlds::load::{IMAGE, load, pull, pull_and_load, rows};

#[support::test(needs("containerd", "unpacking?"))]
fn an_image_is_stored_as_ctr_of_2_stores_it() {
    is_stored_as_ctr_does(Containerd::settings(), &["--skip-metadata"]);
}

#[support::test(needs("containerd-1.7/containerd", "unpacking?"))]
fn an_image_is_stored_as_ctr_of_1_7_stores_it() {
    is_stored_as_ctr_does(
        Containerd::settings().program("containerd-1.7/containerd"),
        &[],
    );
}

#[support::test(needs("containerd-1.6/containerd", "unpacking?"))]
fn an_image_is_stored_as_ctr_of_1_6_stores_it() {
    is_stored_as_ctr_does(
        Containerd::settings().program("containerd-1.6/containerd"),
        &[],
    );
}

/// An index leads to the index of the images.
#[support::test(needs("containerd", "unpacking?"))]
fn an_index_without_platforms_is_stored_as_ctr_stores_it() {
    let registry = ProgrammableRegistry::open();
    let inner = put_index(&registry, "inner");
    let outer = index_of(&[inner.descriptor()]);
    registry.put_manifest("team/app", "v1", &outer);
    is_stored_from(
        &registry,
        &outer,
        Containerd::settings(),
        &["--skip-metadata"],
    );
}

fn is_stored_as_ctr_does(settings: Settings, options: &[&str]) {
    let registry = ProgrammableRegistry::open();
    let index = put_index(&registry, "v1");
    is_stored_from(&registry, &index, settings, options);
}

/// Content with its labels, image and snapshots agree with those of `ctr` in another containerd
/// namespace of the same daemon. `options` make it leave out what other platforms need.
fn is_stored_from(
    registry: &ProgrammableRegistry,
    top: &Blob,
    settings: Settings,
    options: &[&str],
) {
    // Twice, because the old ones refuse a file without a host table.
    let hosts = World::new().with_hosts("reg-a.test", &[&registry.url(), &registry.url()]);
    let world = DaemonWorld::with(hosts, settings);
    let unpack = if tools::is_root() {
        Unpack::With("native".to_owned())
    } else {
        Unpack::No
    };
    let report = pull_and_load(&world, unpack.clone()).unwrap();
    assert_eq!(report.digest, top.digest);

    let (hosts_dir, platform) = (
        world.world.home.hosts_dir(),
        format!("linux/{}", architecture()),
    );
    let hosts_dir = hosts_dir.to_str().unwrap();
    let pull: &[&str] = match unpack {
        Unpack::No => &[
            "content",
            "fetch",
            "--hosts-dir",
            hosts_dir,
            "--platform",
            &platform,
        ],
        _ => &[
            "images",
            "pull",
            "--hosts-dir",
            hosts_dir,
            "--platform",
            &platform,
            "--snapshotter",
            "native",
        ],
    };
    world
        .daemon
        .ctr(&[&["--namespace", "peer"], pull, options, &[IMAGE]].concat())
        .assert_success();

    for listing in [
        &["content", "ls"][..],
        &["images", "ls"],
        &["images", "check", "--snapshotter", "native"],
        &["snapshots", "--snapshotter", "native", "ls"],
    ] {
        let listed = |containerd_namespace: &str| {
            let listed = world
                .daemon
                .ctr(&[&["--namespace", containerd_namespace], listing].concat());
            rows(&listed.assert_success().stdout)
        };
        assert_eq!(listed("default"), listed("peer"), "{listing:?}");
    }
    world.assert_no_lease();

    // Once more, in place of itself.
    pull_and_load(&world, unpack).unwrap();
}

/// Another one than the daemon's default, where it has that.
#[support::test(needs("containerd", "unpacking?"))]
fn what_the_containerd_namespace_unpacks_with_is_used() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let hosts = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let world = DaemonWorld::with(hosts, Containerd::settings());
    let label = |snapshotter: &str| {
        let label = format!("containerd.io/defaults/snapshotter={snapshotter}");
        let label = ["namespaces", "label", "default", &label];
        world.daemon.ctr(&label).assert_success();
    };
    let create = ["namespaces", "create", "default"];
    world.daemon.ctr(&create).assert_success();
    label("no-such");
    let error = pull_and_load(&world, Unpack::AsConfigured).unwrap_err();
    assert!(error.to_string().contains("no-such"), "{error}");
    if tools::is_root() {
        label("native");
        pull_and_load(&world, Unpack::AsConfigured).unwrap();
        let list = ["snapshots", "--snapshotter", "native", "ls"];
        let listed = world.daemon.ctr(&list);
        assert_eq!(listed.assert_success().stdout.lines().skip(1).count(), 1);
    }
}

#[support::test(needs("containerd"))]
fn path_mirrors_keep_their_accounts_on_the_way_around_the_daemon() {
    let (_registry, world) = path_mirrors();
    let world = DaemonWorld::new(world);
    pull_and_load(&world, Unpack::No).unwrap();
    assert!(world.has(IMAGE));
}

/// containerd takes a static bearer from nobody.
#[support::test(needs("containerd"))]
fn a_registry_token_pulls_on_the_way_around_the_daemon() {
    let registry = ProgrammableRegistry::bearer(&[Account::new("alice", "wonder")]);
    let open = ProgrammableRegistry::open();
    open.put_image("team/app", "v1", &Image::small("one"));
    let elsewhere = open.url();
    registry.answer_with(move |request| {
        let holds = request.bearer() == Some("static");
        holds.then(|| Reply::redirect(&format!("{elsewhere}{}", request.path)))
    });
    let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let token = Credential::RegistryToken {
        token: "static".into(),
    };
    world.store_under(&registry.address(), &token, |_| {});
    let world = DaemonWorld::new(world);
    pull_and_load(&world, Unpack::No).unwrap();
    assert!(world.has(IMAGE));
    assert!(open.requests_with("static").is_empty());
}

#[support::test(needs("containers?", "containerd"))]
fn a_container_of_a_stored_image_runs() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &hello::image("hello from a container\n"));
    let hosts = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let world = DaemonWorld::with(hosts, Containerd::settings());
    pull_and_load(&world, Unpack::With("native".to_owned())).unwrap();
    let ran = hello::run(&world.daemon, IMAGE);
    assert_eq!(ran.assert_success().stdout, "hello from a container\n");
}

#[support::test(needs("containerd"))]
fn a_layout_that_is_not_whole_leaves_no_image() {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[1000, 1000]);
    registry.put_image("team/app", "v1", &image);
    let world = DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    let pulled = pull(&world);
    // The last layer is stored first, and kept.
    let blob = world
        .world
        .layout()
        .join("blobs")
        .join(image.layers[0].digest.replace(':', "/"));
    for (damage, said) in [
        (Some(&b"short"[..]), "has 5 bytes instead of "),
        (None, "No such file"),
    ] {
        match damage {
            Some(bytes) => std::fs::write(&blob, bytes).unwrap(),
            None => std::fs::remove_file(&blob).unwrap(),
        }
        let error = load(&world, &pulled, Unpack::No).unwrap_err();
        let told = error.to_string();
        assert!(
            told.contains(said) && told.contains(blob.to_str().unwrap()),
            "{told}"
        );
        assert!(!world.has(IMAGE));
        world.assert_only_remains_of(IMAGE);
    }
}

/// Puts an index of an image for this machine, and of one for another platform.
fn put_index(registry: &ProgrammableRegistry, tag: &str) -> Blob {
    let image = Image::of_sizes("one", &[1000, 3_000_000, 10]);
    let other = Image::small("for another platform");
    registry.put_image("team/app", "ours", &image);
    registry.put_image("team/app", "other", &other);
    let mut ours = image.manifest.descriptor();
    ours["platform"] = json!({ "os": "linux", "architecture": architecture() });
    let mut other = other.manifest.descriptor();
    other["platform"] = json!({ "os": "linux", "architecture": "s390x" });
    let index = index_of(&[ours, other]);
    registry.put_manifest("team/app", tag, &index);
    index
}
