//! A private hosts directory for a daemon: what the roots say, in the plainest form.

mod file;
mod toml_text;
mod url;

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::defaults::complete_server;
use super::load::{Loaded, load};
use super::read_file::problem;
use crate::daemon_version::DaemonVersion;
use crate::error::HostsError;
use crate::hosts_tree::HostsTree;
use crate::lookup;
use crate::reading::Reading;
use crate::registry_namespace::RegistryNamespace;

/// Why a hosts directory could not be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The strict reading refuses what is to be rendered.
    #[error(transparent)]
    Hosts(#[from] HostsError),
    /// What is configured cannot be said to that daemon.
    #[error("cannot write the hosts of {registry_namespace} for containerd {daemon}: {problem}")]
    #[non_exhaustive]
    Inexpressible {
        /// The registry namespace.
        registry_namespace: RegistryNamespace,
        /// The daemon's version.
        daemon: DaemonVersion,
        /// What cannot be said.
        problem: &'static str,
    },
    /// The directory could not be written.
    #[error("cannot write {}: {problem}", path.display())]
    #[non_exhaustive]
    Unwritable {
        /// The file or directory.
        path: PathBuf,
        /// Why, in words of the operating system.
        problem: String,
    },
}

impl HostsTree {
    /// Writes a hosts directory below `target`, an empty directory, that gives the daemon the
    /// hosts of the strict view: one directory a registry namespace, whatever root it came from,
    /// absolute paths, tables in the order of the hosts, only what `daemon` (`None`: the newest)
    /// understands. A registry namespace that nothing is configured for gets none.
    ///
    /// No credential of ours is ever written. Headers are: they are part of what the operator
    /// configured for the daemon. So that their values stay with those who could read them before,
    /// files are written with mode 0600 and directories with 0700; root's daemon and the user's
    /// own read them.
    ///
    /// # Errors
    /// [`RenderError::Hosts`] as [`HostsTree::hosts`], for the first registry namespace it
    /// refuses; [`RenderError::Inexpressible`] where a host can do nothing that the daemon knows;
    /// [`RenderError::Unwritable`] where `target` cannot be written.
    pub fn render(
        &self,
        registry_namespaces: &[RegistryNamespace],
        daemon: Option<DaemonVersion>,
        target: &Path,
    ) -> Result<(), RenderError> {
        for registry_namespace in registry_namespaces {
            // Everything that the strict reading refuses is refused here.
            self.hosts(registry_namespace, Reading::STRICT)?;
            self.render_hosts(registry_namespace, None, daemon, target)?;
        }
        Ok(())
    }

    /// The same with one host alone, as the server: the host that stands at place `at` of the
    /// strict view.
    ///
    /// # Errors
    /// As [`HostsTree::render`]; [`RenderError::Inexpressible`] also where there is no such
    /// host.
    pub fn render_alone(
        &self,
        registry_namespace: &RegistryNamespace,
        at: usize,
        daemon: Option<DaemonVersion>,
        target: &Path,
    ) -> Result<(), RenderError> {
        self.hosts(registry_namespace, Reading::STRICT)?;
        self.render_hosts(registry_namespace, Some(at), daemon, target)
    }

    fn render_hosts(
        &self,
        registry_namespace: &RegistryNamespace,
        alone: Option<usize>,
        daemon: Option<DaemonVersion>,
        target: &Path,
    ) -> Result<(), RenderError> {
        let Some(directory) = self.find(registry_namespace)? else {
            return Ok(());
        };
        let daemon = daemon.unwrap_or(DaemonVersion::NEWEST);
        let text = self.text(registry_namespace, &directory, alone, daemon)?;
        let mut names = lookup::directory_names(registry_namespace.as_str());
        let name = names.next();
        let name = name.as_deref().unwrap_or(registry_namespace.as_str());
        write(&target.join(name), &text)
    }

    fn text(
        &self,
        registry_namespace: &RegistryNamespace,
        directory: &Path,
        alone: Option<usize>,
        daemon: DaemonVersion,
    ) -> Result<zeroize::Zeroizing<String>, RenderError> {
        let text = self.read_hosts_toml(directory)?;
        let keys = self.keys(DaemonVersion::NEWEST);
        let Loaded { mut endpoints, .. } = load(directory, text.as_ref(), keys)?;
        let mut has_server = endpoints
            .last()
            .is_some_and(|server| !server.host.is_empty());
        if let Some(server) = endpoints.last_mut() {
            complete_server(server, registry_namespace.as_str(), self.defaults());
        }
        if let Some(at) = alone {
            has_server |= at + 1 < endpoints.len();
            endpoints = endpoints.into_iter().skip(at).take(1).collect();
        }
        let text = match endpoints.is_empty() {
            true => Err("there is no such host"),
            false => file::text(&endpoints, has_server, daemon),
        };
        text.map_err(|problem| RenderError::Inexpressible {
            registry_namespace: registry_namespace.clone(),
            daemon,
            problem,
        })
    }
}

fn write(directory: &Path, text: &str) -> Result<(), RenderError> {
    let unwritable = |path: &Path, error: &std::io::Error| RenderError::Unwritable {
        path: path.to_owned(),
        problem: problem(error),
    };
    DirBuilder::new()
        .mode(0o700)
        .create(directory)
        .map_err(|error| unwritable(directory, &error))?;
    let path = directory.join("hosts.toml");
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| unwritable(&path, &error))?;
    file.write_all(text.as_bytes())
        .map_err(|error| unwritable(&path, &error))
}
