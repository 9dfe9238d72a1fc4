use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{CredentialStore, Entry, Error, Result};
use portunus::secret::Secret;
use portunus::store::record;
use zeroize::Zeroizing;

const SERVICE: &str = "portunus";
/// The attribute that says what an item holds, without its secret.
const ABOUT: &str = "portunus";

/// The items of an open keyring that are ours.
#[derive(Debug)]
pub(crate) struct Items {
    store: Arc<CredentialStore>,
    kernel: bool,
}

/// An item: the text of its key, and what it says about itself.
pub(crate) struct Item {
    pub(crate) key: String,
    pub(crate) about: Zeroizing<String>,
}

/// Initialization
impl Items {
    /// The items of a keyring that can search.
    pub(crate) fn searchable(store: Arc<CredentialStore>) -> Self {
        Self {
            store,
            kernel: false,
        }
    }

    /// The items in the kernel's keyrings.
    #[cfg(target_os = "linux")]
    pub(crate) fn keyutils(store: Arc<CredentialStore>) -> Self {
        Self {
            store,
            kernel: true,
        }
    }
}

/// Access
impl Items {
    /// Every item, of those keys that satisfy a test.
    pub(crate) fn list(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        for (key, entry) in self.entries()? {
            if !wanted(&key) {
                continue;
            }
            match read_about(&entry) {
                Ok(Some(about)) => items.push(Item { key, about }),
                Ok(None) | Err(Error::NoEntry) => {}
                Err(error) => return Err(error),
            }
        }
        items.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(items)
    }

    /// The text of each key.
    pub(crate) fn keys(&self) -> Result<Vec<String>> {
        let entries = self.entries()?.into_iter();
        Ok(entries.map(|(key, _)| key).collect())
    }

    /// The secret text of an item.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Zeroizing<String>>> {
        match self.find(key)? {
            FoundEntry::Ours(entry) => read_text(&entry),
            FoundEntry::Nothing | FoundEntry::Foreign => Ok(None),
        }
    }

    /// Stores the secret text of an item, in place of the one that was there.
    pub(crate) fn set(&self, key: &str, secret: &Secret, about: &str) -> Result<()> {
        let entry = match self.find(key)? {
            FoundEntry::Ours(entry) => entry,
            FoundEntry::Nothing => self.store.build(SERVICE, key, None)?,
            FoundEntry::Foreign => {
                let problem = "another program keeps something else under this name";
                return Err(Error::Invalid("key".to_owned(), problem.to_owned()));
            }
        };
        entry.set_secret(secret.expose().as_bytes())?;
        match entry.update_attributes(&HashMap::from([(ABOUT, about)])) {
            // Where there are no such attributes, the secret text says it all.
            Ok(()) | Err(Error::NotSupportedByStore(_) | Error::Invalid(..)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes an item; `None` where there is none.
    pub(crate) fn remove(&self, key: &str) -> Result<Option<Item>> {
        let FoundEntry::Ours(entry) = self.find(key)? else {
            return Ok(None);
        };
        let Some(about) = read_about(&entry)? else {
            return Ok(None);
        };
        entry.delete_credential()?;
        Ok(Some(Item {
            key: key.to_owned(),
            about,
        }))
    }

    fn find(&self, key: &str) -> Result<FoundEntry> {
        let entries = match () {
            () if self.kernel => vec![self.store.build(SERVICE, key, None)?],
            // Secret Service searches by any attribute; elsewhere everything of ours is looked at.
            () if cfg!(all(unix, not(target_os = "macos"))) => {
                let wanted = HashMap::from([("service", SERVICE), ("username", key)]);
                self.store.search(&wanted)?
            }
            () => {
                let held = self.entries()?.into_iter();
                held.filter_map(|(held, entry)| (held == key).then_some(entry))
                    .collect()
            }
        };
        let mut found = FoundEntry::Nothing;
        for entry in entries {
            match read_about(&entry) {
                Ok(Some(_)) => return Ok(FoundEntry::Ours(entry)),
                Ok(None) => found = FoundEntry::Foreign,
                Err(Error::NoEntry) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }

    fn entries(&self) -> Result<Vec<(String, Entry)>> {
        #[cfg(target_os = "linux")]
        if self.kernel {
            return self.kernel_entries();
        }
        let found = self.store.search(&HashMap::from([("service", SERVICE)]))?;
        let named = |entry: Entry| Some((entry.get_specifiers()?.1, entry));
        Ok(found.into_iter().filter_map(named).collect())
    }

    /// The store crate cannot list; the kernel can. Its descriptions are `keyring:KEY@portunus`.
    #[cfg(target_os = "linux")]
    fn kernel_entries(&self) -> Result<Vec<(String, Entry)>> {
        use linux_keyutils::{KeyRing, KeyRingIdentifier};
        const MOST: usize = 4096;
        let failed = |error: linux_keyutils::KeyError| Error::PlatformFailure(error.into());
        let ring = KeyRing::get_persistent(KeyRingIdentifier::Session).map_err(failed)?;
        let mut entries = Vec::new();
        for link in ring.get_links(MOST).map_err(failed)?.iter() {
            // A key that expires meanwhile is gone.
            let Some(Ok(metadata)) = link.as_key().map(|key| key.metadata()) else {
                continue;
            };
            let description = metadata.get_description();
            let key = description.strip_prefix("keyring:");
            if let Some(key) = key.and_then(|rest| rest.strip_suffix("@portunus")) {
                entries.push((key.to_owned(), self.store.build(SERVICE, key, None)?));
            }
        }
        Ok(entries)
    }
}

enum FoundEntry {
    Ours(Entry),
    /// Something of another program, not to be touched.
    Foreign,
    Nothing,
}

/// What an item says about itself; `None` where it is not ours.
fn read_about(entry: &Entry) -> Result<Option<Zeroizing<String>>> {
    let attribute = entry.get_attributes()?.remove(ABOUT);
    if let Some(about) = attribute {
        return Ok(Some(Zeroizing::new(about)));
    }
    let text = read_text(entry)?;
    Ok(text.filter(|text| record::from_text(text).is_some()))
}

/// The secret text of an item; `None` where it is no text, so not ours.
fn read_text(entry: &Entry) -> Result<Option<Zeroizing<String>>> {
    let bytes = match entry.get_secret() {
        Ok(bytes) => bytes,
        Err(Error::NoEntry) => return Ok(None),
        Err(error) => return Err(error),
    };
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(Zeroizing::new(text))),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            Ok(None)
        }
    }
}
