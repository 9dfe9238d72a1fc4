use std::path::{Path, PathBuf};

use super::failure::report_failure;
use super::report::CheckedDirectory;
use super::{permissions, versions};
use crate::build_hosts::build_hosts;
use crate::certificate_check::CertificateCheck;
use crate::code::Code;
use crate::daemon_version::DaemonVersion;
use crate::file::Keys;
use crate::finding::{Finding, Severity};
use crate::hosts_tree::HostsTree;
use crate::lint::{Subject, lint, lint_part};
use crate::load::{Loaded, Read, load};
use crate::read_on::read_on;
use crate::registry_namespace::RegistryNamespace;
use crate::source_file::SourceFile;
use crate::tls_check::check_tls_files;

/// Everything about one directory, which speaks for the registry namespace of that name.
pub(super) fn check(
    directories: &HostsTree,
    directory: PathBuf,
    registry_namespace: String,
    daemon: Option<DaemonVersion>,
) -> CheckedDirectory {
    let read_by = daemon.unwrap_or(DaemonVersion::NEWEST);
    let text = directories.read_hosts_toml(&directory);
    let text = text.as_ref().map(Option::as_ref);
    let loaded = text.map_err(Clone::clone).and_then(|text| {
        let loaded = load(&directory, text, directories.keys(read_by))?;
        Ok((loaded, text))
    });
    let (hosts, findings) = match loaded {
        Err(error) => (Vec::new(), vec![report_failure(error)]),
        Ok((loaded, text)) => {
            let findings = look_into(&loaded, text, &directory, directories, daemon);
            let hosts = RegistryNamespace::new(&*registry_namespace).map(|name| {
                let endpoints = loaded.endpoints.clone();
                build_hosts(endpoints, text, &name, directories.defaults(), read_by)
            });
            (hosts.unwrap_or_default(), findings)
        }
    };
    CheckedDirectory {
        directory,
        registry_namespace,
        hosts,
        findings,
        naming: Vec::new(),
    }
}

fn look_into(
    loaded: &Loaded<'_>,
    text: Option<&SourceFile>,
    directory: &Path,
    directories: &HostsTree,
    daemon: Option<DaemonVersion>,
) -> Vec<Finding> {
    let check = directories.certificate_check();
    let endpoints = &loaded.endpoints;
    let mut findings = Vec::new();
    for endpoint in endpoints {
        findings.extend(check_tls_files(endpoint, text, check).map(report_failure));
        findings.extend(permissions::check(endpoint, text, directory));
    }
    match &loaded.read {
        Read::Certificates => {}
        Read::Refused { text, fault } => {
            let mut fault = fault.clone();
            fault
                .message
                .push_str("; containerd ignores the whole file and asks the registry itself");
            let first = fault.at;
            findings.push(text.finding(Severity::Error, fault));
            let keys = directories.keys(daemon.unwrap_or(DaemonVersion::NEWEST));
            let more = look_on(text, directory, keys, check);
            findings.extend(more.into_iter().filter(|it| it.place != text.place(first)));
        }
        Read::HostsToml { text, file } => {
            findings.extend(lint(&Subject {
                text,
                file,
                endpoints,
                directory,
            }));
            if daemon.is_none() {
                findings.extend(versions::check(text, file, endpoints, directory));
            }
        }
    }
    leave_help_to_the_pair(&mut findings);
    findings.sort_by_key(|finding| (finding.place.line, finding.place.column));
    findings.dedup();
    findings
}

/// Files that are read alone where they are a pair have nothing to be put right but that.
fn leave_help_to_the_pair(findings: &mut [Finding]) {
    let unpaired = findings.iter().filter(|it| it.code == Code::UnpairedClient);
    let lines: Vec<_> = unpaired.map(|it| it.place.line).collect();
    let is_client = |code| matches!(code, Code::UnusableClient | Code::UnreadableClient);
    for finding in findings {
        if is_client(finding.code) && lines.contains(&finding.place.line) {
            finding.help = None;
        }
    }
}

/// What else is wrong in a file that containerd refuses.
fn look_on(
    text: &SourceFile,
    directory: &Path,
    keys: Keys<'_>,
    check: CertificateCheck,
) -> Vec<Finding> {
    let read = read_on(text.bytes(), directory, keys);
    let faults = read.faults.into_iter();
    let mut findings: Vec<Finding> = faults
        .map(|fault| text.finding(Severity::Error, fault))
        .collect();
    for endpoint in &read.endpoints {
        findings.extend(check_tls_files(endpoint, Some(text), check).map(report_failure));
        findings.extend(permissions::check(endpoint, Some(text), directory));
    }
    findings.extend(lint_part(&Subject {
        text,
        file: &read.file,
        endpoints: &read.endpoints,
        directory,
    }));
    findings
}
