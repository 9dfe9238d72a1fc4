use std::borrow::Borrow;
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
    kind: Kind,
}

/// What items can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// In the kernel's keyrings there is no search.
    #[cfg(target_os = "linux")]
    Kernel,
    /// All attributes at once, in as many messages as the name of the key alone.
    #[cfg(all(unix, not(target_os = "macos")))]
    SecretService,
    /// A search, and what is common to all stores.
    Other,
}

/// An item that a search found: the text of its key, and where more of it is asked for.
pub(crate) struct FoundItem {
    pub(crate) key: String,
    entry: Entry,
    /// What it says about itself, where that came with the key.
    about: Option<Zeroizing<String>>,
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
            kind: Kind::Other,
        }
    }

    /// The items that the Secret Service has.
    #[cfg(all(unix, not(target_os = "macos")))]
    pub(crate) fn of_secret_service(store: Arc<CredentialStore>) -> Self {
        Self {
            store,
            kind: Kind::SecretService,
        }
    }

    /// The items in the kernel's keyrings.
    #[cfg(target_os = "linux")]
    pub(crate) fn keyutils(store: Arc<CredentialStore>) -> Self {
        Self {
            store,
            kind: Kind::Kernel,
        }
    }
}

/// Access
impl Items {
    /// Every item, of those keys that satisfy a test.
    pub(crate) fn list(&self, wanted: impl Fn(&str) -> bool) -> Result<Vec<Item>> {
        let found = self.find_all()?.into_iter();
        describe(found.filter(|found| wanted(&found.key)))
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
        let entries = match self.kind {
            #[cfg(target_os = "linux")]
            Kind::Kernel => vec![self.store.build(SERVICE, key, None)?],
            // Secret Service searches by any attribute; elsewhere everything of ours is looked at.
            _ if cfg!(all(unix, not(target_os = "macos"))) => {
                let wanted = HashMap::from([("service", SERVICE), ("username", key)]);
                self.store.search(&wanted)?
            }
            _ => {
                let held = self.find_all()?.into_iter();
                held.filter_map(|found| (found.key == key).then_some(found.entry))
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

    /// Every item by its key. Of one that is not wanted nothing more is asked for.
    pub(crate) fn find_all(&self) -> Result<Vec<FoundItem>> {
        let name = match self.kind {
            #[cfg(target_os = "linux")]
            Kind::Kernel => return self.find_in_kernel(),
            #[cfg(all(unix, not(target_os = "macos")))]
            Kind::SecretService => name_by_attributes,
            Kind::Other => name_by_specifiers,
        };
        let entries = self.store.search(&HashMap::from([("service", SERVICE)]))?;
        let named = entries.into_iter().map(name);
        named.filter_map(Result::transpose).collect()
    }

    /// The store crate cannot list; the kernel can. Its descriptions are `keyring:KEY@portunus`.
    #[cfg(target_os = "linux")]
    fn find_in_kernel(&self) -> Result<Vec<FoundItem>> {
        use linux_keyutils::{KeyRing, KeyRingIdentifier};
        const MOST: usize = 4096;
        let failed = |error: linux_keyutils::KeyError| Error::PlatformFailure(error.into());
        let ring = KeyRing::get_persistent(KeyRingIdentifier::Session).map_err(failed)?;
        let mut found = Vec::new();
        for link in ring.get_links(MOST).map_err(failed)?.iter() {
            // A key that expires meanwhile is gone.
            let Some(Ok(metadata)) = link.as_key().map(|key| key.metadata()) else {
                continue;
            };
            let description = metadata.get_description();
            let key = description.strip_prefix("keyring:");
            if let Some(key) = key.and_then(|rest| rest.strip_suffix("@portunus")) {
                let entry = self.store.build(SERVICE, key, None)?;
                found.push(FoundItem {
                    key: key.to_owned(),
                    entry,
                    about: None,
                });
            }
        }
        Ok(found)
    }
}

/// What items say about themselves, in the order of their keys; those that are not ours, or gone, are
/// left out.
pub(crate) fn describe(
    found: impl IntoIterator<Item = impl Borrow<FoundItem>>,
) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    for found in found {
        let FoundItem { key, entry, about } = found.borrow();
        let about = about
            .clone()
            .map_or_else(|| read_about(entry), |it| Ok(Some(it)));
        match about {
            Ok(Some(about)) => items.push(Item {
                key: key.clone(),
                about,
            }),
            Ok(None) | Err(Error::NoEntry) => {}
            Err(error) => return Err(error),
        }
    }
    items.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(items)
}

#[expect(clippy::unnecessary_wraps, reason = "as the other")]
fn name_by_specifiers(entry: Entry) -> Result<Option<FoundItem>> {
    let specifiers = entry.get_specifiers();
    Ok(specifiers.map(|(_, key)| FoundItem {
        key,
        entry,
        about: None,
    }))
}

/// `None` where it is gone meanwhile.
#[cfg(all(unix, not(target_os = "macos")))]
fn name_by_attributes(entry: Entry) -> Result<Option<FoundItem>> {
    let mut attributes = match entry.get_attributes() {
        Err(Error::NoEntry) => return Ok(None),
        attributes => attributes?,
    };
    let key = attributes.remove("username");
    Ok(key.map(|key| FoundItem {
        key,
        entry,
        about: attributes.remove(ABOUT).map(Zeroizing::new),
    }))
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
