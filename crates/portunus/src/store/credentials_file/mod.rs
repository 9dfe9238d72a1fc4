//! Our own file: scoped credentials and what was noted when they were stored.

mod contents;
mod record;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use contents::Contents;

use super::cached::CachedFile;
use super::entry::{Entry, Provenance};
use super::error::{SourceError, SourceErrorKind};
use super::hold::Hold;
use super::json::{JsonProblem, RenderedObject, insert_or_replace, read_held, without};
use super::record::set;
use super::removal::Removal;
use super::secret_file::{SecretFile, SecretText};
use super::snapshot::Snapshot;
use super::source::{Entries, Rotation, Source, Store, Stored};
use super::source_label::SourceLabel;
use super::source_name::SourceName;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::remedy::Remedy;
use crate::writers::refuse_foreign_writers;
use containerd_hosts::Secret;

const SECTION: &str = "credentials";

/// Portunus' own `credentials.json`: any credential key, mode 0600.
///
/// ```json
/// {
///   "version": 1,
///   "credentials": {
///     "mirror.test:5000?ns=docker.io": {
///       "kind": "password",
///       "username": "alice",
///       "secret": "…",
///       "stored_by": "portunus 0.1.0",
///       "stored_at": "2026-11-21T10:00:00Z",
///       "verified_at": "2026-11-21T10:00:00Z",
///       "realm": "https://auth.mirror.test/token",
///       "plain_http": true
///     }
///   }
/// }
/// ```
///
/// Writers take a lock on `credentials.json.lock`, read again, and put a synced new file in place
/// of the old one, so that processes at work at the same time lose nothing and a killed one
/// leaves the old or the new file. Fields it does not know survive. What was read is kept until
/// the file changes, and wiped on drop.
#[derive(Debug)]
pub struct CredentialsFile {
    file: CachedFile<Contents>,
}

/// Initialization
impl CredentialsFile {
    /// The file at `path`, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            file: CachedFile::new(SecretFile::new(path, SourceName::FILE)),
        }
    }
}

/// Access
impl CredentialsFile {
    /// The path.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    fn contents(&self) -> Result<Arc<Contents>, SourceError> {
        let read = |label: &SourceLabel, text| {
            self.refuse_foreign_writers()?;
            Contents::read(label, text)
        };
        self.file.read(read, Contents::empty)
    }

    /// Whoever may write it says which login is ours.
    fn refuse_foreign_writers(&self) -> Result<(), SourceError> {
        refuse_foreign_writers(self.path()).map_err(|foreign| {
            let refused = self.file.label().error(format!("not believed: {foreign}"));
            refused
                .with_kind(SourceErrorKind::Inaccessible)
                .with_remedy(Remedy::KeepOthersOut(foreign))
        })
    }
}

impl Source for CredentialsFile {
    fn name(&self) -> SourceName {
        SourceName::FILE
    }

    fn is_own(&self) -> bool {
        true
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok((*self.contents()?).entries(host))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        Ok(self.contents()?.credential(&entry.key))
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, SourceError> {
        Ok(Some(Box::new(self.contents()?)))
    }

    fn reread(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.file.file().between_writes(|| self.credential(entry))
    }

    fn hold(&self, _: &Entry) -> Option<Hold> {
        self.file.file().hold()
    }

    fn rotate(
        &self,
        entry: &Entry,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        let (key, label) = (&entry.key, self.file.label());
        let updated = self.file.file().update(|text| {
            let contents = Contents::read(label, Secret::new(text))?;
            let held = contents.credential(key);
            if !held.is_some_and(|held| replaced.contains(&held)) {
                return Ok(None);
            }
            let entry = contents.entries_of(std::slice::from_ref(key)).pop();
            let provenance = entry.map(|entry| entry.provenance).unwrap_or_default();
            self.with_entry(text, key, new, &provenance).map(Some)
        })?;
        Ok(Rotation::of(updated.written))
    }
}

impl Store for CredentialsFile {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        let label = self.file.label();
        self.refuse_foreign_writers()?;
        let updated = self.file.file().update(|text| {
            // A file that cannot be read whole is not written to.
            Contents::read(label, Secret::new(text))?;
            let text = if text.trim_ascii().is_empty() {
                "{\n\t\"version\": 1\n}\n"
            } else {
                text
            };
            self.with_entry(text, key, credential, provenance).map(Some)
        })?;
        let mut stored = Stored::at(self.file.label().location.clone());
        stored
            .warnings
            .extend(updated.warn_of_tightened(self.file.file()));
        Ok(stored)
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        self.remove_keys(std::slice::from_ref(key))
    }

    fn remove_all(&self, keys: &[CredentialKey]) -> Removal {
        let mut outcome = Removal::default();
        outcome.add(self.remove_keys(keys));
        outcome
    }

    fn list(&self) -> Result<Entries, SourceError> {
        Ok(self.contents()?.all())
    }
}

impl CredentialsFile {
    fn with_entry(
        &self,
        text: &str,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<SecretText, SourceError> {
        let change = |entry: &mut RenderedObject| set(entry, credential, provenance);
        let changed = replace_entry(text, key, &key.to_string(), &change);
        changed.map_err(|problem| self.file.label().error_at(&problem))
    }

    fn remove_keys(&self, keys: &[CredentialKey]) -> Result<Vec<Entry>, SourceError> {
        let mut removed = Vec::new();
        if self.contents()?.entries_of(keys).is_empty() {
            return Ok(removed);
        }
        let label = self.file.label();
        let wanted: HashSet<&CredentialKey> = keys.iter().collect();
        self.file.file().update(|text| {
            removed = Contents::read(label, Secret::new(text))?.entries_of(keys);
            if removed.is_empty() {
                return Ok(None);
            }
            let is_wanted = |name: &str| {
                name.parse()
                    .is_ok_and(|key: CredentialKey| wanted.contains(&key))
            };
            without(text, SECTION, is_wanted)
                .map(Some)
                .map_err(|problem| label.error_at(&problem))
        })?;
        Ok(removed)
    }
}

/// The text with the entry of a key changed, and without other spellings of the key.
fn replace_entry(
    text: &str,
    key: &CredentialKey,
    name: &str,
    change: &dyn Fn(&mut RenderedObject),
) -> Result<SecretText, JsonProblem> {
    let text = without(text, SECTION, |held| held != name && names(held, key))?;
    let mut entry = read_held(&text, SECTION, name)?;
    change(&mut entry);
    insert_or_replace(&text, SECTION, name, &entry)
}

fn names(name: &str, key: &CredentialKey) -> bool {
    name.parse()
        .is_ok_and(|parsed: CredentialKey| parsed == *key)
}
