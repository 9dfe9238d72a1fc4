use std::path::PathBuf;

use super::defaults::{Defaults, complete_server};
use super::file::{Endpoint, FileReference};
use super::http_fallback::http_fallbacks;
use super::load::Loaded;
use super::source_file::SourceFile;
use super::tls_files::{TlsFault, check_ca, check_client};
use super::{ClientCertificate, Host, HostsError, NamespaceHosts, Reading, Severity, Step};
use crate::name::RegistryNamespace;

/// Makes hosts of what a directory says: fills in the server, and checks that every certificate
/// and key can be used (containerd's `ConfigureHosts`).
pub(super) fn complete(
    registry_namespace: &RegistryNamespace,
    dir: Option<PathBuf>,
    loaded: Loaded,
    defaults: &Defaults,
    reading: Reading,
) -> Result<NamespaceHosts, HostsError> {
    let Loaded {
        source,
        mut endpoints,
        text,
        file,
    } = loaded;
    let mut findings = Vec::new();
    let fell_back = matches!(file, Some(Err(_)));
    if let (Some(text), Some(Err(fault))) = (&text, file) {
        let finding = text.finding(Severity::Error, fault);
        if reading.is_strict() {
            return Err(HostsError::Broken {
                finding: Box::new(finding),
            });
        }
        findings.push(finding);
    }
    if let Some(server) = endpoints.last_mut() {
        complete_server(server, registry_namespace.as_str(), defaults);
    }
    let fallbacks = http_fallbacks(&mut endpoints, defaults);
    let server = endpoints.len().saturating_sub(1);
    let mut hosts = Vec::with_capacity(endpoints.len());
    for (index, (endpoint, http_fallback)) in endpoints.into_iter().zip(fallbacks).enumerate() {
        check_tls_files(&endpoint, text.as_ref())?;
        let mut host = host(endpoint, text.as_ref(), registry_namespace);
        host.http_fallback = http_fallback;
        host.is_server = index == server;
        hosts.push(host);
    }
    Ok(NamespaceHosts {
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
        place: endpoint.at.and_then(place),
    }
}

/// containerd's `isProxy` (`core/remotes/docker/registry.go`): letter by letter.
fn sends_ns(host: &str, registry_namespace: &RegistryNamespace) -> bool {
    let registry_namespace = registry_namespace.as_str();
    registry_namespace != host
        && (registry_namespace, host) != ("docker.io", "registry-1.docker.io")
}

fn check_tls_files(endpoint: &Endpoint, text: Option<&SourceFile>) -> Result<(), HostsError> {
    for ca in endpoint.ca.iter().flatten() {
        check_ca(&ca.path)
            .map_err(|fault| unusable(fault, [Step::ReadCa, Step::ParseCa], ca, text))?;
    }
    for (certificate, key) in endpoint.client.iter().flatten() {
        let key = key.as_ref().map(|key| key.path.as_path());
        check_client(&certificate.path, key).map_err(|fault| {
            unusable(
                fault,
                [Step::ReadClient, Step::ParseClient],
                certificate,
                text,
            )
        })?;
    }
    Ok(())
}

fn unusable(
    fault: TlsFault<'_>,
    [read, parse]: [Step; 2],
    reference: &FileReference,
    text: Option<&SourceFile>,
) -> HostsError {
    let (step, path, problem) = match fault {
        TlsFault::Unreadable(path, problem) => (read, path, problem),
        TlsFault::Unusable(path, problem) => (parse, path, problem.to_owned()),
    };
    HostsError::Unreadable {
        step,
        path: path.to_owned(),
        place: reference.at.and_then(|at| text.map(|text| text.place(at))),
        problem,
    }
}
