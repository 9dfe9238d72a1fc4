use std::path::Path;

use super::hosts::HelperHosts;
use super::programs::HelperPrograms;
use super::store::HelperStore;
use crate::credential::Credential;
use crate::name::{Authority, CredentialKey};
use crate::store::entry::{Entry, Provenance};
use crate::store::error::SourceError;
use crate::store::removal::Removal;
use crate::store::source::{Entries, Rotation, Source, Store, Stored};
use crate::store::source_label::SourceLabel;
use crate::store::source_name::SourceName;

/// Credential helpers, each for hosts of its own, as an operator names them.
///
/// One that is named for a host alone goes before one with a glob, the longer glob before the
/// shorter. No helper is asked for a host that it is not named for.
#[derive(Debug)]
pub struct HelperTable {
    /// The first that covers a host has it.
    rows: Vec<(HelperHosts, HelperStore)>,
    label: SourceLabel,
}

/// Initialization
impl HelperTable {
    /// The helpers that a file names, without `docker-credential-`.
    pub fn new(
        named: impl IntoIterator<Item = (HelperHosts, String)>,
        file: &Path,
        programs: &HelperPrograms,
    ) -> Self {
        let store = |name: String| HelperStore::configured(&name, file, programs);
        let rows = named.into_iter().map(|(hosts, name)| (hosts, store(name)));
        let mut rows: Vec<(HelperHosts, HelperStore)> = rows.collect();
        rows.sort_by_cached_key(|(hosts, _)| hosts.rank());
        Self {
            rows,
            label: SourceLabel::new(SourceName::HELPER, file),
        }
    }
}

/// Access
impl HelperTable {
    /// Whether a helper is named for a host.
    pub fn covers(&self, host: &Authority) -> bool {
        self.helper(host).is_some()
    }

    fn helper(&self, host: &Authority) -> Option<&HelperStore> {
        let (_, helper) = self.rows.iter().find(|(hosts, _)| hosts.cover(host))?;
        (!helper.is_own_program()).then_some(helper)
    }

    fn helper_of(&self, key: &CredentialKey) -> Option<&HelperStore> {
        self.helper(key.host().authority().filter(|_| key.is_plain())?)
    }
}

impl Source for HelperTable {
    fn name(&self) -> SourceName {
        SourceName::HELPER
    }

    /// The plain login of a host that has a helper, whether that has it or not: it is not asked here.
    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        match self.helper(host) {
            Some(helper) => helper.entries(host),
            None => Ok(Entries::default()),
        }
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        match self.helper_of(&entry.key) {
            Some(helper) => helper.credential(entry),
            None => Ok(None),
        }
    }

    fn rotate(
        &self,
        entry: &Entry,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        match self.helper_of(&entry.key) {
            Some(helper) => helper.rotate(entry, replaced, new),
            None => Ok(Rotation::NotKept),
        }
    }
}

impl Store for HelperTable {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        let helper = self.helper_of(key).ok_or_else(|| {
            let problem = format!("no helper is named for `{key}`");
            self.label.cannot_keep(problem)
        })?;
        helper.put(key, credential, provenance)
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        self.remove_all(std::slice::from_ref(key)).complete()
    }

    fn remove_all(&self, keys: &[CredentialKey]) -> Removal {
        let mut outcome = Removal::default();
        for key in keys {
            if let Some(helper) = self.helper_of(key) {
                outcome.add_all(helper.remove_all(std::slice::from_ref(key)));
            }
        }
        outcome
    }

    /// The hosts that have a helper. None is asked: helpers of clouds have an answer for hosts that
    /// they have never heard of.
    fn list(&self) -> Result<Entries, SourceError> {
        let rows = self.rows.iter().filter(|(_, it)| !it.is_own_program());
        let entries = rows.filter_map(|(hosts, helper)| {
            let key = CredentialKey::plain(hosts.pattern()?);
            Some(helper.entry(key))
        });
        Ok(entries.collect::<Vec<Entry>>().into())
    }
}
