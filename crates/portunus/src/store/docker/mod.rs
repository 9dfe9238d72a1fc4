//! Docker's `config.json`, and files in its format.

mod auth;
mod auths;
mod auths_reader;
mod config;
mod dialect;
mod environment;
mod file;
mod helpers;
pub mod key;
mod kubelet_key;
pub(super) mod secret;
mod store;
mod unusable;

use std::path::{Path, PathBuf};

pub use auth::entry_text;
pub(crate) use auths::Auths;
pub use environment::DockerAuthVariable;
pub use file::AuthContents;
pub(crate) use file::AuthFile;
pub(crate) use key::{credential_key, spellings, write_key};

use super::entry::Entry;
use super::error::SourceError;
use super::helper::HelperPrograms;
use super::hold::Hold;
use super::snapshot::Snapshot;
use super::source::{Entries, Rotation, Source};
use super::source_name::SourceName;
use crate::credential::Credential;
use crate::name::Authority;

/// Docker's `config.json` and the helpers it configures.
///
/// Where `credHelpers` or `credsStore` names a helper for a host, the helper replaces the file
/// for that host; an empty name turns a helper off. A helper's entry is given without asking it:
/// it is started when the secret is fetched.
#[derive(Debug)]
pub struct DockerConfig {
    file: AuthFile,
}

/// Initialization
impl DockerConfig {
    /// The file at `path`, which need not exist: `$DOCKER_CONFIG/config.json`, else
    /// `$HOME/.docker/config.json`.
    pub fn new(path: impl Into<PathBuf>, programs: HelperPrograms) -> Self {
        Self {
            file: AuthFile::docker(path, programs),
        }
    }
}

/// Access
impl DockerConfig {
    /// The path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// What stands in the file, without its helpers being asked.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn contents(&self) -> Result<AuthContents, SourceError> {
        self.file.contents()
    }

    /// Whether the file names portunus itself as the helper of a host: then the login is in our
    /// own stores, and is to be put there.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn names_portunus(&self, host: &Authority) -> Result<bool, SourceError> {
        let config = self.file.config()?;
        let helper = self.file.helper(&config, host);
        Ok(helper.is_some_and(|helper| helper.is_own_program()))
    }
}

impl Source for DockerConfig {
    fn name(&self) -> SourceName {
        SourceName::DOCKER
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        self.file.entries(host)
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, SourceError> {
        Ok(Some(Box::new(self.file.held()?)))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.file.credential(entry)
    }

    fn reread(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.file.reread(entry)
    }

    fn hold(&self, entry: &Entry) -> Option<Hold> {
        self.file.hold(entry)
    }

    fn rotate(
        &self,
        entry: &Entry,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        self.put_in_place_of(&entry.key, replaced, new)
    }
}
