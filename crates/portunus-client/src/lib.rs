//! How does another program find what `portunus login` stored, and do what `portunus` does?
//!
//! This is the product without a terminal: what a machine is set to, where its credentials are and
//! in which order they are looked for, which host a login means and where it is kept, how an image
//! comes here over HTTP or through containerd. [`Settings`] is the way in: given the same
//! environment, whoever links this finds what the program stored, since the program asks here, too.
//!
//! ```no_run
//! use portunus::name::{ImageReference, Profile};
//! use portunus::resolve::Operation;
//! use portunus_client::{Environment, Overrides, Settings};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let environment = Environment::of_this_process();
//! let settings = Settings::read(&Overrides::default(), &environment)?;
//! let image = ImageReference::parse("docker.io/library/alpine")?;
//! let plan = settings.resolver()?.resolve(&image, Operation::Pull, &settings.profile)?;
//! for attempt in &plan.attempts {
//!     println!("{} sees {:?}", attempt.host.host, attempt.candidates.first());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here parses arguments, asks a person, or writes to a terminal. What went wrong is a
//! [`ClientError`], and what to do about it is data ([`portunus::remedy`]); a program says both in
//! the words of its own commands.
//!
//! Features: `containerd` pulls and pushes through a daemon (needs protoc), `keyring` keeps logins
//! in the operating system's keyring (needs D-Bus on Linux). Without them it needs neither.

#[cfg(feature = "containerd")]
pub mod containerd;
pub mod docker_folder;
mod environment;
pub mod error;
pub mod events;
pub mod http;
mod list;
pub mod login;
pub mod logout;
pub mod profiles;
#[cfg(feature = "containerd")]
mod runtime_folder;
pub mod settings;
mod store_choice;
pub mod stores;
mod transfer;

pub use environment::{Environment, NotText};
pub use error::ClientError;
pub use list::list;
pub use settings::Settings;
pub use settings::overrides::Overrides;
pub use store_choice::{StoreChoice, UnknownStore};
pub use transfer::ImageTransfer;
