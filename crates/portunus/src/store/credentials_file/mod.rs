//! Our own file: scoped credentials and what was noted when they were stored.

mod contents;
mod record;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use contents::Contents;
use record::rendered;

use super::json::{Document, insert_or_replace, remove};
use super::secret_file::{SecretFile, SecretText, Stamp};
use super::{Entries, Entry, Provenance, Source, SourceError, SourceKind, Store, Stored};
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};

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
    file: SecretFile,
    read: Mutex<Option<(Stamp, Arc<Contents>)>>,
}

/// Initialization
impl CredentialsFile {
    /// The file at `path`, which need not exist.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            file: SecretFile::new(path, SourceKind::File),
            read: Mutex::default(),
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
        let mut held = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.file.stamp()?;
        match (&*held, now) {
            (_, None) => {
                *held = None;
                return Ok(Arc::default());
            }
            (Some((stamp, contents)), Some(now)) if *stamp == now => {
                return Ok(Arc::clone(contents));
            }
            _ => {}
        }
        let Some((text, stamp)) = self.file.read()? else {
            return Ok(Arc::default());
        };
        let contents = Arc::new(Contents::read(&self.file, &text)?);
        *held = Some((stamp, Arc::clone(&contents)));
        Ok(contents)
    }
}

impl Source for CredentialsFile {
    fn kind(&self) -> SourceKind {
        SourceKind::File
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok(self.contents()?.entries(host))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        Ok(self.contents()?.credential(&entry.key).cloned())
    }
}

impl Store for CredentialsFile {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        let updated = self.file.update(|text| {
            // A file that cannot be read whole is not written to.
            Contents::read(&self.file, text)?;
            let text = if text.trim_ascii().is_empty() {
                "{\n\t\"version\": 1\n}\n"
            } else {
                text
            };
            let text = without_spellings(&self.file, text, key)?;
            let name = key.to_string();
            let value = rendered(&self.file, &text, &name, credential, provenance)?;
            insert_or_replace(&text, SECTION, &name, &value)
                .map(Some)
                .map_err(|problem| self.file.error_at(&problem))
        })?;
        let mut stored = Stored::at(self.file.location());
        stored.warnings.extend(updated.tightened(&self.file));
        Ok(stored)
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        let mut removed = Vec::new();
        if self.contents()?.credential(key).is_none() {
            return Ok(removed);
        }
        self.file.update(|text| {
            let contents = Contents::read(&self.file, text)?;
            removed = contents.entries_of(key);
            if removed.is_empty() {
                return Ok(None);
            }
            let mut text = SecretText::new(text.to_owned());
            while let Some(shorter) = without_first(&self.file, &text, |name| names(name, key))? {
                text = shorter;
            }
            Ok(Some(text))
        })?;
        Ok(removed)
    }

    fn list(&self) -> Result<Entries, SourceError> {
        Ok(self.contents()?.all())
    }
}

/// The text without other spellings of `key` than the canonical one.
fn without_spellings(
    file: &SecretFile,
    text: &str,
    key: &CredentialKey,
) -> Result<SecretText, SourceError> {
    let canonical = key.to_string();
    let mut text = SecretText::new(text.to_owned());
    let other = |name: &str| name != canonical && names(name, key);
    while let Some(shorter) = without_first(file, &text, other)? {
        text = shorter;
    }
    Ok(text)
}

/// The text without the first credential whose name satisfies a test.
fn without_first(
    file: &SecretFile,
    text: &str,
    test: impl Fn(&str) -> bool,
) -> Result<Option<SecretText>, SourceError> {
    let document = Document::new(text);
    let at = |problem| file.error_at(&problem);
    for section in document.root().map_err(at)?.named(SECTION) {
        let object = document.object(&section.value_place, SECTION).map_err(at)?;
        if let Some(position) = object.members.iter().position(|member| test(&member.name)) {
            return Ok(Some(remove(text, &object, position)));
        }
    }
    Ok(None)
}

fn names(name: &str, key: &CredentialKey) -> bool {
    name.parse()
        .is_ok_and(|parsed: CredentialKey| parsed == *key)
}
