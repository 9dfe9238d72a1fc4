use std::path::PathBuf;

use crate::environment::Environment;

const DEFAULT: &str = "/run/containerd/containerd.sock";

/// Where containerd listens: what was given, `$CONTAINERD_ADDRESS`, the system's socket, the
/// rootless one.
pub(super) fn socket(given: Option<&str>, environment: &Environment) -> PathBuf {
    let named = given.or_else(|| environment.text("CONTAINERD_ADDRESS"));
    if let Some(named) = named {
        return PathBuf::from(named.strip_prefix("unix://").unwrap_or(named));
    }
    let rootless = environment
        .path("XDG_RUNTIME_DIR")
        .map(|runtime| runtime.join("containerd/containerd.sock"));
    let system = PathBuf::from(DEFAULT);
    match rootless {
        Some(rootless) if !system.exists() && rootless.exists() => rootless,
        _ => system,
    }
}
