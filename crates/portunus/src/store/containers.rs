use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::cached::CachedFile;
use super::docker::Auths;
use super::json::Document;
use super::origin::Origin;
use super::secret_file::SecretFile;
use super::{Entries, Entry, Source, SourceError, SourceKind};
use crate::credential::Credential;
use crate::name::Authority;

/// Where containers/image looks for logins, in its order (`pkg/docker/config/config.go`).
///
/// Docker's own file, which containers/image looks at after these, is a source of its own.
#[derive(Debug, Clone, Default)]
pub struct ContainersSearch {
    /// `$REGISTRY_AUTH_FILE`, which takes the place of the runtime directory's file.
    pub registry_auth_file: Option<PathBuf>,
    /// `$XDG_RUNTIME_DIR`, else `/run/containers/UID` without `containers` appended.
    pub runtime_directory: Option<PathBuf>,
    /// `$XDG_CONFIG_HOME`, else `$HOME/.config`.
    pub config_home: Option<PathBuf>,
}

impl ContainersSearch {
    /// The files, best first.
    pub fn paths(self) -> Vec<PathBuf> {
        let below = |directory: PathBuf| directory.join("containers/auth.json");
        let first = self
            .registry_auth_file
            .or_else(|| self.runtime_directory.map(below));
        first
            .into_iter()
            .chain(self.config_home.map(below))
            .collect()
    }
}

/// One `auth.json` of podman, skopeo and buildah. Its keys may have a repository path.
#[derive(Debug)]
pub struct ContainersAuth {
    file: CachedFile<Auths>,
}

/// Initialization
impl ContainersAuth {
    /// The file at `path`, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            file: CachedFile::new(SecretFile::new(path, SourceKind::Containers)),
        }
    }
}

/// Access
impl ContainersAuth {
    /// The path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Everything in it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn list(&self) -> Result<Entries, SourceError> {
        Ok(self.auths()?.all())
    }

    fn auths(&self) -> Result<Arc<Auths>, SourceError> {
        self.file.read(read)
    }
}

fn read(origin: &Origin, text: &str) -> Result<Auths, SourceError> {
    if matches!(text.trim_ascii(), "" | "null") {
        return Ok(Auths::default());
    }
    let document = Document::new(text);
    let root = document
        .root()
        .map_err(|problem| origin.error_at(&problem))?;
    Auths::read(origin, document, &root)
}

impl Source for ContainersAuth {
    fn kind(&self) -> SourceKind {
        SourceKind::Containers
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok(self.auths()?.entries(host))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        Ok(self.auths()?.credential(&entry.key).cloned())
    }
}
