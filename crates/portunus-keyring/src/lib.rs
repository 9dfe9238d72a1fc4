//! Where can a login be kept that no file should hold? In the operating system's keyring: here it
//! is a credential store of [`portunus`].
//!
//! ```no_run
//! use portunus::credential::Credential;
//! use portunus::store::{Provenance, Source, Store};
//! use portunus_keyring::KeyringStore;
//!
//! let keyring = KeyringStore::native();
//! let key = "mirror.test:5000?ns=docker.io".parse()?;
//! keyring.put(&key, &Credential::password("alice", "wonder"), &Provenance::default())?;
//! for entry in keyring.list()?.entries {
//!     println!("{} {:?}", entry.key, keyring.credential(&entry)?);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | target | keyring |
//! |---|---|
//! | Linux and BSD | Secret Service over D-Bus (GNOME Keyring, KWallet, KeePassXC), by [`KeyringStore::native`] |
//! | Linux | the kernel's keyutils, only by [`KeyringStore::keyutils`]: it forgets everything at reboot |
//! | macOS, Windows | Keychain, Credential Manager, by [`KeyringStore::native`]; enabled, and untested |
//!
//! An item has the service `portunus`, the canonical text of the credential key as its user, and
//! a small JSON text with user name, secret and provenance as its secret. Where the keyring has
//! attributes, `portunus` holds the same text without the secret, so that entries can be listed.
//!
//! Built on `keyring-core` and its store crates, which are what the `keyring` crate itself is
//! made of. That crate's own layer is not used: it makes its store the default of the whole
//! process, over one that the embedding program may have set, keeps a failed start for ever, and
//! can neither list nor choose. Here a store is an object, and nothing is global.
//!
//! Every call runs on a thread of the store's own with a deadline, because a locked keyring may
//! wait for somebody to answer a dialog. The Secret Service is found through
//! `DBUS_SESSION_BUS_ADDRESS` and `XDG_RUNTIME_DIR` of the process: its client reads them itself.

mod backend;
mod failure;
mod items;
#[cfg(all(unix, not(target_os = "macos")))]
mod session_bus;
mod store;
mod worker;

pub use store::KeyringStore;
