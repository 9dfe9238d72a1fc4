use super::code::Code;
use super::credential_domain::CredentialDomain;
use super::domain_refusal::DomainRefusal;
use super::prepare_hosts::prepare_hosts;
use crate::name::RegistryNamespace;
use containerd_hosts::{CheckedDirectory, DaemonVersion, Finding, Host, HostsTree, Severity};

/// Looks for faults in hosts directories ([`HostsTree::check`]), and tells what becomes of
/// each `credential_domain` in them. Findings come in the order of roots, directories and places.
pub fn check(
    directories: HostsTree,
    registry_namespaces: &[RegistryNamespace],
    daemon: Option<DaemonVersion>,
) -> Vec<Finding<Code>> {
    let directories = prepare_hosts(directories);
    let checked = directories.check(registry_namespaces, daemon);
    let of_root = checked.roots.into_iter().flat_map(|root| {
        let of_directories = root.directories.into_iter().flat_map(findings);
        of_directories.chain(root.findings.into_iter().map(of_hosts))
    });
    of_root.collect()
}

fn findings(directory: CheckedDirectory) -> Vec<Finding<Code>> {
    let mut findings: Vec<_> = directory.findings.into_iter().map(of_hosts).collect();
    if let Ok(name) = RegistryNamespace::new(directory.registry_namespace) {
        let hosts = directory.hosts.iter();
        findings.extend(hosts.filter_map(|host| report_credential_domain(host, &name)));
    }
    findings.sort_by_key(|finding| (finding.place.line, finding.place.column));
    findings.dedup();
    findings.extend(directory.naming.into_iter().map(of_hosts));
    findings
}

fn of_hosts(finding: Finding) -> Finding<Code> {
    finding.map_code(Code::Hosts)
}

fn report_credential_domain(
    host: &Host,
    registry_namespace: &RegistryNamespace,
) -> Option<Finding<Code>> {
    let written = host.announced_key(CredentialDomain::KEY)?;
    let domain = CredentialDomain::judge(host, registry_namespace)?;
    let finding = match domain.refused {
        Some(reason) => {
            let finding = Finding::new(
                Severity::Warning,
                Code::CredentialDomainRefused,
                domain.place,
                format!("`credential_domain` is not honoured: {reason}"),
            )
            .with_help("mend what it says, or take the key out");
            match reason {
                DomainRefusal::ForeignWriter(found) => finding.with_subject(found.path),
                _ => finding,
            }
        }
        None => Finding::new(
            Severity::Note,
            Code::CredentialDomain,
            domain.place,
            format!("this host may be sent the credential of {registry_namespace}"),
        ),
    };
    Some(finding.with_line_text(&*written.line_text))
}
