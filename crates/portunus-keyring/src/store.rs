use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use portunus::credential::Credential;
use portunus::name::{Authority, CredentialKey};
use portunus::remedy::Remedy;
use portunus::store::{
    Entries, Entry, Provenance, Rotation, Snapshot, Source, SourceError, SourceName, Store, Stored,
    record,
};

use crate::backend::Backend;
use crate::failure::Problem;
use crate::items::{FoundItem, Item, Items, describe};
use crate::worker::Worker;

/// How long a keyring may take where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5);

/// What helps where it is read: it is read wherever logins are stored.
const UNLOCK: Remedy =
    Remedy::Advice("unlock the keyring, or see why the service that keeps it does not answer");

/// A keyring as a credential store. Nothing is opened before the first call.
#[derive(Debug)]
pub struct KeyringStore {
    location: &'static str,
    patience: Duration,
    optional: bool,
    backend: Backend,
    /// Started with the first call.
    worker: Mutex<Option<Worker>>,
}

/// Initialization
impl KeyringStore {
    /// The keyring of the platform's desktop: Secret Service, Keychain, Credential Manager.
    pub fn native() -> Self {
        Self::of(Backend::Native)
    }

    /// The Linux kernel's keyring, which needs no desktop and forgets everything at reboot, after
    /// three days without use, and what does not fit into 20,000 bytes.
    #[cfg(target_os = "linux")]
    pub fn keyutils() -> Self {
        Self::of(Backend::Keyutils)
    }

    /// A keyring that the embedding program opened. It must be able to search by `service`.
    pub fn of_store(store: Arc<keyring_core::CredentialStore>) -> Self {
        Self::of(Backend::Given(store))
    }

    /// The same with another limit than 5 seconds for one call.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same for reading on machines that may have no keyring: where there is no D-Bus session,
    /// or no keyring service in it, it holds nothing. A locked keyring is still a failure.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    fn of(backend: Backend) -> Self {
        Self {
            location: backend.location(),
            patience: PATIENCE,
            optional: false,
            backend,
            worker: Mutex::default(),
        }
    }
}

/// Access
impl KeyringStore {
    fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&Items) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = worker.get_or_insert_with(|| Worker::start(self.backend.clone()));
        worker.call(self.patience, call)
    }

    /// As [`Self::call`]; where there may be no keyring, none gives the default.
    fn read<T: Default + Send + 'static>(
        &self,
        call: impl FnOnce(&Items) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, SourceError> {
        if self.optional && self.backend.is_absent() {
            return Ok(T::default());
        }
        match self.call(call) {
            Err(problem) if problem.absent && self.optional => Ok(T::default()),
            outcome => outcome.map_err(|problem| self.to_source_error(problem)),
        }
    }

    fn error(&self, problem: impl Into<String>) -> SourceError {
        SourceError::new(SourceName::KEYRING, self.location, problem).with_remedy(UNLOCK)
    }

    fn to_source_error(&self, problem: Problem) -> SourceError {
        let error = self.error(problem.text).with_kind(problem.kind);
        match problem.absent {
            true => error.with_remedy(Remedy::OtherThanKeyring),
            false => error,
        }
    }

    /// The entries of those keys that satisfy a test.
    fn list_where(
        &self,
        wanted: impl Fn(&CredentialKey) -> bool + Send + 'static,
    ) -> Result<Entries, SourceError> {
        let is_wanted = move |text: &str| text.parse().is_ok_and(|key| wanted(&key));
        let items = self.read(move |items| items.list(is_wanted))?;
        Ok(self.entries_of(&items).into())
    }

    fn entries_of(&self, items: &[Item]) -> Vec<Entry> {
        let entries = items.iter().filter_map(|item| self.entry(item));
        entries.collect()
    }

    fn entry(&self, item: &Item) -> Option<Entry> {
        let mut entry = Entry::new(item.key.parse().ok()?, SourceName::KEYRING, self.location);
        record::describe(&mut entry, &item.about).then_some(entry)
    }
}

impl Source for KeyringStore {
    fn name(&self) -> SourceName {
        SourceName::KEYRING
    }

    fn entries(&self, host: &Authority) -> Result<Entries, SourceError> {
        let host = host.clone();
        self.list_where(move |key| key.covers_host(&host))
    }

    /// Which keys there are, found by one search: the keyring is asked about no host that it has
    /// nothing for.
    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, SourceError> {
        let found = self.read(Items::find_all)?.into_iter();
        let keyed = found.filter_map(|found| Some((found.key.parse().ok()?, Arc::new(found))));
        Ok(Some(Box::new(HeldItems {
            keyring: self,
            found: keyed.collect(),
        })))
    }

    fn credential(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        let key = entry.key.to_string();
        let Some(text) = self.read(move |items| items.get(&key))? else {
            return Ok(None);
        };
        match record::from_text(&text) {
            Some((credential, _)) => Ok(Some(credential)),
            None => Err(self.error(format!("what it holds for `{}` is damaged", entry.key))),
        }
    }

    fn reread(&self, entry: &Entry) -> Result<Option<Credential>, SourceError> {
        self.credential(entry)
    }

    /// A keyring has no lock that others could take: it is read again just before it is written.
    fn rotate(
        &self,
        entry: &Entry,
        replaced: &[Credential],
        new: &Credential,
    ) -> Result<Rotation, SourceError> {
        let key = entry.key.to_string();
        let text = self.read(move |items| items.get(&key))?;
        match text.and_then(|text| record::from_text(&text)) {
            Some((held, provenance)) if replaced.contains(&held) => {
                self.put(&entry.key, new, &provenance)?;
                Ok(Rotation::Written)
            }
            _ => Ok(Rotation::Changed),
        }
    }
}

/// The items that a keyring has at one moment.
struct HeldItems<'a> {
    keyring: &'a KeyringStore,
    found: Vec<(CredentialKey, Arc<FoundItem>)>,
}

impl Snapshot for HeldItems<'_> {
    fn entries(&self, host: &Authority) -> Result<Vec<Entry>, SourceError> {
        let of_host = self.found.iter().filter(|(key, _)| key.covers_host(host));
        let found: Vec<_> = of_host.map(|(_, found)| Arc::clone(found)).collect();
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let items = self.keyring.read(move |_| describe(found))?;
        Ok(self.keyring.entries_of(&items))
    }
}

impl Store for KeyringStore {
    fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        let key = key.to_string();
        let text = record::to_text(credential, provenance);
        let about = record::about(credential, provenance);
        let outcome = self.call(move |items| items.set(&key, &text, &about));
        outcome.map_err(|problem| {
            let error = self.to_source_error(problem);
            error.with_remedy(Remedy::OtherThanKeyring)
        })?;
        Ok(Stored::at(self.location))
    }

    fn remove(&self, key: &CredentialKey) -> Result<Vec<Entry>, SourceError> {
        let key = key.to_string();
        let removed = self.read(move |items| items.remove(&key))?;
        Ok(self.entries_of(removed.as_slice()))
    }

    fn list(&self) -> Result<Entries, SourceError> {
        self.list_where(|_| true)
    }
}
