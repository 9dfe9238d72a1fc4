use std::sync::{Mutex, MutexGuard, PoisonError};

use super::entry::{Entry, Provenance};
use super::error::SourceError;
use super::source::{Entries, Rotation, Source, Store, Stored};
use super::source_name::SourceName;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};

const LOCATION: &str = "memory";

/// Credentials that live as long as the process: what the command line names, and tests.
#[derive(Debug)]
pub struct MemoryStore {
    name: SourceName,
    entries: Mutex<Vec<(Entry, Credential)>>,
}

impl MemoryStore {
    /// An empty store that is called so.
    pub fn new(name: SourceName) -> Self {
        Self {
            name,
            entries: Mutex::default(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(Entry, Credential)>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source for MemoryStore {
    fn name(&self) -> SourceName {
        self.name
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        let covering = |(entry, _): &&(Entry, Credential)| entry.key.covers_host(host);
        let entries = self
            .lock()
            .iter()
            .filter(covering)
            .map(|(entry, _)| entry.clone())
            .collect();
        Ok(Entries {
            entries,
            warnings: Vec::new(),
        })
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        let found = self
            .lock()
            .iter()
            .find(|(held, _)| held.key == entry.key)
            .cloned();
        Ok(found.map(|(_, credential)| credential))
    }

    fn reread(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.credential(entry)
    }

    fn rotate(
        &self,
        entry: &Entry,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        let mut entries = self.lock();
        let mut held = entries.iter_mut().filter(|(held, _)| held.key == entry.key);
        match held.find(|(_, credential)| replaced.contains(credential)) {
            Some((_, credential)) => {
                credential.clone_from(new);
                Ok(Rotation::Written)
            }
            None => Ok(Rotation::Changed),
        }
    }
}

impl Store for MemoryStore {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        let mut entry = Entry::new(key.clone(), self.name, LOCATION);
        entry.username = credential.username().map(str::to_owned);
        entry.kind = Some(credential.kind());
        entry.provenance = provenance.clone();
        let mut entries = self.lock();
        entries.retain(|(held, _)| held.key != *key);
        entries.push((entry, credential.clone()));
        Ok(Stored::at(LOCATION))
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        let mut entries = self.lock();
        Ok(entries
            .extract_if(.., |(held, _)| held.key == *key)
            .map(|(entry, _)| entry)
            .collect())
    }

    fn list(&self) -> Result<Entries, SourceError> {
        let entries = self.lock().iter().map(|(entry, _)| entry.clone()).collect();
        Ok(Entries {
            entries,
            warnings: Vec::new(),
        })
    }
}
