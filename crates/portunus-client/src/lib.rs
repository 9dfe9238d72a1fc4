//! How does another program find what `portunus login` stored, and do what `portunus` does?
//!
//! This is the product without a terminal: what a machine is set to, where its credentials are and
//! in which order they are looked for, which host a login means and where it is kept, how an image
//! comes here over HTTP or through containerd. [`Settings`] is the way in: given the same
//! environment, whoever links this finds what the program stored, since the program asks here, too.
//!
//! ```no_run
#![doc = include_str!("../examples/machine_plan.rs")]
//! ```
//!
//! A program of one's own with `login` and everything about registries in its own tree of commands:
//!
//! ```no_run
#![doc = include_str!("../examples/own_cli.rs")]
//! ```
//!
//! A store and an HTTP client of one's own are in `examples/own_store_and_client.rs`.
//!
//! Nothing here parses arguments, asks a person, or writes to a terminal. What went wrong is a
//! [`ClientError`], and what to do about it is data ([`portunus::remedy`]); a program says both in
//! the words of its own commands.
//!
//! Functions block until they are done, as those of the core do: in a program with an asynchronous
//! runtime they are called where blocking is allowed.
//!
//! Features: `containerd` pulls and pushes through a daemon (needs protoc), `keyring` keeps logins
//! in the operating system's keyring (needs D-Bus on Linux). Without them it needs neither.

pub mod check;
#[cfg(feature = "containerd")]
pub mod containerd;
pub mod credential_helper;
#[cfg(doc)]
pub mod design;
pub mod docker_builder;
pub mod docker_folder;
mod environment;
pub mod error;
pub mod events;
pub mod export;
pub mod http;
mod known_names;
pub mod kubernetes;
mod list;
pub mod login;
pub mod logout;
mod named_helper;
mod observer;
#[cfg(feature = "containerd")]
mod prepared_warning;
pub mod profiles;
mod push_target;
pub mod resolve;
#[cfg(feature = "containerd")]
mod runtime_folder;
mod setting_source;
pub mod settings;
mod store_choice;
pub mod stores;
mod transfer;

pub use check::{CheckRequest, check};
pub use environment::{Environment, NotText};
pub use error::ClientError;
pub use list::{ListRequest, list};
pub use login::{LoginReport, LoginRequest, LoginTarget, log_in};
pub use logout::log_out;
pub use observer::{Awaited, ClientEvent, ClientObserver};
pub use push_target::find_push_mirror;
pub use resolve::{ResolveRequest, Resolved, probe, resolve};
pub use settings::Settings;
pub use settings::overrides::Overrides;
pub use store_choice::{StoreChoice, UnknownStore};
pub use transfer::ImageTransfer;

pub use portunus::name::ImageReference;
pub use portunus::resolve::Operation;
