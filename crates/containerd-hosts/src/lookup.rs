use std::borrow::Cow;
use std::io;
use std::path::{Path, PathBuf};

use crate::certificates::unreadable;
use crate::error::{HostsError, ReadStep};

/// The name of the directory that speaks for registry namespaces without one of their own.
pub const DEFAULT_DIRECTORY: &str = "_default";

/// Where below the roots the directory for one of the names may be, best first.
pub(crate) fn places<'a>(
    roots: &'a [PathBuf],
    names: &'a [Cow<'_, str>],
) -> impl Iterator<Item = PathBuf> + use<'a> {
    let default = || std::iter::once(Cow::Borrowed(DEFAULT_DIRECTORY));
    let of_root = move |root: &'a PathBuf| {
        let own = names.iter().flat_map(|name| directory_names(name));
        own.chain(default()).map(|name| below(root, &name))
    };
    roots.iter().flat_map(of_root)
}

/// A file or directory in another one.
pub(crate) fn below(directory: &Path, name: &str) -> PathBuf {
    let room = directory.as_os_str().len() + 1 + name.len();
    let mut path = PathBuf::with_capacity(room);
    path.push(directory);
    path.push(name);
    path
}

/// The first of these directories that exists (containerd's `hostPaths`: `host_port_`, `host:port`,
/// `_default`). Whether it can be read does not matter.
pub(crate) fn find(
    places: impl IntoIterator<Item = PathBuf>,
) -> Result<Option<PathBuf>, HostsError> {
    for directory in places {
        if is_there(&directory)? {
            return Ok(Some(directory));
        }
    }
    Ok(None)
}

/// Whether a directory exists.
pub(crate) fn is_there(directory: &Path) -> Result<bool, HostsError> {
    match std::fs::metadata(directory) {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(unreadable(ReadStep::FindDirectory, directory, &error)),
    }
}

/// The names of a registry namespace's own directory, best first.
pub(crate) fn directory_names(registry_namespace: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let with_port = registry_namespace.rsplit_once(':');
    let with_port = with_port.filter(|(host, _)| !host.is_empty());
    let with_port = with_port.map(|(host, port)| Cow::Owned(format!("{host}_{port}_")));
    with_port
        .into_iter()
        .chain([Cow::Borrowed(registry_namespace)])
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
pub(crate) fn nerdctl_names(registry_namespace: &str) -> Vec<Cow<'_, str>> {
    let portless = registry_namespace
        .strip_suffix(":443")
        .unwrap_or(registry_namespace);
    let mut names = vec![Cow::Borrowed(registry_namespace)];
    let has_port = !super::go::port(portless).is_empty();
    let mut bare = vec![portless];
    if portless == "index.docker.io" {
        bare.push("docker.io");
    }
    for name in bare {
        names.push(Cow::Borrowed(name));
        if !has_port {
            names.push(Cow::Owned(format!("{name}:443")));
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
            let found: Vec<_> = directory_names(registry_namespace).collect();
            assert_eq!(found, names);
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
