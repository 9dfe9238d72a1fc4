//! Every fault of the hosts directories at once.

mod directory;
mod names;
mod permissions;
mod versions;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::certificates::unreadable;
use crate::hosts::daemon_version::DaemonVersion;
use crate::hosts::directories::HostsDirectories;
use crate::hosts::error::{HostsError, ReadStep};
use crate::hosts::finding::{Finding, Severity};
use crate::hosts::host::Place;
use crate::hosts::lookup;
use crate::name::RegistryNamespace;

impl HostsDirectories {
    /// Looks for faults: in every directory of every root, or in those that speak for the given
    /// registry namespaces. `daemon` is the containerd that will read them; `None`: the newest,
    /// and warnings where an older one reads a file otherwise.
    ///
    /// An absent root is none. Findings come in the order of roots, directories and places.
    pub fn check(
        &self,
        registry_namespaces: &[RegistryNamespace],
        daemon: Option<DaemonVersion>,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut seen: HashMap<String, PathBuf> = HashMap::new();
        for root in self.roots() {
            let directories = match registry_namespaces {
                [] => list(root),
                wanted => wanted_directories(root, wanted),
            };
            let directories = directories.unwrap_or_else(|error| {
                findings.push(finding_of(error));
                Vec::new()
            });
            for directory in directories {
                let name = names::registry_namespace(&directory);
                findings.extend(directory::check(&directory, &name, daemon));
                findings.extend(names::check(&directory, &name));
                if let Some(first) = seen.get(&name) {
                    findings.push(names::shadowed(&directory, first));
                } else {
                    seen.insert(name, directory);
                }
            }
            let colons = registry_namespaces
                .iter()
                .filter(|name| names::has_bare_colons(name));
            findings.extend(colons.map(|name| names::bare_colons(root, name)));
        }
        findings
    }
}

/// The directories of a root, by name.
pub(super) fn list(root: &Path) -> Result<Vec<PathBuf>, HostsError> {
    let unlisted = |error: &std::io::Error| unreadable(ReadStep::ReadDirectory, root, error);
    let entries = match std::fs::read_dir(root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(|error| unlisted(&error))?,
    };
    let mut directories = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unlisted(&error))?.path();
        // A dangling or looping link is told of where its registry namespace is asked for.
        if path.is_dir() || path.is_symlink() {
            directories.push(path);
        }
    }
    directories.sort();
    Ok(directories)
}

fn wanted_directories(
    root: &Path,
    registry_namespaces: &[RegistryNamespace],
) -> Result<Vec<PathBuf>, HostsError> {
    let mut directories = Vec::new();
    for registry_namespace in registry_namespaces {
        let names = [registry_namespace.as_str().to_owned()];
        if let Some(found) = lookup::find(root, &names)?
            && !directories.contains(&found)
        {
            directories.push(found);
        }
    }
    Ok(directories)
}

/// What makes containerd fail, as a finding.
fn finding_of(error: HostsError) -> Finding {
    match error {
        HostsError::Broken { finding } => *finding,
        HostsError::Unreadable {
            step,
            path,
            place,
            problem,
        } => Finding {
            severity: Severity::Error,
            code: match step {
                ReadStep::FindDirectory | ReadStep::ReadDirectory => "unreadable-directory",
                ReadStep::ReadHostsFile => "unreadable-file",
                ReadStep::ReadCa => "unreadable-ca",
                ReadStep::ParseCa => "unusable-ca",
                ReadStep::ReadClient => "unreadable-client",
                ReadStep::ParseClient => "unusable-client",
            },
            message: format!(
                "cannot {step} {}: {problem}; containerd fails for the whole registry namespace",
                path.display()
            ),
            place: place.unwrap_or_else(|| whole(&path)),
            help: Some(
                "put the file there, readable by the daemon, or take out the line".to_owned(),
            ),
            line_text: None,
        },
    }
}

/// A finding about a directory or file as a whole.
fn about(path: &Path, severity: Severity, code: &'static str, message: String) -> Finding {
    Finding {
        severity,
        code,
        place: whole(path),
        message,
        help: None,
        line_text: None,
    }
}

fn whole(path: &Path) -> Place {
    Place {
        file: path.to_owned(),
        line: 1,
        column: 1,
    }
}
