use super::auths::Auths;
use crate::credential::Credential;
use crate::name::Authority;
use crate::store::json::Document;
use crate::store::origin::Origin;
use crate::store::{Entries, Entry, Source, SourceError, SourceKind};

/// The value of `DOCKER_AUTH_CONFIG`: `{"auths": {…}}` in docker's format.
#[derive(Debug)]
pub struct DockerAuthVariable {
    auths: Result<Auths, SourceError>,
}

impl DockerAuthVariable {
    /// Reads the value of the variable; an empty one holds nothing.
    pub fn new(value: &str) -> Self {
        let origin = Origin::new(SourceKind::Environment, "DOCKER_AUTH_CONFIG");
        Self {
            auths: read(&origin, value),
        }
    }

    fn auths(&self) -> Result<&Auths, SourceError> {
        self.auths.as_ref().map_err(Clone::clone)
    }
}

fn read(origin: &Origin, value: &str) -> Result<Auths, SourceError> {
    if matches!(value.trim_ascii(), "" | "null") {
        return Ok(Auths::default());
    }
    let document = Document::new(value);
    let root = document
        .only_root()
        .map_err(|problem| origin.error_at(&problem))?;
    Auths::read(origin, document, &root)
}

impl Source for DockerAuthVariable {
    fn kind(&self) -> SourceKind {
        SourceKind::Environment
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok(self.auths()?.entries(host))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        Ok(self.auths()?.credential(&entry.key).cloned())
    }
}
