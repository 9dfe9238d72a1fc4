//! Where the real programs are: those `cargo xtask tools` unpacked, else those on `PATH`.
//!
//! The folder is `$PORTUNUS_TOOLS`, else `tools/` in the target directory that the test binary
//! itself lies in.

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The program of that name, ready to be run.
///
/// # Panics
///
/// When it is not there. A test that lists it in `needs(..)` is not run then.
pub fn program(name: &str) -> PathBuf {
    find(name).unwrap_or_else(|| panic!("{name} not found: list it in the test's `needs(..)`"))
}

/// The program of that name, if there is one. Another version of a program that has several is
/// called `containerd-1.7/containerd`.
pub fn find(name: &str) -> Option<PathBuf> {
    let unpacked = folder().map(|folder| match name.split_once('/') {
        Some((version, program)) => folder.join(version).join("bin").join(program),
        None => folder.join("bin").join(name),
    });
    let path = env_var("PATH").unwrap_or_default();
    // Servers lie there, and not every user has it on the PATH.
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let installed = env::split_paths(&path)
        .chain(system)
        .map(|dir| dir.join(name));
    let installed = installed.filter(|_| !name.contains('/'));
    unpacked
        .into_iter()
        .chain(installed)
        .find(|path| path.is_file())
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

/// Whether there is that program, in a version that will do.
pub(crate) fn is_there(name: &str) -> bool {
    let version_will_do = |path: PathBuf| name != "containerd" || is_new_enough(&path);
    find(name).is_some_and(version_will_do)
}

/// Whether a containerd that the machine came with is one that knows host directories: 2.1 or newer.
fn is_new_enough(containerd: &Path) -> bool {
    let Ok(output) = Command::new(containerd).arg("--version").output() else {
        return false;
    };
    let line = String::from_utf8_lossy(&output.stdout);
    let version = line
        .split_whitespace()
        .nth(2)
        .unwrap_or_default()
        .trim_start_matches('v');
    let mut parts = version.split('.').map(str::parse::<u32>);
    matches!((parts.next(), parts.next()), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= (2, 1))
}

/// Whether the tests run as root.
pub fn is_root() -> bool {
    user_and_group().0 == 0
}

/// The user and group that the tests run as: the owner of our own folder under `/proc`.
pub(crate) fn user_and_group() -> (u32, u32) {
    let metadata = Path::new("/proc/self").metadata().unwrap();
    (metadata.uid(), metadata.gid())
}

/// Hides from a cargo what the one that runs us has told about our package: ring's build script
/// looks at it, and with it everything that needs ring would be compiled again.
#[expect(
    clippy::disallowed_methods,
    reason = "the harness hands its environment on"
)]
pub(crate) fn forget_package(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
}

/// The cargo that runs us, else the one on `PATH`.
pub(crate) fn cargo() -> OsString {
    env_var("CARGO").unwrap_or_else(|| "cargo".into())
}

/// A variable that sets the harness itself.
#[expect(
    clippy::disallowed_methods,
    reason = "the harness takes its own settings from the environment"
)]
pub fn env_var(name: &str) -> Option<OsString> {
    env::var_os(name)
}
