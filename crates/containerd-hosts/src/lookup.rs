use std::io;
use std::path::{Path, PathBuf};

use crate::certificates::unreadable;
use crate::error::{HostsError, ReadStep};

/// The name of the directory that speaks for registry namespaces without one of their own.
pub const DEFAULT_DIRECTORY: &str = "_default";

/// Where below `root` the directory for one of the names may be, best first.
pub(crate) fn places(root: &Path, names: &[String]) -> Vec<PathBuf> {
    let own = names.iter().flat_map(|name| directory_names(name));
    let names = own.chain([DEFAULT_DIRECTORY.to_owned()]);
    names.map(|name| root.join(name)).collect()
}

/// The first of these directories that exists (containerd's `hostPaths`: `host_port_`, `host:port`,
/// `_default`). Whether it can be read does not matter.
pub(crate) fn find(
    places: impl IntoIterator<Item = PathBuf>,
) -> Result<Option<PathBuf>, HostsError> {
    for directory in places {
        match std::fs::metadata(&directory) {
            Ok(_) => return Ok(Some(directory)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(unreadable(ReadStep::FindDirectory, &directory, &error)),
        }
    }
    Ok(None)
}

/// The names of a registry namespace's own directory, best first.
pub(crate) fn directory_names(registry_namespace: &str) -> Vec<String> {
    let plain = registry_namespace.to_owned();
    match registry_namespace.rfind(':').filter(|index| *index > 0) {
        None => vec![plain],
        Some(colon) => {
            let (host, port) = (
                &registry_namespace[..colon],
                &registry_namespace[colon + 1..],
            );
            vec![format!("{host}_{port}_"), plain]
        }
    }
}

/// The registry namespace that a directory name stands for: `host_port_` is `host:port`.
pub(crate) fn registry_namespace_of(directory_name: &str) -> String {
    let ported = directory_name
        .strip_suffix('_')
        .and_then(|name| name.rsplit_once('_'))
        .filter(|(host, port)| !host.is_empty() && !port.contains(':'));
    match ported {
        Some((host, port)) => format!("{host}:{port}"),
        None => directory_name.to_owned(),
    }
}

/// The names that nerdctl looks under: as written, with or without the standard port, and
/// `docker.io` for `index.docker.io` (`hostDirsFromRoot` in its `pkg/imgutil/dockerconfigresolver`).
pub(crate) fn nerdctl_names(registry_namespace: &str) -> Vec<String> {
    let portless = registry_namespace
        .strip_suffix(":443")
        .unwrap_or(registry_namespace);
    let mut names = vec![registry_namespace.to_owned()];
    let has_port = !super::go::port(portless).is_empty();
    let mut bare = vec![portless];
    if portless == "index.docker.io" {
        bare.push("docker.io");
    }
    for name in bare {
        names.push(name.to_owned());
        if !has_port {
            names.push(format!("{name}:443"));
        }
    }
    let mut seen = std::collections::HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directory_names_cut_at_the_last_colon() {
        for (registry_namespace, names) in [
            ("reg.test", &["reg.test"][..]),
            ("reg.test:5000", &["reg.test_5000_", "reg.test:5000"]),
            ("[::1]:5000", &["[::1]_5000_", "[::1]:5000"]),
            ("::1", &[":_1_", "::1"]),
            (":1", &[":1"]),
        ] {
            assert_eq!(directory_names(registry_namespace), names);
        }
    }

    #[test]
    fn nerdctl_looks_with_and_without_the_standard_port() {
        for (registry_namespace, names) in [
            ("reg.test", &["reg.test", "reg.test:443"][..]),
            ("reg.test:443", &["reg.test:443", "reg.test"]),
            ("reg.test:5000", &["reg.test:5000"]),
            (
                "index.docker.io",
                &[
                    "index.docker.io",
                    "index.docker.io:443",
                    "docker.io",
                    "docker.io:443",
                ],
            ),
        ] {
            assert_eq!(nerdctl_names(registry_namespace), names);
        }
    }
}
