//! Where the real programs are: those `cargo xtask tools` unpacked, else those on `PATH`.
//!
//! The folder is `$PORTUNUS_TOOLS`, else `tools/` in the target directory that the test binary
//! itself lies in. The kernel's own abilities are asked for in the same list, by a word with a
//! colon: `user:root` is a test that must be root.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The program of that name, ready to be run.
///
/// # Panics
///
/// When it is not there. A test that lists it in `needs [..]` is not run then.
pub fn program(name: &str) -> PathBuf {
    find(name).unwrap_or_else(|| panic!("{name} not found: list it in the test's `needs [..]`"))
}

/// The program of that name, if there is one. Another version of a program that has several is
/// called `containerd-1.7/containerd`.
pub fn find(name: &str) -> Option<PathBuf> {
    let unpacked = folder().map(|folder| match name.split_once('/') {
        Some((version, program)) => folder.join(version).join("bin").join(program),
        None => folder.join("bin").join(name),
    });
    let on_path = env_var("PATH").unwrap_or_default();
    unpacked
        .into_iter()
        .chain(
            env::split_paths(&on_path)
                .filter(|_| !name.contains('/'))
                .map(|dir| dir.join(name)),
        )
        .find(|path| path.is_file())
}

/// Those of the wanted programs and abilities that this machine does not have.
pub fn missing(wanted: &[&'static str]) -> Vec<&'static str> {
    wanted
        .iter()
        .copied()
        .filter(|name| !is_there(name))
        .collect()
}

/// Whether a missing program fails a test (`PORTUNUS_REQUIRE_SERVERS=1`) or skips it.
pub fn servers_required() -> bool {
    env_var("PORTUNUS_REQUIRE_SERVERS").is_some_and(|value| value == "1")
}

/// The folder that `cargo xtask tools` filled.
pub fn folder() -> Option<PathBuf> {
    if let Some(folder) = env_var("PORTUNUS_TOOLS") {
        return Some(folder.into());
    }
    let binary = env::current_exe().ok()?;
    binary
        .ancestors()
        .map(|dir| dir.join("tools"))
        .find(|dir| dir.join("bin").is_dir())
}

fn is_there(name: &str) -> bool {
    match name {
        "user:root" => is_root(),
        _ => find(name).is_some(),
    }
}

/// Whether the tests run as root, which owns its own folder under `/proc`.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    Path::new("/proc/self")
        .metadata()
        .is_ok_and(|metadata| metadata.uid() == 0)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the harness takes its own settings from the environment"
)]
pub(crate) fn env_var(name: &str) -> Option<OsString> {
    env::var_os(name)
}
