use url::Url;

use crate::hosts::Host;
use crate::name::{Origin, RegistryNamespace};
use crate::remedy::{HostsEntry, HostsKey};

/// What is to be written about a host of a plan, and where: in the file that lists it, at its table or
/// among the keys of the server. `None`: its text is no host.
pub fn hosts_entry(
    host: &Host,
    registry_namespace: &RegistryNamespace,
    key: HostsKey,
) -> Option<HostsEntry> {
    let url = Url::parse(&format!("{}://{}", host.scheme, host.host)).ok()?;
    let entry = HostsEntry::new(registry_namespace.clone(), Origin::of(&url)?, key);
    let is_there = match key {
        HostsKey::Authority | HostsKey::Certificate => host.ca.is_some(),
        HostsKey::ClientCertificate => host.client.is_some(),
        HostsKey::PlainHttp | HostsKey::CredentialDomain => false,
    };
    Some(match &host.place {
        Some(place) => entry
            .in_file(&*place.file, host.is_server)
            .extending(is_there),
        None => entry,
    })
}
