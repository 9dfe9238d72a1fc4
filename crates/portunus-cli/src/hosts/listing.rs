use portunus::hosts::{Host, RegistryNamespaceHosts};
use portunus::resolve::CredentialDomain;

use crate::output::table::Table;

/// The hosts as a table, for people.
pub(super) fn lines(hosts: &RegistryNamespaceHosts) -> Vec<String> {
    let from = match &hosts.dir {
        None => "no directory speaks for it".to_owned(),
        Some(dir) if hosts.fell_back => {
            format!("{}, whose hosts.toml containerd ignores", dir.display())
        }
        Some(dir) => dir.display().to_string(),
    };
    let mut table = Table::new(["", "HOST", "CAPABILITIES", "?ns=", "TLS", "WRITTEN AT"]);
    for (index, host) in hosts.hosts.iter().enumerate() {
        let ns = if host.sends_ns {
            hosts.registry_namespace.as_str()
        } else {
            "-"
        };
        table.row([
            format!("{}", index + 1),
            format!("{}://{}{}", host.scheme, host.host, path(host)),
            host.capabilities.names().join(" "),
            ns.to_owned(),
            tls(host).to_owned(),
            host.place
                .as_ref()
                .map_or_else(|| "default".to_owned(), ToString::to_string),
        ]);
    }
    let mut lines = vec![format!("{} ({from})", hosts.registry_namespace)];
    lines.extend(table.lines());
    for host in &hosts.hosts {
        if let Some(domain) = CredentialDomain::judge(host, &hosts.registry_namespace) {
            let says = match domain.refused {
                None => format!(
                    "may be sent the credential of {}",
                    domain.registry_namespace
                ),
                Some(reason) => format!("has a `credential_domain` that is not honoured: {reason}"),
            };
            lines.push(format!("note: {} {says}", host.host));
        }
    }
    lines
}

/// The path, where it is not the usual `/v2`.
fn path(host: &Host) -> &str {
    match host.path.as_str() {
        "/v2" => "",
        path => path,
    }
}

fn tls(host: &Host) -> &'static str {
    match (host.scheme.as_str(), host.tls_insecure, host.http_fallback) {
        ("https", false, 0) => "verified",
        ("https", true, 0) => "not verified",
        ("https", false, _) => "verified, then plain http",
        ("https", true, _) => "not verified, then plain http",
        _ => "none",
    }
}
