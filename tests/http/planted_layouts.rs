//! Files of an OCI layout that somebody else made: none is followed, waited for or believed. What
//! the registry received and what other files hold afterwards is looked at.

use std::fs;
use std::os::unix::fs::symlink;
use std::time::Duration;

use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use worlds::http::World;
use worlds::planted::{ALL, CANARY, Planted, at_once, blob_path, plant, victim};

use crate::worlds::world_with;

const IMAGE: &str = "reg-a.test/team/app:v1";
fn image() -> Image {
    Image::of_sizes("planted", &[100, 4000])
}

#[support::test]
fn what_is_planted_in_place_of_a_blob_is_not_pushed() {
    for planted in ALL {
        for layer in [true, false] {
            let (registry, image) = (ProgrammableRegistry::open(), image());
            let world = world_with(&registry.url(), &image);
            let blob = if layer {
                &image.layers[0]
            } else {
                &image.manifest
            };
            plant(
                planted,
                &blob_path(&world, blob),
                &blob.bytes,
                &victim(&world),
            );
            let error = at_once(|| world.push(IMAGE)).unwrap_err();
            assert!(
                error.to_string().contains(&blob.digest),
                "{planted:?}: {error}"
            );
            assert_eq!(registry.requests_with(CANARY).len(), 0, "{planted:?}");
            let of_it = |path: &str| path.contains("/uploads/") && path.contains(&blob.digest);
            assert!(
                !registry.requests().iter().any(|it| of_it(&it.path)),
                "{planted:?}"
            );
            assert_eq!(registry.manifest("team/app", "v1"), None, "{planted:?}");
        }
    }
}

#[support::test]
fn what_is_planted_in_place_of_a_blob_is_replaced_by_a_pull() {
    for planted in ALL {
        let (registry, image) = (ProgrammableRegistry::open(), image());
        registry.put_image("team/app", "v1", &image);
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let (victim, layer) = (victim(&world), &image.layers[0]);
        let held = fs::read(&victim).unwrap();
        world.pull(IMAGE).unwrap();
        let path = blob_path(&world, layer);
        plant(planted, &path, &layer.bytes, &victim);
        let pulled = at_once(|| world.pull(IMAGE));
        // A folder is not removed for it.
        assert_eq!(
            pulled.is_ok(),
            planted != Planted::Folder,
            "{planted:?}: {pulled:?}"
        );
        if pulled.is_ok() {
            assert!(path.symlink_metadata().unwrap().is_file(), "{planted:?}");
            assert_eq!(fs::read(&path).unwrap(), layer.bytes, "{planted:?}");
        }
        assert_eq!(fs::read(&victim).unwrap(), held, "{planted:?}");
    }
}

#[support::test]
fn what_is_planted_among_the_ingest_is_never_written_to() {
    for planted in ["link", "second name", "pipe"] {
        let (registry, image) = (ProgrammableRegistry::open(), image());
        registry.put_image("team/app", "v1", &image);
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let (victim, layer) = (victim(&world), &image.layers[0]);
        let held = fs::read(&victim).unwrap();
        let ingest = world.layout().join("ingest");
        fs::create_dir_all(&ingest).unwrap();
        fs::write(
            world.layout().join("oci-layout"),
            "{\"imageLayoutVersion\":\"1.0.0\"}",
        )
        .unwrap();
        let path = ingest.join(layer.digest.replace(':', "-"));
        match planted {
            "link" => symlink(&victim, &path).unwrap(),
            "pipe" => plant(Planted::Pipe, &path, &[], &victim),
            _ => fs::hard_link(&victim, &path).unwrap(),
        }
        at_once(|| world.pull(IMAGE)).unwrap();
        assert_eq!(fs::read(&victim).unwrap(), held, "{planted}");
        assert_eq!(
            fs::read(blob_path(&world, layer)).unwrap(),
            layer.bytes,
            "{planted}"
        );
    }
}

#[support::test]
fn a_folder_of_the_layout_that_is_a_link_is_not_entered() {
    for folder in ["blobs", "blobs/sha256", "ingest"] {
        let (registry, image) = (ProgrammableRegistry::open(), image());
        registry.put_image("team/app", "v1", &image);
        let world = World::new().with_hosts("reg-a.test", &[&registry.url()]);
        let elsewhere = world.home.path().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        let link = world.layout().join(folder);
        fs::create_dir_all(link.parent().unwrap()).unwrap();
        fs::write(
            world.layout().join("oci-layout"),
            "{\"imageLayoutVersion\":\"1.0.0\"}",
        )
        .unwrap();
        symlink(&elsewhere, &link).unwrap();
        let pulled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| world.pull(IMAGE)));
        assert!(!matches!(pulled, Ok(Ok(_))), "{folder}");
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "{folder}");
    }
}

#[support::test]
fn an_index_or_a_marker_that_is_no_file_is_named() {
    for name in ["index.json", "oci-layout"] {
        for planted in [Planted::Link, Planted::LinkToDevice, Planted::Pipe] {
            let registry = ProgrammableRegistry::open();
            let world = world_with(&registry.url(), &image());
            plant(planted, &world.layout().join(name), &[], &victim(&world));
            let layout = portunus_http::OciLayout::open(world.layout());
            let problem = match layout {
                Err(error) => error.to_string(),
                Ok(_) => at_once(|| world.push(IMAGE)).unwrap_err().to_string(),
            };
            assert!(problem.contains(name), "{name} {planted:?}: {problem}");
            assert_eq!(registry.requests_with(CANARY).len(), 0);
        }
    }
}

#[support::test(waits)]
fn a_manifest_that_drips_without_end_is_followed_by_the_next_host() {
    // One byte at a time, each in time: only the whole has a limit.
    let dripping = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = dripping.local_addr().unwrap();
    std::thread::spawn(move || {
        use std::io::{Read, Write};
        for stream in dripping.incoming().flatten() {
            std::thread::spawn(move || {
                let mut stream = stream;
                let mut request = [0; 8192];
                let _ = stream.read(&mut request);
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.oci.image.manifest.v1+json\r\n\
                            Transfer-Encoding: chunked\r\n\r\n";
                let mut alive = stream.write_all(head.as_bytes()).is_ok();
                while alive {
                    std::thread::sleep(Duration::from_millis(50));
                    alive = stream
                        .write_all(b"1\r\n \r\n")
                        .and_then(|()| stream.flush())
                        .is_ok();
                }
            });
        }
    });
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &image());
    let dripping = format!("http://{address}");
    let world = World::new().with_hosts("reg-a.test", &[&dripping, &registry.url()]);
    let mut world = crate::worlds::impatient(world);
    world.options.timeouts.answer = Duration::from_secs(1);
    world.options.timeouts.idle = Duration::from_secs(60);
    at_once(|| world.pull(IMAGE)).unwrap();
}
