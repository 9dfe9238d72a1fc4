//! What is wrong with the hosts of this machine?

use std::path::{Path, PathBuf};

use portunus::hosts::{DEFAULT_DIRECTORY, DaemonVersion, HostsTree, Reading};
use portunus::name::{NameError, RegistryNamespace};
use portunus::printable::system_words;
use portunus::resolve::{Checkup, check_directory, check_up};

use crate::error::ClientError;
use crate::error::check::CheckError;
use crate::settings::Settings;

/// What is to be checked; nothing named: everything that the settings lead to.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CheckRequest {
    /// What speaks for these, in every root of the settings.
    pub registry_namespaces: Vec<RegistryNamespace>,
    /// A `hosts.toml`, a directory that speaks for a registry namespace, or one of such directories.
    pub paths: Vec<PathBuf>,
    /// The containerd that will read it; `None`: the newest.
    pub daemon: Option<DaemonVersion>,
}

impl CheckRequest {
    /// Adds what somebody named: a path, or a registry namespace. A bare name is that of the file or
    /// directory that lies there, unless a directory of the settings speaks for it.
    ///
    /// # Errors
    /// Where it is neither.
    pub fn add(&mut self, named: &str, settings: &Settings) -> Result<(), NameError> {
        match is_path(named, settings) {
            true => self.paths.push(named.into()),
            false => self
                .registry_namespaces
                .push(RegistryNamespace::new(named)?),
        }
        Ok(())
    }
}

fn is_path(named: &str, settings: &Settings) -> bool {
    let path = Path::new(named);
    if named.contains('/') || matches!(named, "." | "..") || path.is_file() {
        return true;
    }
    let has_own = |name| has_own(&name, &settings.hosts());
    path.is_dir() && !RegistryNamespace::new(named).is_ok_and(has_own)
}

/// Whether a directory speaks for that registry namespace, and not for all of them.
fn has_own(name: &RegistryNamespace, hosts: &HostsTree) -> bool {
    let found = hosts.hosts(name, Reading::AS_CONTAINERD);
    // What cannot be read is there.
    found.map_or(true, |found| {
        let own = found.dir.filter(|dir| !dir.ends_with(DEFAULT_DIRECTORY));
        own.is_some()
    })
}

/// Looks for faults.
///
/// # Errors
/// Where something that is named is not there.
pub fn check(request: &CheckRequest, settings: &Settings) -> Result<Checkup, ClientError> {
    let hosts = settings.hosts();
    let mut places = Places::default();
    for path in &request.paths {
        places.add(path)?;
    }
    let names = &request.registry_namespaces;
    let uses_settings = !names.is_empty() || request.paths.is_empty();
    if let Some(absent) = settings.absent_hosts_directory().filter(|_| uses_settings) {
        return Err(CheckError::AbsentHostsDirectory(absent).into());
    }
    for name in names {
        refuse_unspoken_for(name, &hosts)?;
    }
    let mut checkup = match uses_settings {
        true => check_up(hosts, names, request.daemon),
        false => Checkup::default(),
    };
    let roots = places.roots.into_iter();
    let roots = roots.map(|root| check_up(HostsTree::new(vec![root]), &[], request.daemon));
    let directories = places.directories.iter();
    let directories =
        directories.map(|it| check_directory(HostsTree::default(), it, request.daemon));
    for more in roots.chain(directories) {
        checkup.looked_at.extend(more.looked_at);
        checkup.findings.extend(more.findings);
    }
    Ok(checkup)
}

#[derive(Debug, Default)]
struct Places {
    /// Directories of one registry namespace each.
    directories: Vec<PathBuf>,
    /// Directories of such directories.
    roots: Vec<PathBuf>,
}

impl Places {
    fn add(&mut self, path: &Path) -> Result<(), CheckError> {
        let failed = |error: std::io::Error| CheckError::Unreadable {
            path: path.to_owned(),
            problem: system_words(&error),
        };
        // The name of a directory says for which registry namespace it speaks.
        let whole = path.canonicalize().map_err(failed)?;
        if whole.is_file() {
            return match (whole.file_name(), whole.parent()) {
                (Some(name), Some(directory)) if name == HOSTS_FILE => {
                    self.directories.push(directory.to_owned());
                    Ok(())
                }
                _ => Err(CheckError::NoHostsFile(path.to_owned())),
            };
        }
        match speaks_for_one(&whole).map_err(failed)? {
            true => self.directories.push(whole),
            false => self.roots.push(whole),
        }
        Ok(())
    }
}

/// Nothing would be looked at.
fn refuse_unspoken_for(name: &RegistryNamespace, hosts: &HostsTree) -> Result<(), CheckError> {
    let found = hosts.hosts(name, Reading::AS_CONTAINERD);
    if !found.is_ok_and(|found| found.dir.is_none()) {
        return Ok(());
    }
    Err(CheckError::UnspokenFor {
        registry_namespace: name.clone(),
        roots: hosts.roots().to_vec(),
    })
}

const HOSTS_FILE: &str = "hosts.toml";

/// Whether a directory holds a `hosts.toml` or certificates, rather than such directories. One that
/// holds both is of many hosts where a directory in it is named like one.
fn speaks_for_one(directory: &Path) -> std::io::Result<bool> {
    let mut speaks = false;
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let is_certificate = path
            .extension()
            .is_some_and(|it| it == "crt" || it == "cert");
        speaks |= path.ends_with(HOSTS_FILE) || (is_certificate && path.is_file());
        let name = path.file_name().and_then(|name| name.to_str());
        let is_host = name.is_some_and(|name| name.contains(['.', ':', '_']));
        if is_host && path.join(HOSTS_FILE).is_file() {
            return Ok(false);
        }
    }
    Ok(speaks)
}
