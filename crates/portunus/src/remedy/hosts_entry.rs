use std::fmt;
use std::path::PathBuf;

use crate::name::{Origin, RegistryNamespace};

/// What is to be written in `hosts.toml` about a host, and at which place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostsEntry {
    /// The file that says something of the host; `None`: none does, and a new one is
    /// `certs.d/REGISTRY_NAMESPACE/hosts.toml`.
    pub file: Option<PathBuf>,
    /// Whose hosts they are.
    pub registry_namespace: RegistryNamespace,
    /// The host.
    pub origin: Origin,
    /// Whether the keys of the server are meant, which stand before every table.
    pub is_server: bool,
    /// What is to be written there.
    pub key: HostsKey,
    /// Whether that key stands there already: a second line of it would break the file.
    pub extends: bool,
}

/// What is to be written about a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HostsKey {
    /// `ca`, with the authority that signs its certificate.
    Authority,
    /// `ca`, with its certificate itself.
    Certificate,
    /// `client`, with our certificate and its key.
    ClientCertificate,
    /// A table of its own, by which it is asked over plain http.
    PlainHttp,
    /// `credential_domain`, by which it may see the credential of the registry namespace.
    CredentialDomain,
}

impl HostsEntry {
    /// What is to be written about a host of a registry namespace, where no file says anything of
    /// it.
    pub fn new(registry_namespace: RegistryNamespace, origin: Origin, key: HostsKey) -> Self {
        Self {
            file: None,
            registry_namespace,
            origin,
            is_server: false,
            key,
            extends: false,
        }
    }

    /// The same in the file that says something of the host: of the server, or in a table of its
    /// own.
    #[must_use]
    pub fn in_file(mut self, file: impl Into<PathBuf>, is_server: bool) -> Self {
        self.file = Some(file.into());
        self.is_server = is_server;
        self
    }

    /// The same where the key stands there already.
    #[must_use]
    pub fn extending(mut self, extends: bool) -> Self {
        self.extends = extends;
        self
    }

    /// The lines, for people to put their own paths in. Where the key stands there already: what
    /// its list gets besides, or for a client certificate the line that takes its place.
    pub fn lines(&self) -> Vec<String> {
        let authority = |path: &str| match self.extends {
            true => vec![format!("\"{path}\"")],
            false => vec![format!("ca = \"{path}\"")],
        };
        match self.key {
            HostsKey::Authority => authority("/PATH/OF/ITS/ca.crt"),
            HostsKey::Certificate => authority("/PATH/OF/THE/CERTIFICATE"),
            HostsKey::ClientCertificate => {
                vec!["client = [[\"/PATH/client.crt\", \"/PATH/client.key\"]]".to_owned()]
            }
            HostsKey::CredentialDomain => {
                let name = self.registry_namespace.as_str();
                vec![format!("credential_domain = \"{name}\"")]
            }
            HostsKey::PlainHttp => {
                vec![
                    format!("[host.\"{}\"]", self.origin.without_tls()),
                    "capabilities = [\"pull\", \"resolve\"]".to_owned(),
                ]
            }
        }
    }
}

impl fmt::Display for HostsEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = match &self.file {
            Some(file) => file.display().to_string(),
            None => format!("certs.d/{}/hosts.toml", self.registry_namespace.as_str()),
        };
        let lines = self.lines();
        if let [table, keys] = lines.as_slice() {
            return write!(f, "write in {file}: `{table}`, and below it `{keys}`");
        }
        let line = lines.join("; ");
        match (self.extends, self.key) {
            (false, _) => write!(f, "write `{line}` in {file}, ")?,
            (true, HostsKey::ClientCertificate) => {
                write!(
                    f,
                    "write `{line}` in place of the `client` there is in {file}, "
                )?;
            }
            (true, _) => write!(f, "add `{line}` to `ca = [ … ]` in {file}, ")?,
        }
        match (&self.file, self.is_server) {
            (None, _) => write!(f, "below `server = \"{}\"`", self.origin)?,
            (Some(_), true) => f.write_str("before its first table")?,
            (Some(_), false) => write!(f, "at the table of {}", self.origin)?,
        }
        match (self.extends, self.key) {
            (true, HostsKey::Authority) => {
                f.write_str(", or have the server send its intermediate certificates")
            }
            _ => Ok(()),
        }
    }
}
