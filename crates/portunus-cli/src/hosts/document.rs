use std::path::Path;
use std::sync::Arc;

use crate::program::Program;
use portunus::hosts::{DialTimeout, Host, RegistryNamespaceHosts, header_may_hold_secret};
use portunus::name::RegistryNamespace;
use portunus::resolve::CredentialDomain;
use portunus::secret::Secret;
use serde_json::{Map, Value, json};

/// The hosts as JSON. `all_headers`: with every header's values, as containerd sends them.
pub(super) fn document(
    hosts: &RegistryNamespaceHosts,
    all_headers: bool,
    program: &Program,
) -> Value {
    let findings = hosts.findings.iter();
    let findings = findings.map(|finding| crate::check::finding_document(finding, program));
    let name = &hosts.registry_namespace;
    let host = |host: &Arc<Host>| host_document(host, name, all_headers);
    json!({
        "version": 1,
        "namespace": name.as_str(),
        "source": hosts.source.as_str(),
        "dir": hosts.dir.as_ref().map(|dir| dir.to_string_lossy()),
        "fell_back": hosts.fell_back,
        "hosts": hosts.hosts.iter().map(host).collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
    })
}

fn host_document(host: &Host, name: &RegistryNamespace, all_headers: bool) -> Value {
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let client = host.client.iter().flatten().map(|pair| {
        let key = pair.key.as_deref().map(text).unwrap_or_default();
        [text(&pair.certificate), key]
    });
    let client = host.client.as_ref().map(|_| client.collect::<Vec<_>>());
    let ca = host.ca.iter().flatten().map(|path| text(path));
    let ca = host.ca.as_ref().map(|_| ca.collect::<Vec<_>>());
    let mut document = json!({
        "scheme": host.scheme,
        "host": host.host,
        "path": host.path,
        "capabilities": host.capabilities.names(),
        "header": headers(host, all_headers),
        "skip_verify": host.skip_verify,
        "tls_insecure": host.tls_insecure,
        "http_fallback": host.http_fallback,
        "ca": ca,
        "client": client,
        "client_loaded": host.client_loaded,
        "dial_timeout_ns": nanoseconds(host.dial_timeout),
        "is_proxy": host.sends_ns,
        "probe_url": host.request_url(&["library/probe", "manifests", "latest"], name),
        "file": host.place.as_ref().map(|place| place.file.to_string_lossy()),
        "line": host.place.as_ref().map(|place| place.line),
    });
    if let Some(error) = host.request_error() {
        document["request_error"] = json!(error.as_str());
    }
    if let Some(domain) = CredentialDomain::judge(host, name) {
        document["credential_domain"] = json!({
            "registry_namespace": domain.registry_namespace,
            "refused": domain.refused.map(|refusal| refusal.to_string()),
        });
    }
    document
}

fn headers(host: &Host, all: bool) -> Map<String, Value> {
    let shown = |name: &str, values: &[Secret]| {
        let show = all || !header_may_hold_secret(name);
        let text = |value: &Secret| match show {
            true => value.expose().to_owned(),
            false => "[redacted]".to_owned(),
        };
        json!(values.iter().map(text).collect::<Vec<_>>())
    };
    host.headers
        .iter()
        .map(|(name, values)| (name.clone(), shown(name, values)))
        .collect()
}

/// `null` for containerd's default of 30 seconds, 0 for no limit.
fn nanoseconds(timeout: DialTimeout) -> Option<i64> {
    match timeout {
        DialTimeout::Unlimited => Some(0),
        DialTimeout::After(time) => i64::try_from(time.as_nanos()).ok(),
        DialTimeout::Never(nanoseconds) => Some(nanoseconds),
        _ => None,
    }
}
