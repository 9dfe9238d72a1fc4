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

    /// The lines, for people to put their own paths in.
    pub fn lines(&self) -> Vec<String> {
        match self.key {
            HostsKey::Authority => vec!["ca = \"/PATH/OF/ITS/ca.crt\"".to_owned()],
            HostsKey::Certificate => vec!["ca = \"/PATH/OF/THE/CERTIFICATE\"".to_owned()],
            HostsKey::ClientCertificate => {
                vec!["client = [[\"/PATH/client.crt\", \"/PATH/client.key\"]]".to_owned()]
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
        write!(f, "write `{}` in {file}, ", lines.join("; "))?;
        match (&self.file, self.is_server) {
            (None, _) => write!(f, "below `server = \"{}\"`", self.origin),
            (Some(_), true) => f.write_str("before its first table"),
            (Some(_), false) => write!(f, "at the table of {}", self.origin),
        }
    }
}
