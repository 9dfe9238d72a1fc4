use std::sync::Arc;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::store::{Entry, Provenance, SourceError, Store, StoreWarning, Stored};

/// The store a login goes to, and what else has to be done for it to be found there.
#[derive(Debug)]
pub(crate) struct ChosenStore {
    store: Arc<dyn Store>,
    otherwise: Option<Arc<dyn Store>>,
    replacing: Vec<Arc<dyn Store>>,
    note: Option<String>,
}

/// Initialization
impl ChosenStore {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            otherwise: None,
            replacing: Vec::new(),
            note: None,
        }
    }

    /// The same with a store to use where the first one cannot be used.
    pub(crate) fn with_fallback(mut self, store: Arc<dyn Store>) -> Self {
        self.otherwise = Some(store);
        self
    }

    /// The same with the stores that are asked before this one: an older login for the same key
    /// there would hide the new one.
    pub(crate) fn with_replaced(mut self, stores: Vec<Arc<dyn Store>>) -> Self {
        self.replacing = stores;
        self
    }

    /// The same with something to tell the user.
    pub(crate) fn with_note(mut self, note: String) -> Self {
        self.note = Some(note);
        self
    }
}

impl ChosenStore {
    /// Stores a credential.
    ///
    /// # Errors
    /// Where no store takes it.
    pub(crate) fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<Stored, SourceError> {
        let older = self.find_older(key);
        let error = match self.store.put(key, credential, provenance) {
            Ok(mut stored) => {
                let told = remove_older(key, older).into_iter();
                stored.warnings.extend(told.map(StoreWarning::Other));
                let note = self.note.clone();
                stored.warnings.extend(note.map(StoreWarning::Other));
                return Ok(stored);
            }
            Err(error) => error,
        };
        let Some(otherwise) = &self.otherwise else {
            return Err(error);
        };
        // Whose login is there already was told.
        let is_known = find_entry(otherwise, key).is_ok_and(|held| held.is_some());
        let mut stored = otherwise.put(key, credential, provenance)?;
        if !is_known {
            stored.warnings.push(StoreWarning::Other(format!(
                "{error}; the secret is in {} instead, unencrypted and readable by you only \
                 (choose with --store or PORTUNUS_STORE)",
                stored.location
            )));
        }
        Ok(stored)
    }

    /// What the stores that are asked first hold for this key.
    fn find_older(&self, key: &CredentialKey) -> Vec<(&Arc<dyn Store>, Lookup)> {
        let stores = self.replacing.iter();
        stores
            .map(|store| (store, find_entry(store, key)))
            .collect()
    }
}

/// What a store holds for a key.
type Lookup = Result<Option<Entry>, SourceError>;

fn find_entry(store: &Arc<dyn Store>, key: &CredentialKey) -> Lookup {
    let listed = store.list()?;
    Ok(listed.entries.into_iter().find(|entry| entry.key == *key))
}

/// Removes what was there before. What is new there stays: a helper may have handed the login
/// back to us.
fn remove_older(key: &CredentialKey, older: Vec<(&Arc<dyn Store>, Lookup)>) -> Vec<String> {
    let mut told = Vec::new();
    for (store, before) in older {
        let outcome = match before {
            Ok(None) => continue,
            Ok(before) => find_entry(store, key).and_then(|now| match now == before {
                true => store.remove(key),
                false => Ok(Vec::new()),
            }),
            Err(error) => Err(error),
        };
        match outcome {
            Ok(removed) => told.extend(removed.iter().map(|entry| {
                let location = &entry.location;
                format!("{location}: the older login for `{key}` was removed from there")
            })),
            Err(error) => told.push(format!(
                "{error}; an older login for `{key}` may still be there, and come first"
            )),
        }
    }
    told
}
