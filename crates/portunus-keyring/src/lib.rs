//! The operating system's keyring as a portunus credential store.
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
mod store;
mod worker;

pub use store::KeyringStore;
