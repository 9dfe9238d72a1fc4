//! Files that somebody may have put into a layout.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use support::image::Blob;
use support::process;

use crate::http::World;

/// What the victim's file holds.
pub const CANARY: &str = "canary-of-docker-config-31aa";

/// What may be planted in place of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// To the victim's file.
    Link,
    /// To one without an end.
    LinkToDevice,
    /// Which nobody writes to.
    Pipe,
    /// Which is empty.
    Folder,
    /// The blob and more.
    OtherSize,
    /// Of the same size.
    OtherContent,
}

/// Each of them.
pub const ALL: [Planted; 6] = [
    Planted::Link,
    Planted::LinkToDevice,
    Planted::Pipe,
    Planted::Folder,
    Planted::OtherSize,
    Planted::OtherContent,
];

/// Plants it in place of a blob. The victim's file is in the home.
pub fn plant(planted: Planted, path: &Path, blob: &[u8], victim: &Path) {
    let _ = fs::remove_file(path);
    match planted {
        Planted::Link => symlink(victim, path).unwrap(),
        Planted::LinkToDevice => symlink("/dev/zero", path).unwrap(),
        Planted::Pipe => {
            process::run(Command::new("mkfifo").arg(path), b"").assert_success();
        }
        Planted::Folder => fs::create_dir(path).unwrap(),
        Planted::OtherSize => fs::write(path, [blob, CANARY.as_bytes()].concat()).unwrap(),
        Planted::OtherContent => {
            let mut other = CANARY.as_bytes().to_vec();
            other.resize(blob.len(), b'.');
            fs::write(path, other).unwrap();
        }
    }
}

/// A file that is nobody else's business.
pub fn victim(world: &World) -> PathBuf {
    world.write("victim.json", &format!("{{\"auth\": \"{CANARY}\"}}"))
}

/// Where a blob is in the layout.
pub fn blob_path(world: &World, blob: &Blob) -> PathBuf {
    let name = blob.digest.trim_start_matches("sha256:");
    world.layout().join("blobs/sha256").join(name)
}

/// Nothing that was asked for waits for anybody.
#[track_caller]
pub fn at_once<T>(work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let done = work();
    assert!(started.elapsed() < Duration::from_secs(20));
    done
}
