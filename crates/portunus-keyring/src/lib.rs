//! The operating system's keyring as a portunus credential store.
