use std::borrow::Cow;

use crate::file::Endpoint;
use crate::go;

/// Options that the caller of containerd's resolver sets.
#[derive(Debug, Clone, Default)]
pub(crate) struct Defaults {
    pub(crate) scheme: Option<String>,
    pub(crate) tls: bool,
}

/// Fills in the last host where it names none: the registry namespace's own upstream
/// (`ConfigureHosts` in containerd's `core/remotes/docker/config/hosts.go`).
pub(crate) fn complete_server(
    server: &mut Endpoint,
    registry_namespace: &str,
    defaults: &Defaults,
) {
    if !server.host.is_empty() {
        return;
    }
    let scheme = defaults.scheme.clone().map(Cow::Owned);
    if registry_namespace == "docker.io" {
        server.scheme = "https".into();
        server.host = "registry-1.docker.io".to_owned();
    } else if go::is_localhost(registry_namespace) {
        server.host = registry_namespace.to_owned();
        let port = go::port(registry_namespace);
        server.unverified_localhost |= scheme.is_none() && port != "80";
        server.scheme = match (scheme, port) {
            (Some(scheme), _) => scheme,
            (None, "" | "443") => "https".into(),
            (None, _) => "http".into(),
        };
    } else {
        server.host = registry_namespace.to_owned();
        server.scheme = scheme.unwrap_or(Cow::Borrowed("https"));
    }
    server.path = "/v2".into();
    server.capabilities = super::Capabilities::ALL;
}
