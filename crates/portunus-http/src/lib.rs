//! Does the registry accept it? And who served the image?
//!
//! Talks to registries for [`portunus`]: asks what a host wants to be shown, checks a login, and
//! pulls and pushes along a plan.
//!
//! ```no_run
//! # async fn pull() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use portunus::hosts::HostsTree;
//! use portunus::name::{ImageReference, Profile};
//! use portunus::resolve::{Operation, Resolver};
//! use portunus_http::{Client, NoProgress, OciLayout, Options, PullOptions};
//!
//! let resolver = Resolver::new(HostsTree::new(vec!["/etc/containerd/certs.d".into()]));
//! let image = ImageReference::parse("reg.test/team/app:v1")?;
//! let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
//!
//! let client = Client::new(Options::default());
//! let session = Arc::new(resolver.session());
//! let layout = OciLayout::create("app")?;
//! let pulled = client
//!     .pull(&plan, &session, &layout, &PullOptions::default(), &NoProgress)
//!     .await?;
//! println!("{}", pulled.manifest.digest);
//! # Ok(())
//! # }
//! ```
//!
//! A [`Client`] knows of the world what its [`Options`] tell it: no environment is read, no
//! proxy is found, no clock is asked behind the caller's back, and no TLS provider is installed
//! for the process.

mod authorization;
mod authorizer;
mod basic;
mod choose;
mod client;
mod connection;
mod digest;
mod endpoint;
mod error;
mod event;
mod failure;
mod layout;
mod manifest;
mod options;
mod outcome;
mod platform;
mod probe;
mod progress;
mod proxies;
mod pull;
mod push;
mod redirect;
mod report;
mod request;
mod resolver;
mod roots;
mod scheme;
mod seen;
mod tls;
mod tokens;
mod verdicts;
mod verifier;
mod verify;
mod walk;

pub use choose::{Choice, ChosenAnswer};
pub use client::Client;
pub use error::{Error, ErrorKind};
pub use layout::OciLayout;
pub use manifest::Descriptor;
pub use options::{Clock, Options, Timeouts, TokenReuse};
pub use outcome::{Outcome, TokenProblem};
pub use platform::{InvalidPlatform, Platform};
pub use probe::Probe;
pub use progress::{Event, NoProgress, Progress};
pub use proxies::Proxies;
pub use pull::{Platforms, PullOptions, Pulled};
pub use push::{PushOptions, Pushed};
pub use report::{HostReport, Shown};
pub use roots::Roots;
pub use tokens::Tokens;
pub use verify::{LoginAnswer, LoginCheck};
