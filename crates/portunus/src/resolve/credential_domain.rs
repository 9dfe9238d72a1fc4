use std::path::Path;

use super::domain_refusal::DomainRefusal;
use crate::name::{Authority, RegistryNamespace};
use crate::writers::refuse_foreign_writers;
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
    pub refused: Option<DomainRefusal>,
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

    /// Why none would be honoured that is written for a host where its other keys are; `None`: it
    /// would be.
    pub fn obstacle(host: &Host) -> Option<DomainRefusal> {
        let file = host.place.as_ref().map(|place| &*place.file);
        if file.is_some_and(is_default) {
            return Some(DomainRefusal::InDefault);
        }
        let of_writers = || foreign_writer(file?);
        is_plain(host)
            .then_some(DomainRefusal::PlainHttp)
            .or_else(of_writers)
    }
}

fn refuse(
    written: &AnnouncedKey,
    host: &Host,
    registry_namespace: &RegistryNamespace,
) -> Option<DomainRefusal> {
    refuse_words(written, host, registry_namespace).or_else(|| foreign_writer(&written.place.file))
}

fn foreign_writer(file: &Path) -> Option<DomainRefusal> {
    let refused = refuse_foreign_writers(file).err()?;
    Some(DomainRefusal::ForeignWriter(refused))
}

/// Why what is written is not honoured, whoever wrote it.
fn refuse_words(
    written: &AnnouncedKey,
    host: &Host,
    registry_namespace: &RegistryNamespace,
) -> Option<DomainRefusal> {
    let Some(domain) = &written.text else {
        return Some(DomainRefusal::NoString);
    };
    if is_default(&written.place.file) {
        return Some(DomainRefusal::InDefault);
    }
    if !same_registry(domain, registry_namespace) {
        return Some(DomainRefusal::OtherRegistryNamespace);
    }
    is_plain(host).then_some(DomainRefusal::PlainHttp)
}

fn is_default(file: &Path) -> bool {
    let directory = file.parent().unwrap_or(file);
    directory.ends_with(DEFAULT_DIRECTORY)
}

/// Whether the host is, or may be, reached without TLS.
fn is_plain(host: &Host) -> bool {
    let authority = Authority::of_host(&host.scheme, &host.host);
    let is_loopback = authority.is_ok_and(|authority| authority.is_loopback());
    !is_loopback && (host.scheme != "https" || host.http_fallback > 0)
}

fn same_registry(domain: &str, registry_namespace: &RegistryNamespace) -> bool {
    let equal =
        |domain: Authority| Authority::of_registry_namespace(registry_namespace) == Some(domain);
    domain == registry_namespace.as_str() || Authority::parse(domain).is_ok_and(equal)
}
