use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::announced_key::AnnouncedKey;
use crate::capabilities::Capabilities;
use crate::dial_timeout::DialTimeout;
use crate::secret::Secret;

/// One endpoint that may serve a registry namespace: a mirror, or the server.
///
/// What containerd's `RegistryHost` holds after `ConfigureHosts`
/// (`core/remotes/docker/config/hosts.go`), and where it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Host {
    /// `https` or `http`; anything else cannot be requested.
    pub scheme: Cow<'static, str>,
    /// Host name and port as written, port only where written.
    pub host: String,
    /// Path before `/REPOSITORY/manifests/…`, mostly `/v2`.
    pub path: Cow<'static, str>,
    /// What it may be asked for.
    pub capabilities: Capabilities,
    /// Extra request headers, in file order, names as written. Values may be secrets.
    pub headers: Vec<(String, Vec<Secret>)>,
    /// `skip_verify` as written.
    pub skip_verify: Option<bool>,
    /// Whether certificates go unchecked in effect, defaults for localhost included.
    pub tls_insecure: bool,
    /// How many times https-then-http is layered around its transport; 0: never plain http.
    pub http_fallback: u32,
    /// Certificate authorities to trust besides the system's. An empty list still counts as TLS
    /// settings.
    pub ca: Option<Vec<PathBuf>>,
    /// Client certificates.
    pub client: Option<Vec<ClientCertificate>>,
    /// How many of the client certificates could be loaded.
    pub client_loaded: usize,
    /// How long a connection may take to be made.
    pub dial_timeout: DialTimeout,
    /// Whether requests carry `?ns=REGISTRY_NAMESPACE`.
    pub sends_ns: bool,
    /// Whether this is the last host: the registry namespace's own upstream, or what `server =`
    /// names.
    pub is_server: bool,
    /// The keys that the caller announced and that are written for it, in the order in which they
    /// were announced.
    pub announced: Vec<AnnouncedKey>,
    /// Where it was written; `None` for a default.
    pub place: Option<Place>,
    /// Whether the daemon it was read for takes IPv6 addresses without brackets.
    pub(crate) bare_ipv6: bool,
}

impl Host {
    /// What is written for it under a key that the caller announced.
    pub fn announced_key(&self, name: &str) -> Option<&AnnouncedKey> {
        self.announced.iter().find(|key| key.name == name)
    }
}

/// A client certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientCertificate {
    /// PEM file with the certificate, and with the key where `key` is `None`.
    pub certificate: PathBuf,
    /// PEM file with the key.
    pub key: Option<PathBuf>,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The file.
    pub file: Arc<Path>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}
