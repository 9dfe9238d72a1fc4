use std::collections::HashSet;
use std::path::Path;

use super::client::HelperClient;
use super::programs::HelperPrograms;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::docker::{credential_key, spellings, write_key};
use crate::store::entry::{Entry, Provenance};
use crate::store::error::SourceError;
use crate::store::location::HelperChoice;
use crate::store::removal::Removal;
use crate::store::source::{Entries, Rotation, Source, Store, Stored};
use crate::store::source_name::SourceName;

/// A `docker-credential-NAME` helper as a store: `--store helper:NAME`.
///
/// Helpers keep plain logins of hosts only: some of them drop what tells scoped keys apart, and
/// would give a mirror's secret to the plain host.
#[derive(Debug)]
pub struct HelperStore {
    client: HelperClient,
}

impl HelperStore {
    /// The helper `docker-credential-NAME`. It is looked for when it is needed.
    pub fn new(name: &str, programs: &HelperPrograms) -> Self {
        Self {
            client: HelperClient::new(SourceName::HELPER, name, HelperChoice::Caller, programs),
        }
    }

    /// The same, which a file names.
    pub(super) fn configured(name: &str, file: &Path, programs: &HelperPrograms) -> Self {
        let chosen_by = HelperChoice::File(file.to_owned());
        Self {
            client: HelperClient::new(SourceName::HELPER, name, chosen_by, programs),
        }
    }

    /// Whether it is portunus itself, which is never started.
    pub(super) fn is_own_program(&self) -> bool {
        self.client.is_own_program()
    }

    pub(super) fn entry(&self, key: CredentialKey) -> Entry {
        Entry::new(key, SourceName::HELPER, self.client.location())
    }

    fn host<'k>(&self, key: &'k CredentialKey) -> Result<&'k Authority, SourceError> {
        let host = key.host().authority().filter(|_| key.is_plain());
        host.ok_or_else(|| {
            let problem = format!("a helper can only keep the plain login of a host, not `{key}`");
            self.client.label().cannot_keep(problem)
        })
    }
}

impl Source for HelperStore {
    fn name(&self) -> SourceName {
        SourceName::HELPER
    }

    /// The plain login of the host, whether the helper has it or not: it is not asked here.
    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        Ok(vec![self.entry(CredentialKey::plain(host.clone()))].into())
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.client.get_any(&spellings(self.host(&entry.key)?))
    }

    fn rotate(
        &self,
        entry: &Entry,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        let host = self.host(&entry.key)?;
        self.client
            .rotate(&spellings(host), &write_key(host), replaced, new)
    }
}

impl Store for HelperStore {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        _provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        self.client
            .replace(&write_key(self.host(key)?), credential)?;
        Ok(Stored::at(self.client.location()))
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        self.remove_all(std::slice::from_ref(key)).complete()
    }

    fn remove_all(&self, keys: &[CredentialKey]) -> Removal {
        let mut outcome = Removal::default();
        for key in keys {
            if let Ok(host) = self.host(key) {
                let entry = self.entry(key.clone());
                outcome.add_all(self.client.remove(&spellings(host), &entry));
            }
        }
        outcome
    }

    fn list(&self) -> Result<Entries, SourceError> {
        let held = self.client.list()?;
        let (mut entries, mut known) = (Vec::new(), HashSet::new());
        for (name, username) in held {
            let key = credential_key(&name).filter(CredentialKey::is_plain);
            if let Some(key) = key.filter(|key| known.insert(key.clone())) {
                let mut entry = self.entry(key);
                entry.username = Some(username);
                entries.push(entry);
            }
        }
        Ok(entries.into())
    }
}
