use super::CredentialDomain;
use crate::hosts::{CheckedDirectory, DaemonVersion, Finding, Host, HostsDirectories, Severity};
use crate::name::RegistryNamespace;

/// Looks for faults in hosts directories ([`HostsDirectories::check`]), and tells what becomes of
/// each `credential_domain` in them. Findings come in the order of roots, directories and places.
pub fn check(
    directories: HostsDirectories,
    registry_namespaces: &[RegistryNamespace],
    daemon: Option<DaemonVersion>,
) -> Vec<Finding> {
    let directories = CredentialDomain::announce(directories);
    let mut checked = directories.check(registry_namespaces, daemon);
    let roots = checked.roots.iter_mut();
    roots
        .flat_map(|root| &mut root.directories)
        .for_each(add_credential_domains);
    checked.into_findings()
}

fn add_credential_domains(directory: &mut CheckedDirectory) {
    let Ok(name) = RegistryNamespace::new(&*directory.registry_namespace) else {
        return;
    };
    let hosts = directory.hosts.iter();
    let domains = hosts.filter_map(|host| credential_domain(host, &name));
    directory.findings.extend(domains);
    let place = |finding: &Finding| (finding.place.line, finding.place.column);
    directory.findings.sort_by_key(place);
    directory.findings.dedup();
}

fn credential_domain(host: &Host, registry_namespace: &RegistryNamespace) -> Option<Finding> {
    let written = host.announced_key(CredentialDomain::KEY)?;
    let domain = CredentialDomain::judge(host, registry_namespace)?;
    let (severity, code, message, help) = match domain.refused {
        Some(reason) => (
            Severity::Warning,
            "credential-domain-refused",
            format!("`credential_domain` is not honoured: {reason}"),
            Some("see `portunus hosts REGISTRY` for what is in effect".to_owned()),
        ),
        None => (
            Severity::Note,
            "credential-domain",
            format!("this host may be sent the credential of {registry_namespace}"),
            None,
        ),
    };
    Some(Finding {
        severity,
        code,
        place: domain.place,
        message,
        help,
        line_text: Some(written.line_text.clone()),
    })
}
