use std::borrow::Cow;

use crate::name::{Authority, Profile, RegistryNamespace, Repository};

/// What a credential is looked for: a host, and what is wanted there.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The host.
    pub host: &'a Authority,
    /// The registry namespace, as credential keys have it: Docker Hub's names are one.
    pub registry_namespace: &'a str,
    /// The repository as it is requested there; `None`: no prefix covers it.
    pub repository: Option<&'a Repository>,
    /// Whose credentials may be seen.
    pub profiles: &'a [&'a Profile],
}

/// A registry namespace as credential keys have it.
pub(crate) fn in_keys(registry_namespace: &RegistryNamespace) -> Cow<'_, str> {
    let name = registry_namespace.as_str();
    match Authority::of_registry_namespace(registry_namespace) {
        Some(authority) if !authority.is_written_as(name) => Cow::Owned(authority.to_string()),
        _ => Cow::Borrowed(name),
    }
}
