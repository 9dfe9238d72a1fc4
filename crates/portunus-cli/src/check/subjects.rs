use std::path::{Path, PathBuf};

use portunus::hosts::{DaemonVersion, HostsTree, Reading};
use portunus::name::RegistryNamespace;
use portunus::printable::system_words;
use portunus::resolve::{Checkup, check_directory, check_up};

use crate::exit::Exit;
use crate::explain::client::describe_absent;
use crate::failure::Failure;
use portunus_client::Settings;

/// What is to be checked.
#[derive(Debug, Default)]
pub(super) struct Subjects {
    /// In every root of the settings; none: everything, unless paths are named.
    registry_namespaces: Vec<RegistryNamespace>,
    hosts: HostsTree,
    /// Directories of one registry namespace each.
    directories: Vec<PathBuf>,
    /// Directories of such directories.
    roots: Vec<PathBuf>,
}

impl Subjects {
    /// Tells names and paths apart. What is named and absent is an error.
    pub(super) fn read(arguments: &[String], settings: &Settings) -> Result<Self, Failure> {
        let mut subjects = Self {
            hosts: settings.hosts(),
            ..Self::default()
        };
        for argument in arguments {
            match argument.contains('/') || argument == "." {
                true => subjects.add_path(Path::new(argument))?,
                false => subjects
                    .registry_namespaces
                    .push(RegistryNamespace::new(&**argument)?),
            }
        }
        let uses_settings = !subjects.registry_namespaces.is_empty() || arguments.is_empty();
        if let Some(absent) = settings.absent_hosts_directory().filter(|_| uses_settings) {
            return Err(Failure::new(Exit::Configuration, describe_absent(&absent))
                .help("name one that exists, or leave it out"));
        }
        for name in &subjects.registry_namespaces {
            refuse_unspoken_for(name, &subjects.hosts)?;
        }
        Ok(subjects)
    }

    /// Looks for faults in all of them.
    pub(super) fn check(self, daemon: Option<DaemonVersion>) -> Checkup {
        let is_all = self.directories.is_empty() && self.roots.is_empty();
        let mut checkup = match is_all || !self.registry_namespaces.is_empty() {
            true => check_up(self.hosts, &self.registry_namespaces, daemon),
            false => Checkup::default(),
        };
        let roots = self.roots.into_iter();
        let roots = roots.map(|root| check_up(HostsTree::new(vec![root]), &[], daemon));
        let directories = self.directories.iter();
        let directories = directories.map(|it| check_directory(HostsTree::default(), it, daemon));
        for more in roots.chain(directories) {
            checkup.looked_at.extend(more.looked_at);
            checkup.findings.extend(more.findings);
        }
        checkup
    }

    fn add_path(&mut self, path: &Path) -> Result<(), Failure> {
        let failed = |error: std::io::Error| {
            let message = format!("cannot read {}: {}", path.display(), system_words(&error));
            Failure::new(Exit::Configuration, message).help("name a file or directory that exists")
        };
        // The name of a directory says for which registry namespace it speaks.
        let whole = path.canonicalize().map_err(failed)?;
        if whole.is_file() {
            return match (whole.file_name(), whole.parent()) {
                (Some(name), Some(directory)) if name == HOSTS_FILE => {
                    self.directories.push(directory.to_owned());
                    Ok(())
                }
                _ => {
                    let message = format!("{} is not named hosts.toml", path.display());
                    Err(Failure::new(Exit::Usage, message)
                        .help("containerd reads DIR/NAMESPACE/hosts.toml only"))
                }
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
fn refuse_unspoken_for(name: &RegistryNamespace, hosts: &HostsTree) -> Result<(), Failure> {
    let found = hosts.hosts(name, Reading::AS_CONTAINERD);
    if !found.is_ok_and(|found| found.dir.is_none()) {
        return Ok(());
    }
    let roots: Vec<String> = hosts
        .roots()
        .iter()
        .map(|root| root.display().to_string())
        .collect();
    let roots = roots.join(", ");
    let message = format!("no directory speaks for {name} in {roots}");
    Err(Failure::new(Exit::Configuration, message)
        .help("name one that has a directory there, or another place with --hosts-dir"))
}

const HOSTS_FILE: &str = "hosts.toml";

/// Whether a directory holds a `hosts.toml` or certificates, rather than such directories.
fn speaks_for_one(directory: &Path) -> std::io::Result<bool> {
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let is_certificate = path
            .extension()
            .is_some_and(|it| it == "crt" || it == "cert");
        if path.ends_with(HOSTS_FILE) || (is_certificate && path.is_file()) {
            return Ok(true);
        }
    }
    Ok(false)
}
