//! The product without a terminal: what a machine is set to, where its credentials are, which host
//! a login means. Nothing here imports an argument, a stream or a command; what a failure tells the
//! person to run is text still.

#[cfg(feature = "containerd")]
pub(crate) mod containerd;
pub(crate) mod environment;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod http;
pub(crate) mod list;
pub(crate) mod login;
pub(crate) mod logout;
#[cfg(feature = "containerd")]
pub(crate) mod runtime_folder;
pub(crate) mod settings;
pub(crate) mod store_choice;
pub(crate) mod stores;
pub(crate) mod transfer;
