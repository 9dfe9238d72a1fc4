use portunus::hosts::{Host, RegistryNamespaceHosts};
use portunus::resolve::CredentialDomain;

use crate::output;
use crate::output::table::Table;
use crate::output::tilde::tilde;
use portunus_client::Environment;

/// The hosts as a table, for people.
pub(super) fn lines(hosts: &RegistryNamespaceHosts, environment: &Environment) -> Vec<String> {
    let from = match &hosts.dir {
        None => "no directory speaks for it".to_owned(),
        Some(dir) if hosts.fell_back => {
            format!("{}, whose hosts.toml containerd ignores", dir.display())
        }
        Some(dir) => dir.display().to_string(),
    };
    let columns = ["", "HOST", "CAPABILITIES", "TLS", "WRITTEN AT"];
    let mut table = Table::new(columns, environment);
    for (index, host) in hosts.hosts.iter().enumerate() {
        table.row([
            format!("{}", index + 1),
            output::url(host, &hosts.registry_namespace),
            output::capabilities(host),
            tls(host).to_owned(),
            match &host.place {
                Some(place) => place.to_string(),
                None => "default".to_owned(),
            },
        ]);
    }
    let mut lines = vec![format!(
        "{} ({})",
        hosts.registry_namespace,
        tilde(&from, environment)
    )];
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

fn tls(host: &Host) -> &'static str {
    match (&*host.scheme, host.tls_insecure, host.http_fallback) {
        ("https", false, 0) => "verified",
        ("https", true, 0) => "not verified",
        ("https", false, _) => "verified, then plain http",
        ("https", true, _) => "not verified, then plain http",
        _ => "none",
    }
}
