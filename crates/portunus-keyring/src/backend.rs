use std::sync::Arc;

use keyring_core::CredentialStore;

use crate::items::Items;

/// Which keyring.
#[derive(Debug, Clone)]
pub(crate) enum Backend {
    /// What the platform's desktop uses.
    Native,
    /// The Linux kernel's.
    #[cfg(target_os = "linux")]
    Keyutils,
    /// One that the embedding program opened.
    Given(Arc<CredentialStore>),
}

impl Backend {
    /// The keyring in words.
    pub(crate) fn location(&self) -> &'static str {
        match self {
            Self::Native if cfg!(target_os = "macos") => "keyring (Keychain)",
            Self::Native if cfg!(windows) => "keyring (Credential Manager)",
            Self::Native => "keyring (Secret Service)",
            #[cfg(target_os = "linux")]
            Self::Keyutils => "keyring (kernel keyutils)",
            Self::Given(_) => "keyring",
        }
    }

    /// Whether it cannot be there, as far as can be told without opening it.
    pub(crate) fn is_absent(&self) -> bool {
        match self {
            #[cfg(all(unix, not(target_os = "macos")))]
            Self::Native => crate::session_bus::is_absent(),
            _ => false,
        }
    }

    /// Opens it. To be called on the thread that is going to use it.
    pub(crate) fn open(&self) -> keyring_core::Result<Items> {
        match self {
            Self::Native => native(),
            #[cfg(target_os = "linux")]
            Self::Keyutils => keyutils(),
            Self::Given(store) => Ok(Items::searchable(Arc::clone(store))),
        }
    }
}

#[cfg(all(unix, not(target_os = "macos")))]
fn native() -> keyring_core::Result<Items> {
    let store = zbus_secret_service_keyring_store::Store::new()?;
    Ok(Items::of_secret_service(store))
}

#[cfg(target_os = "macos")]
fn native() -> keyring_core::Result<Items> {
    let store = apple_native_keyring_store::keychain::Store::new()?;
    Ok(Items::searchable(store))
}

#[cfg(windows)]
fn native() -> keyring_core::Result<Items> {
    let store = windows_native_keyring_store::Store::new()?;
    Ok(Items::searchable(store))
}

#[cfg(target_os = "linux")]
fn keyutils() -> keyring_core::Result<Items> {
    use linux_keyutils::{KeyRing, KeyRingIdentifier};
    // A thread without a session keyring would write into another one than it reads: join first.
    KeyRing::from_special_id(KeyRingIdentifier::Session, true)
        .map_err(|error| keyring_core::Error::NoStorageAccess(error.into()))?;
    Ok(Items::keyutils(linux_keyutils_keyring_store::Store::new()?))
}
