use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::name::{Authority, RegistryNamespace};
use containerd_hosts::{AnnouncedKey, DEFAULT_DIRECTORY, Host, Place};

/// `credential_domain = "…"` on a host: the operator trusts it with the credential of that
/// registry namespace. containerd ignores the key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialDomain {
    /// The registry namespace as written.
    pub registry_namespace: String,
    /// Where it was written.
    pub place: Place,
    /// Why it is not honoured; `None`: it is.
    pub refused: Option<&'static str>,
}

impl CredentialDomain {
    /// The key in a `hosts.toml`.
    pub(super) const KEY: &'static str = "credential_domain";

    /// Judges what is written for a host of the registry namespace, as it comes from directories
    /// that were [prepared](super::prepare_hosts); `None` where nothing is.
    pub fn judge(host: &Host, registry_namespace: &RegistryNamespace) -> Option<Self> {
        let written = host.announced_key(Self::KEY)?;
        Some(Self {
            registry_namespace: written.text.clone().unwrap_or_default(),
            place: written.place.clone(),
            refused: refuse(written, host, registry_namespace),
        })
    }
}

fn refuse(
    written: &AnnouncedKey,
    host: &Host,
    registry_namespace: &RegistryNamespace,
) -> Option<&'static str> {
    let Some(domain) = &written.text else {
        return Some("it is no string");
    };
    let file = &written.place.file;
    let directory = file.parent().unwrap_or(file);
    if directory.ends_with(DEFAULT_DIRECTORY) {
        return Some("it stands in `_default`, which speaks for every registry namespace");
    }
    if !same_registry(domain, registry_namespace) {
        return Some("it is not the registry namespace of its directory");
    }
    let authority = Authority::of_host(&host.scheme, &host.host);
    let is_loopback = authority.is_ok_and(|authority| authority.is_loopback());
    if !is_loopback && (host.scheme != "https" || host.http_fallback > 0) {
        return Some("the host is reached over plain http");
    }
    if writable_by_others(file) || writable_by_others(directory) {
        return Some("others than its owner may write the file or its directory");
    }
    None
}

fn same_registry(domain: &str, registry_namespace: &RegistryNamespace) -> bool {
    let equal =
        |domain: Authority| Authority::of_registry_namespace(registry_namespace) == Some(domain);
    domain == registry_namespace.as_str() || Authority::parse(domain).is_ok_and(equal)
}

/// What cannot be looked at counts as writable.
fn writable_by_others(path: &Path) -> bool {
    const GROUP_OR_WORLD: u32 = 0o022;
    std::fs::metadata(path).map_or(true, |metadata| {
        metadata.permissions().mode() & GROUP_OR_WORLD != 0
    })
}
