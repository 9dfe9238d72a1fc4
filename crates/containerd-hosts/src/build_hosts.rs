use std::sync::Arc;

use crate::announced_key::AnnouncedKey;
use crate::daemon_version::DaemonVersion;
use crate::defaults::{Defaults, complete_server};
use crate::file::{ClientFiles, Endpoint};
use crate::host::{ClientCertificate, Host};
use crate::http_fallback::http_fallbacks;
use crate::registry_namespace::RegistryNamespace;
use crate::source_file::SourceFile;

/// The hosts of a registry namespace, of what its directory says, server last
/// (containerd's `ConfigureHosts`).
pub(crate) fn build_hosts(
    mut endpoints: Vec<Endpoint>,
    text: Option<&SourceFile>,
    registry_namespace: &RegistryNamespace,
    defaults: &Defaults,
    daemon: DaemonVersion,
) -> Vec<Arc<Host>> {
    if let Some(server) = endpoints.last_mut() {
        complete_server(server, registry_namespace.as_str(), defaults);
    }
    let fallbacks = http_fallbacks(&mut endpoints, defaults);
    let server = endpoints.len().saturating_sub(1);
    let of_endpoint = |(index, (endpoint, http_fallback)): (usize, (Endpoint, u32))| Host {
        sends_ns: sends_ns(&endpoint.host, registry_namespace),
        place: endpoint.at.and_then(|at| Some(text?.place(at))),
        tls_insecure: endpoint.unverified_localhost || endpoint.skip_verify == Some(true),
        announced: collect_announced(&endpoint, text),
        client_loaded: endpoint.client.as_ref().map_or(0, Vec::len),
        client: endpoint
            .client
            .map(|pairs| pairs.into_iter().map(certificate).collect()),
        ca: endpoint
            .ca
            .map(|ca| ca.into_iter().map(|file| file.path).collect()),
        headers: endpoint
            .headers
            .into_iter()
            .map(|(name, values)| (name.value, values))
            .collect(),
        scheme: endpoint.scheme,
        host: endpoint.host,
        path: endpoint.path,
        capabilities: endpoint.capabilities,
        skip_verify: endpoint.skip_verify,
        dial_timeout: endpoint.dial_timeout,
        http_fallback,
        is_server: index == server,
        bare_ipv6: daemon.takes_bare_ipv6(),
    };
    let endpoints = endpoints.into_iter().zip(fallbacks).enumerate();
    endpoints.map(of_endpoint).map(Arc::new).collect()
}

fn collect_announced(endpoint: &Endpoint, text: Option<&SourceFile>) -> Vec<AnnouncedKey> {
    let Some(text) = text else { return Vec::new() };
    let names = text.announced().iter().enumerate();
    let written = names.filter_map(|(position, name)| {
        let mut written = endpoint.announced.iter();
        let (_, written) = written.find(|(key, _)| *key == position)?;
        Some(AnnouncedKey {
            name: name.clone(),
            text: written.value.clone(),
            place: text.place(written.at),
            line_text: text.line_text(written.at),
        })
    });
    written.collect()
}

fn certificate((certificate, key): ClientFiles) -> ClientCertificate {
    ClientCertificate {
        certificate: certificate.path,
        key: key.map(|key| key.path),
    }
}

/// containerd's `isProxy` (`core/remotes/docker/registry.go`): letter by letter.
fn sends_ns(host: &str, registry_namespace: &RegistryNamespace) -> bool {
    let registry_namespace = registry_namespace.as_str();
    registry_namespace != host
        && (registry_namespace, host) != ("docker.io", "registry-1.docker.io")
}
