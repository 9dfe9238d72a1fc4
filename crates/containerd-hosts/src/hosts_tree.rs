use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::certificate_check::CertificateCheck;
use crate::complete::{complete, without_directory};
use crate::daemon_version::DaemonVersion;
use crate::defaults::Defaults;
use crate::error::HostsError;
use crate::file::Keys;
use crate::load::{StampedFile, load, read_hosts_toml};
use crate::lookup;
use crate::reading::Reading;
use crate::registry_namespace::RegistryNamespace;
use crate::registry_namespace_hosts::RegistryNamespaceHosts;
use crate::source_file::SourceFile;
use crate::stamp::Stamp;

/// The directories in which hosts are configured, `certs.d` mostly.
#[derive(Debug, Clone, Default)]
pub struct HostsTree {
    roots: Vec<PathBuf>,
    nerdctl_names: bool,
    defaults: Defaults,
    announced: Arc<[String]>,
    certificate_check: CertificateCheck,
}

impl HostsTree {
    /// Looks in the roots in order; the first that has a directory for a registry namespace, or a
    /// `_default`, speaks for it (the `config_path` of containerd's CRI service).
    pub fn new(roots: Vec<PathBuf>) -> Self {
        Self {
            roots,
            ..Self::default()
        }
    }

    /// Reads a list of roots with colons between them, as containerd's `config_path` has it. Empty
    /// parts do not count.
    pub fn from_list(list: &str) -> Self {
        let parts = list.split(':').filter(|part| !part.is_empty());
        Self::new(parts.map(PathBuf::from).collect())
    }

    /// Where containerd and Docker look when root runs them: `/etc/containerd/certs.d`,
    /// `/etc/docker/certs.d`.
    pub fn system() -> Self {
        Self::below(Path::new("/etc"))
    }

    /// Where nerdctl looks for a user: `containerd/certs.d` and `docker/certs.d` below
    /// `$XDG_CONFIG_HOME`, else below `$HOME/.config`. None where neither is known.
    pub fn rootless(xdg_config_home: Option<&Path>, home: Option<&Path>) -> Self {
        let home = home.map(|home| home.join(".config"));
        match xdg_config_home
            .filter(|path| path.is_absolute())
            .or(home.as_deref())
        {
            None => Self::default(),
            Some(config) => Self::below(config),
        }
    }

    fn below(config: &Path) -> Self {
        Self::new(vec![
            config.join("containerd/certs.d"),
            config.join("docker/certs.d"),
        ])
    }

    /// Also looks under the names that nerdctl tries: with and without `:443`, and `docker.io`
    /// for `index.docker.io`. containerd does not.
    #[must_use]
    pub fn with_nerdctl_names(mut self) -> Self {
        self.nerdctl_names = true;
        self
    }

    /// Sets the scheme of a registry namespace's own upstream; `https` unless set, for localhost
    /// it depends on the port.
    #[must_use]
    pub fn with_default_scheme(mut self, scheme: &str) -> Self {
        self.defaults.scheme = Some(scheme.to_owned()).filter(|scheme| !scheme.is_empty());
        self
    }

    /// Says that the daemon's caller brings TLS settings of its own, so that `http` hosts are
    /// tried over https first.
    #[must_use]
    pub fn with_default_tls(mut self) -> Self {
        self.defaults.tls = true;
        self
    }

    /// Chooses how far certificates and keys are looked into; that they can be read, unless set.
    #[must_use]
    pub fn with_certificate_check(mut self, check: CertificateCheck) -> Self {
        self.certificate_check = check;
        self
    }

    /// Announces a key that the caller reads and containerd ignores: where a host's own keys may
    /// stand it is read like one of them, in any case, and handed out with the host
    /// ([`Host::announced`](super::Host::announced)).
    #[must_use]
    pub fn with_announced_key(mut self, name: &str) -> Self {
        let name = name.to_lowercase();
        if !self.announced.contains(&name) {
            self.announced = self.announced.iter().cloned().chain([name]).collect();
        }
        self
    }

    /// The roots, in order.
    pub fn roots(&self) -> &[PathBuf] {
        &self.roots
    }

    /// The ordered hosts of a registry namespace.
    ///
    /// # Errors
    /// [`HostsError::Unreadable`] where containerd fails for this registry namespace: an
    /// unreadable directory, file, certificate or key. [`HostsError::Broken`] in the strict
    /// reading, where containerd would drop the file or a part of it.
    pub fn hosts(
        &self,
        registry_namespace: &RegistryNamespace,
        reading: Reading,
    ) -> Result<RegistryNamespaceHosts, HostsError> {
        self.stamped_hosts(registry_namespace, reading)
            .map(|(found, _)| found)
    }

    /// The same, and the stamp that the `hosts.toml` had before it was read.
    pub(crate) fn stamped_hosts(
        &self,
        registry_namespace: &RegistryNamespace,
        reading: Reading,
    ) -> Result<(RegistryNamespaceHosts, Option<Stamp>), HostsError> {
        let Some((directory, read)) = self.find_and_read(registry_namespace)? else {
            return Ok((without_directory(self, registry_namespace, reading), None));
        };
        let (text, stamp) = read.unzip();
        let loaded = load(&directory, text.as_ref(), self.keys(reading.daemon()))?;
        let found = complete(
            self,
            registry_namespace,
            directory,
            loaded,
            text.as_ref(),
            reading,
        )?;
        Ok((found, stamp))
    }

    /// The directory of a registry namespace, and its `hosts.toml`.
    fn find_and_read(
        &self,
        registry_namespace: &RegistryNamespace,
    ) -> Result<Option<(PathBuf, Option<StampedFile>)>, HostsError> {
        let names = self.names(registry_namespace);
        for directory in lookup::places(&self.roots, &names) {
            let read = read_hosts_toml(&directory, &self.announced);
            // Mostly the file is there, and nobody need look for its directory.
            if matches!(read, Ok(Some(_))) || lookup::is_there(&directory)? {
                return Ok(Some((directory, read?)));
            }
        }
        Ok(None)
    }

    /// The `hosts.toml` of a directory.
    pub(crate) fn read_hosts_toml(
        &self,
        directory: &Path,
    ) -> Result<Option<SourceFile>, HostsError> {
        let read = read_hosts_toml(directory, &self.announced)?;
        Ok(read.map(|(text, _)| text))
    }

    /// The keys that are read for a daemon.
    pub(crate) fn keys(&self, daemon: DaemonVersion) -> Keys<'_> {
        Keys {
            daemon,
            announced: &self.announced,
        }
    }

    pub(crate) fn certificate_check(&self) -> CertificateCheck {
        self.certificate_check
    }

    pub(crate) fn defaults(&self) -> &Defaults {
        &self.defaults
    }

    pub(crate) fn find(
        &self,
        registry_namespace: &RegistryNamespace,
    ) -> Result<Option<PathBuf>, HostsError> {
        let names = self.names(registry_namespace);
        lookup::find(lookup::places(&self.roots, &names))
    }

    /// The names that a registry namespace's directory may go by.
    pub(crate) fn names<'n>(&self, registry_namespace: &'n RegistryNamespace) -> Vec<Cow<'n, str>> {
        match self.nerdctl_names {
            false => vec![Cow::Borrowed(registry_namespace.as_str())],
            true => lookup::nerdctl_names(registry_namespace.as_str()),
        }
    }
}
