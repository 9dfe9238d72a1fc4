use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::hosts::file::Endpoint;
use crate::hosts::host::Place;
use crate::hosts::lookup;
use crate::name::{Authority, RegistryNamespace};

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
    /// Judges what is written for a host in a file of `directory`; `None` where nothing is.
    pub(super) fn judge(
        endpoint: &Endpoint,
        http_fallback: u32,
        place: Place,
        registry_namespace: &RegistryNamespace,
        directory: &Path,
    ) -> Option<Self> {
        let domain = endpoint.credential_domain.as_ref()?.value.clone();
        let reached = Reached {
            endpoint,
            http_fallback,
        };
        let refused = refusal(
            domain.as_deref(),
            reached,
            registry_namespace,
            directory,
            &place.file,
        );
        Some(Self {
            registry_namespace: domain.unwrap_or_default(),
            place,
            refused,
        })
    }
}

#[derive(Clone, Copy)]
struct Reached<'a> {
    endpoint: &'a Endpoint,
    http_fallback: u32,
}

fn refusal(
    domain: Option<&str>,
    reached: Reached<'_>,
    registry_namespace: &RegistryNamespace,
    directory: &Path,
    file: &Path,
) -> Option<&'static str> {
    let Some(domain) = domain else {
        return Some("it is no string");
    };
    if directory.ends_with(lookup::DEFAULT_DIRECTORY) {
        return Some("it stands in `_default`, which speaks for every registry namespace");
    }
    if !same_registry(domain, registry_namespace) {
        return Some("it is not the registry namespace of its directory");
    }
    let Reached {
        endpoint,
        http_fallback,
    } = reached;
    let authority = Authority::of_host(&endpoint.scheme, &endpoint.host);
    let is_loopback = authority.is_ok_and(|authority| authority.is_loopback());
    if !is_loopback && (endpoint.scheme != "https" || http_fallback > 0) {
        return Some("the host is reached over plain http");
    }
    if writable_by_others(file) || writable_by_others(directory) {
        return Some("others than its owner may write the file or its directory");
    }
    None
}

fn same_registry(domain: &str, registry_namespace: &RegistryNamespace) -> bool {
    let equal = |domain: Authority| registry_namespace.authority() == Some(domain);
    domain == registry_namespace.as_str() || Authority::parse(domain).is_ok_and(equal)
}

/// What cannot be looked at counts as writable.
fn writable_by_others(path: &Path) -> bool {
    const GROUP_OR_WORLD: u32 = 0o022;
    std::fs::metadata(path).map_or(true, |metadata| {
        metadata.permissions().mode() & GROUP_OR_WORLD != 0
    })
}
