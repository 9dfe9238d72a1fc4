use std::path::PathBuf;

use crate::build_hosts::build_hosts;
use crate::error::HostsError;
use crate::fault::Fault;
use crate::finding::{Finding, Severity};
use crate::hosts_tree::HostsTree;
use crate::lint::{Subject, lint};
use crate::load::{Loaded, Read};
use crate::reading::Reading;
use crate::registry_namespace::RegistryNamespace;
use crate::registry_namespace_hosts::{HostsSource, RegistryNamespaceHosts};
use crate::source_file::SourceFile;
use crate::tls_check::check_tls_files;

/// The hosts of a registry namespace that no directory speaks for: its own upstream.
pub(crate) fn without_directory(
    directories: &HostsTree,
    registry_namespace: &RegistryNamespace,
    reading: Reading,
) -> RegistryNamespaceHosts {
    let endpoints = vec![Default::default()];
    RegistryNamespaceHosts {
        registry_namespace: registry_namespace.clone(),
        dir: None,
        source: HostsSource::None,
        fell_back: false,
        hosts: build_hosts(
            endpoints,
            None,
            registry_namespace,
            directories.defaults(),
            reading.daemon(),
        ),
        findings: Vec::new(),
    }
}

/// Makes hosts of what a directory says, and checks that every certificate and key can be used.
pub(crate) fn complete(
    directories: &HostsTree,
    registry_namespace: &RegistryNamespace,
    directory: PathBuf,
    loaded: Loaded<'_>,
    text: Option<&SourceFile>,
    reading: Reading,
) -> Result<RegistryNamespaceHosts, HostsError> {
    let findings = match &loaded.read {
        Read::Certificates => Vec::new(),
        Read::Refused { text, fault } => vec![refuse(text, fault, reading)?],
        Read::HostsToml { text, file } => refuse_errors(
            lint(&Subject {
                text,
                file,
                endpoints: &loaded.endpoints,
                directory: &directory,
            }),
            reading,
        )?,
    };
    let Loaded { endpoints, read } = loaded;
    for endpoint in &endpoints {
        if let Some(error) = check_tls_files(endpoint, text, directories.certificate_check()).next()
        {
            return Err(error);
        }
    }
    Ok(RegistryNamespaceHosts {
        registry_namespace: registry_namespace.clone(),
        source: match read {
            Read::HostsToml { .. } => HostsSource::HostsToml,
            Read::Certificates | Read::Refused { .. } => HostsSource::Certificates,
        },
        fell_back: matches!(read, Read::Refused { .. }),
        hosts: build_hosts(
            endpoints,
            text,
            registry_namespace,
            directories.defaults(),
            reading.daemon(),
        ),
        dir: Some(directory),
        findings,
    })
}

/// A file that containerd goes on without: an error where the reading is strict, and where we, or
/// the daemon, cannot go on.
fn refuse(text: &SourceFile, fault: &Fault, reading: Reading) -> Result<Finding, HostsError> {
    let finding = text.finding(Severity::Error, fault.clone());
    if reading.is_strict() || fault.is_own_limit() || fault.kills_daemon() {
        return Err(broken(finding));
    }
    Ok(finding)
}

fn refuse_errors(findings: Vec<Finding>, reading: Reading) -> Result<Vec<Finding>, HostsError> {
    let mut errors = findings.iter().filter(|it| it.severity == Severity::Error);
    match errors.next().filter(|_| reading.is_strict()) {
        Some(error) => Err(broken(error.clone())),
        None => Ok(findings),
    }
}

fn broken(finding: Finding) -> HostsError {
    HostsError::Broken {
        finding: Box::new(finding),
    }
}
