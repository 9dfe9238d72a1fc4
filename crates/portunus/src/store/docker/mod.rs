//! Docker's `config.json`, and files in its format.

mod auth;
mod auths;
mod config;
mod environment;
pub mod key;
mod store;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) use auths::Auths;
use config::Config;
pub use environment::DockerAuthVariable;
pub(crate) use key::{credential_key, spellings, written};

use super::cached::CachedFile;
use super::helper::HelperClient;
use super::secret_file::SecretFile;
use super::{Entries, Entry, HelperPrograms, Source, SourceError, SourceKind};
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};

/// Docker's `config.json` and the helpers it configures.
///
/// Where `credHelpers` or `credsStore` names a helper for a host, the helper replaces the file
/// for that host; an empty name turns a helper off. A helper's entry is given without asking it:
/// it is started when the secret is fetched.
#[derive(Debug)]
pub struct DockerConfig {
    file: CachedFile<Config>,
    programs: HelperPrograms,
}

/// Initialization
impl DockerConfig {
    /// The file at `path`, which need not exist: `$DOCKER_CONFIG/config.json`, else
    /// `$HOME/.docker/config.json`.
    pub fn new(path: impl Into<PathBuf>, programs: HelperPrograms) -> Self {
        Self {
            file: CachedFile::new(SecretFile::new(path, SourceKind::Docker)),
            programs,
        }
    }
}

/// Access
impl DockerConfig {
    /// The path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Whether the file names portunus itself as the helper of a host: then the login is in our
    /// own stores, and is to be put there.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn names_portunus(&self, host: &Authority) -> Result<bool, SourceError> {
        let config = self.config()?;
        Ok(self
            .helper(&config, host)
            .is_some_and(|helper| helper.is_own_program()))
    }

    fn config(&self) -> Result<Arc<Config>, SourceError> {
        self.file.read(Config::read)
    }

    fn helper_named(&self, name: &str) -> HelperClient {
        HelperClient::new(
            SourceKind::Docker,
            name,
            Some(&self.file.origin().location),
            &self.programs,
        )
    }

    /// The helper that keeps the login of a host, where there is one.
    fn helper(&self, config: &Config, host: &Authority) -> Option<HelperClient> {
        config.helper(host).map(|name| self.helper_named(name))
    }
}

impl Source for DockerConfig {
    fn kind(&self) -> SourceKind {
        SourceKind::Docker
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        let config = self.config()?;
        let mut entries = config.auths.entries(host);
        if let Some(helper) = self.helper(&config, host) {
            let key = CredentialKey::plain(host.clone());
            entries.entries.retain(|entry| entry.key != key);
            if !helper.is_own_program() {
                entries
                    .entries
                    .push(Entry::new(key, SourceKind::Docker, helper.location()));
            }
        }
        Ok(entries)
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        let config = self.config()?;
        let host = entry
            .key
            .host()
            .authority()
            .filter(|_| entry.key.is_plain());
        let Some(helper) = host.and_then(|host| self.helper(&config, host)) else {
            return Ok(config.auths.credential(&entry.key).cloned());
        };
        let found = helper.get_any(&host.map(spellings).unwrap_or_default())?;
        // Helpers cannot keep a registry token; docker takes it from the file (native_store.go).
        Ok(found.or_else(|| config.auths.registry_token(&entry.key).cloned()))
    }
}
