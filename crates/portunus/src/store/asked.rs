use std::borrow::Cow;

use crate::name::{Authority, Profile, RegistryNamespace, Repository};

/// What a credential is looked for: a host, and what is wanted there.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Asked<'a> {
    /// The host.
    pub host: &'a Authority,
    /// The repository as it is requested there; `None`: no prefix covers it.
    pub repository: Option<&'a Repository>,
    /// Whose credentials may be seen.
    pub profiles: &'a [&'a Profile],
    /// In the form that credential keys have it in.
    registry_namespace: Cow<'a, str>,
}

impl<'a> Asked<'a> {
    /// What is wanted of a host for a registry namespace.
    pub fn new(
        host: &'a Authority,
        registry_namespace: &'a RegistryNamespace,
        repository: Option<&'a Repository>,
        profiles: &'a [&'a Profile],
    ) -> Self {
        let name = registry_namespace.as_str();
        let canonical = Authority::of_registry_namespace(registry_namespace);
        let canonical = canonical.map(|authority| authority.to_string());
        Self {
            host,
            repository,
            profiles,
            registry_namespace: match canonical.filter(|canonical| canonical != name) {
                Some(canonical) => Cow::Owned(canonical),
                None => Cow::Borrowed(name),
            },
        }
    }

    /// The registry namespace, as credential keys have it: Docker Hub's names are one.
    pub fn registry_namespace(&self) -> &str {
        &self.registry_namespace
    }
}
