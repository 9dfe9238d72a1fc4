use std::path::PathBuf;

use crate::hosts::credential_domain::CredentialDomain;
use crate::hosts::defaults::{Defaults, complete_server};
use crate::hosts::error::HostsError;
use crate::hosts::file::{Endpoint, FileReference};
use crate::hosts::finding::Severity;
use crate::hosts::host::{ClientCertificate, Host};
use crate::hosts::http_fallback::http_fallbacks;
use crate::hosts::lint::{Subject, lint};
use crate::hosts::load::Loaded;
use crate::hosts::reading::Reading;
use crate::hosts::registry_namespace_hosts::RegistryNamespaceHosts;
use crate::hosts::source_file::SourceFile;
use crate::hosts::tls_check::check_tls_files;
use crate::name::RegistryNamespace;

/// Makes hosts of what a directory says: fills in the server, and checks that every certificate
/// and key can be used (containerd's `ConfigureHosts`).
pub(super) fn complete(
    registry_namespace: &RegistryNamespace,
    dir: Option<PathBuf>,
    loaded: Loaded,
    defaults: &Defaults,
    reading: Reading,
) -> Result<RegistryNamespaceHosts, HostsError> {
    let Loaded {
        source,
        mut endpoints,
        text,
        file,
    } = loaded;
    let mut findings = Vec::new();
    let fell_back = matches!(file, Some(Err(_)));
    if let (Some(text), Some(Err(fault))) = (&text, &file) {
        let finding = text.finding(Severity::Error, fault.clone());
        if reading.is_strict() || fault.is_own_limit() || fault.kills_daemon() {
            return Err(HostsError::Broken {
                finding: Box::new(finding),
            });
        }
        findings.push(finding);
    }
    if let (Some(text), Some(Ok(file)), Some(directory)) = (&text, &file, &dir) {
        findings = lint(&Subject {
            text,
            file,
            endpoints: &endpoints,
            directory,
        });
        let worst = findings
            .iter()
            .find(|finding| finding.severity == Severity::Error);
        if let Some(finding) = worst.filter(|_| reading.is_strict()) {
            return Err(HostsError::Broken {
                finding: Box::new(finding.clone()),
            });
        }
    }
    if let Some(server) = endpoints.last_mut() {
        complete_server(server, registry_namespace.as_str(), defaults);
    }
    let fallbacks = http_fallbacks(&mut endpoints, defaults);
    let server = endpoints.len().saturating_sub(1);
    let mut hosts = Vec::with_capacity(endpoints.len());
    for (index, (endpoint, http_fallback)) in endpoints.into_iter().zip(fallbacks).enumerate() {
        if let Some(error) = check_tls_files(&endpoint, text.as_ref()).next() {
            return Err(error);
        }
        let domain = match (&endpoint.credential_domain, &text, &dir) {
            (Some(written), Some(text), Some(dir)) => {
                let place = text.place(written.at);
                CredentialDomain::judge(&endpoint, http_fallback, place, registry_namespace, dir)
            }
            _ => None,
        };
        let mut host = host(endpoint, text.as_ref(), registry_namespace);
        host.http_fallback = http_fallback;
        host.bare_ipv6 = reading.daemon().takes_bare_ipv6();
        host.is_server = index == server;
        host.credential_domain = domain;
        hosts.push(host);
    }
    Ok(RegistryNamespaceHosts {
        registry_namespace: registry_namespace.clone(),
        dir,
        source,
        fell_back,
        hosts,
        findings,
    })
}

fn host(
    endpoint: Endpoint,
    text: Option<&SourceFile>,
    registry_namespace: &RegistryNamespace,
) -> Host {
    let place = |at: usize| text.map(|text| text.place(at));
    let client: Option<Vec<ClientCertificate>> = endpoint.client.map(|pairs| {
        let certificate =
            |(certificate, key): (FileReference, Option<FileReference>)| ClientCertificate {
                certificate: certificate.path,
                key: key.map(|key| key.path),
            };
        pairs.into_iter().map(certificate).collect()
    });
    Host {
        sends_ns: sends_ns(&endpoint.host, registry_namespace),
        scheme: endpoint.scheme,
        host: endpoint.host,
        path: endpoint.path,
        capabilities: endpoint.capabilities,
        headers: endpoint
            .headers
            .into_iter()
            .map(|(name, values)| (name.value, values))
            .collect(),
        skip_verify: endpoint.skip_verify,
        tls_insecure: endpoint.unverified_localhost || endpoint.skip_verify == Some(true),
        http_fallback: 0,
        ca: endpoint
            .ca
            .map(|ca| ca.into_iter().map(|file| file.path).collect()),
        client_loaded: client.as_ref().map_or(0, Vec::len),
        client,
        dial_timeout: endpoint.dial_timeout,
        is_server: false,
        credential_domain: None,
        bare_ipv6: false,
        place: endpoint.name.and_then(|name| place(name.at)),
    }
}

/// containerd's `isProxy` (`core/remotes/docker/registry.go`): letter by letter.
fn sends_ns(host: &str, registry_namespace: &RegistryNamespace) -> bool {
    let registry_namespace = registry_namespace.as_str();
    registry_namespace != host
        && (registry_namespace, host) != ("docker.io", "registry-1.docker.io")
}
