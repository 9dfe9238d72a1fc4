use super::auths::Auths;
use super::auths_reader::AuthsReader;
use super::dialect::Dialect;
use crate::credential::Credential;
use crate::name::Authority;
use crate::store::entry::Entry;
use crate::store::error::SourceError;
use crate::store::json::{Document, JsonProblem, Member, Object};
use crate::store::snapshot::Snapshot;
use crate::store::source::{Entries, Source};
use crate::store::source_label::SourceLabel;
use crate::store::source_name::SourceName;
use containerd_hosts::Secret;

/// The value of `DOCKER_AUTH_CONFIG`: `{"auths": {"HOST": {"auth": "…"}}}` and nothing else.
///
/// As with docker, one thing that does not belong there makes the whole variable void
/// (`cli/config/configfile/file.go`); here that is a failure of this source.
#[derive(Debug)]
pub struct DockerAuthVariable {
    auths: Result<Auths, SourceError>,
}

impl DockerAuthVariable {
    /// Reads the value of the variable; an empty one holds nothing.
    pub fn new(value: &str) -> Self {
        let label = SourceLabel::new(SourceName::ENVIRONMENT, "DOCKER_AUTH_CONFIG");
        Self {
            auths: read(&label, value),
        }
    }

    /// Everything in it.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn list(&self) -> Result<Entries, SourceError> {
        Ok(self.auths()?.all())
    }

    fn auths(&self) -> Result<&Auths, SourceError> {
        self.auths.as_ref().map_err(Clone::clone)
    }
}

fn read(label: &SourceLabel, value: &str) -> Result<Auths, SourceError> {
    if matches!(value.trim_ascii(), "" | "null") {
        return Ok(Auths::empty(label));
    }
    let document = &Document::new(value);
    let at = |problem| label.error_at(&problem);
    let root = document.only_root().map_err(at)?;
    only(document, &root, "auths").map_err(at)?;
    for section in root.named_in_any_case("auths") {
        if document.is_null(&section) {
            continue;
        }
        let object = document.object(&section, "`auths`").map_err(at)?;
        for member in object.members() {
            let entry = document.object(&member, "the entry").map_err(at)?;
            only(document, &entry, "auth").map_err(at)?;
            if entry.is_empty() {
                return Err(at(document.problem(entry.place.start, "`auth` is missing")));
            }
        }
    }
    let mut reader = AuthsReader::new(label, document, Dialect::Docker);
    reader.sections(&root)?;
    if let Some(broken) = reader.first_broken() {
        return Err(broken.clone());
    }
    reader.pass_over_empty(|_| false);
    Ok(reader.finish(Secret::new(value)))
}

/// Refuses other fields than `name`.
fn only(document: &Document<'_>, object: &Object<'_>, name: &str) -> Result<(), JsonProblem> {
    let other = |member: &Member<'_>| !member.name().eq_ignore_ascii_case(name);
    match object.members().find(other) {
        Some(member) => {
            let problem = format!("only `{name}` may stand here, so docker ignores the variable");
            Err(document.problem(member.name_place().start, problem))
        }
        None => Ok(()),
    }
}

impl Source for DockerAuthVariable {
    fn name(&self) -> SourceName {
        SourceName::ENVIRONMENT
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok(self.auths()?.entries(host))
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, SourceError> {
        Ok(Some(Box::new(self.auths()?)))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        Ok(self.auths()?.credential(&entry.key))
    }
}
