//! Does the registry accept it? And who served the image?
//!
//! Talks to registries for [`portunus`]: asks what a host wants to be shown, checks a login, and
//! pulls and pushes along a plan.
//!
//! ```no_run
//! # async fn pull() -> Result<(), Box<dyn std::error::Error>> {
//! use portunus::hosts::HostsTree;
//! use portunus::name::{ImageReference, Profile};
//! use portunus::resolve::{Operation, Resolver};
//! use portunus_http::{Client, NoProgress, OciLayout, Options, PullOptions};
//!
//! let resolver = Resolver::new(HostsTree::new(vec!["/etc/containerd/certs.d".into()]));
//! let image = ImageReference::parse("reg.test/team/app:v1")?;
//! let operation = resolver.prepare(&image, Operation::Pull, &Profile::DEFAULT)?;
//!
//! let client = Client::new(Options::default());
//! let layout = OciLayout::create("app")?;
//! let pulled = client
//!     .pull(&operation, &layout, &PullOptions::default(), &NoProgress)
//!     .await?;
//! println!("{}", pulled.manifest.digest);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Client`] knows of the world what its [`Options`] tell it: no environment is read, no
//! proxy is found, no clock is asked behind the caller's back, and no TLS provider is installed
//! for the process.

mod ask;
mod image;
mod options;
mod outcome;
mod transfer;
mod wire;

pub use ask::choice::{Choice, ChosenAnswer};
pub use ask::choices::{Choices, Chosen};
pub use ask::probe::Probe;
pub use ask::verify::{LoginAnswer, LoginCheck};
pub use image::answer::why_no_manifest;
pub use image::descriptor::Descriptor;
pub use image::layout::OciLayout;
pub use image::layout::arriving::{Arrival, Arriving};
pub use image::manifest::is_manifest_type;
pub use image::platform::{InvalidPlatform, Platform};
pub use options::Options;
pub use options::clock::Clock;
pub use options::proxies::Proxies;
pub use options::roots::Roots;
pub use options::timeouts::Timeouts;
pub use options::token_reuse::TokenReuse;
pub use outcome::Outcome;
pub use outcome::error::{Error, ErrorKind};
pub use outcome::report::HostReport;
pub use portunus::authorizer::{HostFailure, Shown, TlsProblem, Tokens, Trouble, Warning};
pub use transfer::progress::{Event, NoProgress, Progress};
pub use transfer::pull::{Platforms, PullOptions, Pulled};
pub use transfer::push::{PushOptions, Pushed};
pub use wire::client::Client;
