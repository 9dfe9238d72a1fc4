use std::fmt;
use std::path::{Path, PathBuf};

use super::check_code::CheckCode;
use super::credential_domain::CredentialDomain;
use super::domain_refusal::DomainRefusal;
use super::prepare_hosts::prepare_hosts;
use crate::name::RegistryNamespace;
use crate::writers::ForeignWriter;
use containerd_hosts::{
    CheckedDirectory, DaemonVersion, Finding, FindingSubject, Host, HostsTree, Severity,
};

/// Looks for faults in hosts directories ([`HostsTree::check`]), and tells what becomes of
/// each `credential_domain` in them. Findings come in the order of roots, directories and places.
pub fn check(
    directories: HostsTree,
    registry_namespaces: &[RegistryNamespace],
    daemon: Option<DaemonVersion>,
) -> Vec<CheckFinding> {
    check_up(directories, registry_namespaces, daemon).findings
}

/// The same, and says at which directories it looked.
pub fn check_up(
    directories: HostsTree,
    registry_namespaces: &[RegistryNamespace],
    daemon: Option<DaemonVersion>,
) -> Checkup {
    let directories = prepare_hosts(directories);
    let checked = directories.check(registry_namespaces, daemon);
    let mut checkup = Checkup::default();
    for root in checked.roots {
        for directory in root.directories {
            checkup.looked_at.push(directory.directory.clone());
            checkup.findings.extend(findings(directory));
        }
        let of_root = root.findings.into_iter().map(of_hosts);
        checkup.findings.extend(of_root);
    }
    checkup
}

/// The same for one directory, wherever it lies.
pub fn check_directory(
    directories: HostsTree,
    directory: &Path,
    daemon: Option<DaemonVersion>,
) -> Checkup {
    let directories = prepare_hosts(directories);
    let checked = directories.check_directory(directory, daemon);
    Checkup {
        looked_at: vec![directory.to_owned()],
        findings: findings(checked),
    }
}

/// A finding of [`check`].
pub type CheckFinding = Finding<CheckCode, CheckSubject>;

/// What a [`CheckFinding`] is about beside the file that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckSubject {
    /// What `hosts.toml` has findings about.
    Hosts(FindingSubject),
    /// Somebody else who may write what gives trust.
    ForeignWriter(ForeignWriter),
}

impl From<FindingSubject> for CheckSubject {
    fn from(subject: FindingSubject) -> Self {
        Self::Hosts(subject)
    }
}

impl fmt::Display for CheckSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hosts(subject) => subject.fmt(f),
            Self::ForeignWriter(writer) => writer.path.display().fmt(f),
        }
    }
}

/// What was looked at, and what was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Checkup {
    /// The directories, in order.
    pub looked_at: Vec<PathBuf>,
    /// What was found, in the order of roots, directories and places.
    pub findings: Vec<CheckFinding>,
}

fn findings(directory: CheckedDirectory) -> Vec<CheckFinding> {
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

fn of_hosts(finding: Finding) -> CheckFinding {
    finding.map(CheckCode::Hosts, CheckSubject::Hosts)
}

fn report_credential_domain(
    host: &Host,
    registry_namespace: &RegistryNamespace,
) -> Option<CheckFinding> {
    let written = host.announced_key(CredentialDomain::KEY)?;
    let domain = CredentialDomain::judge(host, registry_namespace)?;
    let finding = match domain.refused {
        Some(reason) => {
            let finding = Finding::new(
                Severity::Warning,
                CheckCode::CredentialDomainRefused,
                domain.place,
                format!("`credential_domain` is not honoured: {reason}"),
            )
            .with_help("mend what it says, or take the key out");
            match reason {
                DomainRefusal::ForeignWriter(found) => {
                    finding.with_subject(CheckSubject::ForeignWriter(found))
                }
                _ => finding,
            }
        }
        None => Finding::new(
            Severity::Note,
            CheckCode::CredentialDomain,
            domain.place,
            format!("this host may be sent the credential of {registry_namespace}"),
        ),
    };
    Some(finding.with_line_text(&*written.line_text))
}
