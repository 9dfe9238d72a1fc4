use std::path::PathBuf;

use crate::environment::{Environment, NotText};

const DEFAULT: &str = "/run/containerd/containerd.sock";

/// Where containerd listens: what was given, `$CONTAINERD_ADDRESS`, the system's socket, the
/// rootless one.
pub(super) fn find_socket(
    given: Option<&str>,
    environment: &Environment,
) -> Result<PathBuf, NotText> {
    let named = match given {
        None => environment.text("CONTAINERD_ADDRESS")?,
        given => given,
    };
    if let Some(named) = named {
        let path = named.strip_prefix("unix://").unwrap_or(named);
        if !path.is_empty() {
            return Ok(PathBuf::from(path));
        }
    }
    let rootless = environment
        .path("XDG_RUNTIME_DIR")
        .map(|runtime| runtime.join("containerd/containerd.sock"));
    let system = PathBuf::from(DEFAULT);
    Ok(match rootless {
        Some(rootless) if !system.exists() && rootless.exists() => rootless,
        _ => system,
    })
}
