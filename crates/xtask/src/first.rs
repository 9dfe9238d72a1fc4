//! What somebody who waits for the first build wants to know.

use std::fs;
use std::path::Path;

/// A build of everything that a chore needs.
#[derive(Debug)]
pub(crate) struct Build {
    /// The beginning of a file's name among the compiled crates that is there after it.
    made: &'static str,
    /// What it takes, on two cores.
    takes: &'static str,
}

pub(crate) const DEMO: Build = Build {
    made: "libsupport-",
    takes: "about two minutes on two cores, and 0.8 GB below",
};

pub(crate) const TEST: Build = Build {
    made: "libcontainerd_client-",
    takes: "about six minutes on two cores, and 5 GB below",
};

/// Says what the first build takes, where it is the first.
pub(crate) fn announce(target: &Path, build: &Build) {
    let crates = fs::read_dir(target.join("debug/deps"))
        .into_iter()
        .flatten();
    let made = crates
        .flatten()
        .any(|entry| entry.file_name().to_string_lossy().starts_with(build.made));
    if !made {
        eprintln!("the first build takes {} {}", build.takes, target.display());
    }
}
