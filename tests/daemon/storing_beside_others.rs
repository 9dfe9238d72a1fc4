//! An image that we have pulled ourselves is stored whatever else goes on in the daemon.

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use portunus_containerd::{Containerd as Daemon, Unpack};
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;
use tokio::runtime::Builder;
use worlds::http::World;

use crate::worlds::daemon::DaemonWorld;
use crate::worlds::download::wait_until;
use crate::worlds::load::{IMAGE, load, load_request, pull, pull_and_load, rows};

#[support::test(needs("containerd"))]
fn a_daemon_that_was_started_again_meanwhile_stores_the_image() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("team/app", "v1", &Image::small("one"));
    let hosts = World::new().with_hosts("reg-a.test", &[&registry.url()]);
    let mut world = DaemonWorld::new(hosts);
    let pulled = pull(&world);
    // As the program has it: nobody attends to the connection while the layout is filled.
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let connecting = Daemon::connect(world.daemon.socket(), Duration::from_secs(5));
    let connected = runtime.block_on(connecting).unwrap();
    world.daemon.kill();
    world.daemon.start_again();
    let request = load_request(&world);
    let loading = connected.load(request, pulled.manifest, std::future::pending());
    runtime.block_on(loading).unwrap();
    assert!(world.has(IMAGE));
    world.assert_no_lease();
}

/// As another pull does that has a layer in common, to its end or not.
#[support::test(waits, needs("containerd"))]
fn a_layer_that_somebody_else_is_writing_is_waited_for() {
    for finishes in [true, false] {
        let registry = ProgrammableRegistry::open();
        let image = Image::small("one");
        registry.put_image("team/app", "v1", &image);
        let world = DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]));
        let pulled = pull(&world);

        let layer = image.layers[0].clone();
        let name = format!("portunus-{}", layer.digest);
        let ingest = ["content", "ingest", "--expected-digest", &layer.digest];
        let mut other = world.daemon.ctr_command();
        other.args(ingest).arg(&name).stdin(Stdio::piped());
        let mut other = other.spawn().unwrap();
        wait_until("the layer is being written", || {
            world
                .daemon
                .ctr(&["content", "active"])
                .stdout
                .contains(&name)
        });
        let writing = support::threads::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            match finishes {
                true => other.stdin.take().unwrap().write_all(&layer.bytes).unwrap(),
                false => other.kill().unwrap(),
            }
            other.wait().unwrap();
        });
        load(&world, &pulled, Unpack::No).unwrap();
        writing.join().unwrap();
        assert!(world.has(IMAGE));
        world.assert_no_lease();
    }
}

/// As a program does that was killed while it pulled from a host that gave something else.
#[support::test(needs("containerd"))]
fn what_somebody_has_left_of_a_layer_is_replaced_where_it_is_wrong() {
    let registry = ProgrammableRegistry::open();
    let image = Image::of_sizes("one", &[1000]);
    registry.put_image("team/app", "v1", &image);
    let world = DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    let pulled = pull(&world);
    let layer = &image.layers[0];
    for left in [&b"wrong"[..], &layer.bytes[..5], &[b'x'; 1000]] {
        let name = format!("portunus-{}", layer.digest);
        let mut other = world.daemon.ctr_command();
        other
            .args(["content", "ingest", &name])
            .stdin(Stdio::piped());
        let mut other = other.spawn().unwrap();
        other.stdin.as_mut().unwrap().write_all(left).unwrap();
        let size = if left.len() == 5 { "5B" } else { "1kB" };
        wait_until("the start is written", || {
            let active = world.daemon.ctr(&["content", "active"]).stdout;
            active.contains(&name) && active.contains(size)
        });
        other.kill().unwrap();
        other.wait().unwrap();
        load(&world, &pulled, Unpack::No).unwrap();
        assert!(world.has(IMAGE));
        world.assert_no_lease();
        let remove = ["images", "rm", "--sync", IMAGE];
        world.daemon.ctr(&remove).assert_success();
    }
}

#[support::test(needs("containerd"))]
fn a_layer_that_very_many_repositories_have_keeps_its_labels() {
    let registry = ProgrammableRegistry::open();
    let image = Image::small("one");
    registry.put_image("team/app", "v1", &image);
    let world = DaemonWorld::new(World::new().with_hosts("reg-a.test", &[&registry.url()]));
    pull_and_load(&world, Unpack::No).unwrap();
    let name = "containerd.io/distribution.source.reg-a.test";
    let full = format!("{name}={}", "x".repeat(4096 - name.len()));
    let digests = [&image.layers[0].digest, &image.manifest.digest];
    let label = |label: &str| {
        for digest in digests {
            let ctr = world.daemon.ctr(&["content", "label", digest, label]);
            ctr.assert_success();
        }
    };
    let listed = || rows(&world.daemon.ctr(&["content", "ls"]).assert_success().stdout);
    label(&full);
    let before = listed();
    pull_and_load(&world, Unpack::No).unwrap();
    assert_eq!(listed(), before);

    // As much as goes in.
    let room = full.len() - ",team/app".len();
    label(&full[..room]);
    pull_and_load(&world, Unpack::No).unwrap();
    let listed = world.daemon.ctr(&["content", "ls"]).stdout;
    assert_eq!(listed.matches("x,team/app").count(), 2, "{listed}");
}
