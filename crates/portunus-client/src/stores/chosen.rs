use std::sync::Arc;

use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::store::{Entry, Provenance, SourceError, Store};

use crate::store_choice::StoreChoice;
use crate::stores::stored_login::{StoredLogin, StoringWarning};

/// The store a login goes to, and what else has to be done for it to be found there.
#[derive(Debug)]
pub struct ChosenStore {
    store: Arc<dyn Store>,
    otherwise: Option<Arc<dyn Store>>,
    replacing: Vec<Arc<dyn Store>>,
    only_where_chosen: Option<StoreChoice>,
}

/// Initialization
impl ChosenStore {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            otherwise: None,
            replacing: Vec::new(),
            only_where_chosen: None,
        }
    }

    /// The same with a store to use where the first one cannot be used.
    pub(super) fn with_fallback(mut self, store: Arc<dyn Store>) -> Self {
        self.otherwise = Some(store);
        self
    }

    /// The same with the stores that are asked before this one: an older login for the same key
    /// there would hide the new one.
    pub(super) fn with_replaced(mut self, stores: Vec<Arc<dyn Store>>) -> Self {
        self.replacing = stores;
        self
    }

    /// The same where it is looked for there only if this store is chosen for good.
    pub(super) fn only_where_chosen(mut self, choice: StoreChoice) -> Self {
        self.only_where_chosen = Some(choice);
        self
    }
}

impl ChosenStore {
    /// Stores a credential.
    ///
    /// # Errors
    /// Where no store takes it.
    pub fn put(
        &self,
        key: &CredentialKey,
        credential: &Credential,
        provenance: &Provenance,
    ) -> Result<StoredLogin, SourceError> {
        let older = self.find_older(key);
        let error = match self.store.put(key, credential, provenance) {
            Ok(stored) => {
                let warnings = stored.warnings.into_iter().map(StoringWarning::Store);
                let chosen = self.only_where_chosen.clone();
                return Ok(StoredLogin {
                    location: stored.location,
                    warnings: warnings
                        .chain(remove_older(key, older))
                        .chain(chosen.map(StoringWarning::OnlyWhereChosen))
                        .collect(),
                });
            }
            Err(error) => error,
        };
        let Some(otherwise) = &self.otherwise else {
            return Err(error);
        };
        // Whose login is there already was told.
        let is_known = find_entry(otherwise, key).is_ok_and(|held| held.is_some());
        let stored = otherwise.put(key, credential, provenance)?;
        let location = stored.location.clone();
        let fell_back = (!is_known).then_some(StoringWarning::FellBack { error, location });
        let warnings = stored.warnings.into_iter().map(StoringWarning::Store);
        Ok(StoredLogin {
            location: stored.location,
            warnings: warnings.chain(fell_back).collect(),
        })
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
fn remove_older(key: &CredentialKey, older: Vec<(&Arc<dyn Store>, Lookup)>) -> Vec<StoringWarning> {
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
        let key = key.clone();
        match outcome {
            Ok(removed) => told.extend(removed.into_iter().map(|entry| {
                let location = entry.location;
                let key = key.clone();
                StoringWarning::RemovedOlder { location, key }
            })),
            Err(error) => told.push(StoringWarning::OlderMayStay { error, key }),
        }
    }
    told
}
