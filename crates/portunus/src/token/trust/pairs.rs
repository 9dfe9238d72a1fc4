use crate::name::{Authority, Origin};

/// A host whose secrets may go to the realm of another host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RealmPair {
    /// The registry host.
    pub host: Authority,
    /// The host of its realm.
    pub realm: Authority,
}

/// Registries whose realm is known to be somewhere else, always over TLS.
const BUILT_IN: [(&str, &str); 4] = [
    ("docker.io", "auth.docker.io"),
    ("registry.gitlab.com", "gitlab.com"),
    ("docker.elastic.co", "docker-auth.elastic.co"),
    ("lscr.io", "ghcr.io"),
];

impl RealmPair {
    /// A pair the operator trusts.
    pub fn new(host: Authority, realm: Authority) -> Self {
        Self { host, realm }
    }

    pub(super) fn covers(&self, host: &Authority, realm: &Origin) -> bool {
        self.host == *host && realm.authority().as_ref() == Some(&self.realm)
    }
}

pub(super) fn is_built_in(host: &Authority, realm: &Origin) -> bool {
    realm.is_https()
        && BUILT_IN.iter().any(|(known, known_realm)| {
            let parsed = Authority::parse(known)
                .ok()
                .zip(Authority::parse(known_realm).ok());
            parsed.is_some_and(|(known, realm_authority)| {
                known == *host && realm.authority() == Some(realm_authority)
            })
        })
}
