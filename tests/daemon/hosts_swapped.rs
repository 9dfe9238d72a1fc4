//! Root pulls with the runtime directory of somebody else, as `su` and `sudo -E` leave it; who swaps
//! whatever appears in it for her own. The daemon reads what we have rendered.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use support::home::Home;
use support::image::Image;
use support::programmable_registry::ProgrammableRegistry;

use crate::worlds::fake_daemon::{FakeDaemon, Script, Step};

const SOMEBODY: u32 = 65_534;
const EVIL: &str = "server = \"http://127.0.0.1:1\" # evil\n";

#[support::test(needs("root?"))]
fn a_hosts_directory_is_never_where_another_user_can_swap_it() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("app", "v1", &Image::small("one"));
    let mut home = Home::new();
    home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
    let theirs = home.path().join("theirs");
    fs::create_dir_all(theirs.join("portunus")).unwrap();
    for folder in [theirs.clone(), theirs.join("portunus")] {
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
        chown(&folder, Some(SOMEBODY), Some(SOMEBODY)).unwrap();
    }
    home.set_env("XDG_RUNTIME_DIR", theirs.to_str().unwrap());
    let ended = Arc::new(AtomicBool::new(false));
    let swapping = thread::spawn({
        let (ended, theirs) = (Arc::clone(&ended), theirs);
        move || {
            while !ended.load(Ordering::SeqCst) {
                plant(&theirs);
            }
        }
    });
    for _ in 0..3 {
        let wait = Step::Wait(Duration::from_millis(200));
        let daemon = FakeDaemon::start(Script::of("2.2.0").transfer([wait]));
        let socket = daemon.socket().display().to_string();
        let ran = home
            .portunus(&[
                "pull",
                "reg.test/app:v1",
                "--no-unpack",
                "--address",
                &socket,
            ])
            .run();
        ran.assert_success();
        assert!(ran.stderr.contains("warning"), "{ran}");
        let read = daemon.seen().hosts_tomls;
        assert!(!read.is_empty(), "{ran}");
        for (path, text) in read {
            assert!(
                !text.contains("evil") && text.contains(&registry.url()),
                "{}: {text}",
                path.display()
            );
        }
    }
    ended.store(true, Ordering::SeqCst);
    swapping.join().unwrap();
}

/// Whoever owns the folder above it could have what is fetched written to where she likes.
#[support::test]
fn the_layout_of_a_local_pull_is_never_where_another_user_can_swap_it() {
    let registry = ProgrammableRegistry::open();
    registry.put_image("app", "v1", &Image::small("one"));
    let mut home = Home::new();
    home.write_hosts_toml("reg.test", &format!("server = \"{}\"\n", registry.url()));
    let theirs = home.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    fs::set_permissions(&theirs, fs::Permissions::from_mode(0o777)).unwrap();
    home.set_env("TMPDIR", theirs.to_str().unwrap());
    let daemon = FakeDaemon::start(Script::of("2.2.0"));
    let socket = daemon.socket().display().to_string();
    let pull = ["pull", "--local", "reg.test/app:v1", "--no-unpack"];
    let pull = [&pull[..], &["--address", &socket]].concat();
    let ran = home.portunus(&pull).run();
    ran.assert_code(4);
    assert!(ran.stderr.contains(theirs.to_str().unwrap()), "{ran}");
    assert_eq!(fs::read_dir(&theirs).unwrap().count(), 0);
    let is_fetched = |path: &str| path.contains("/blobs/");
    assert!(
        !registry.requests().iter().any(|it| is_fetched(&it.path)),
        "{ran}"
    );
}

/// Her own file in place of each `hosts.toml` below it.
fn plant(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => plant(&path),
            // It may be gone already.
            false => drop(fs::write(&path, EVIL)),
        }
    }
    thread::sleep(Duration::from_millis(1));
}
