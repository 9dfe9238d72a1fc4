//! Whose token does a shared builder get? That of one account, for the images of one build.
//!
//! A builder asks its client for credentials and tokens over a session (BuildKit's
//! `moby.filesync.v1.Auth`). This crate answers from plans of [`portunus`]: by host, by registry
//! namespace and by the repository in the scopes.
//!
//! ```no_run
//! # async fn build(channel: tonic::transport::Channel, dockerfile: &str) -> Result<(), Box<dyn std::error::Error>> {
//! use portunus::hosts::HostsTree;
//! use portunus::name::Profile;
//! use portunus::resolve::Resolver;
//! use portunus_buildkit::{BuildImages, BuildSession, BuildSettings};
//! use portunus_http::{Client, Options};
//!
//! let resolver = Resolver::new(HostsTree::new(vec!["/etc/containerd/certs.d".into()]));
//! let mut images = BuildImages::default();
//! images.read_dockerfile(dockerfile, &[]);
//! images.push("reg.test/team/app:v1".parse()?);
//! let settings = BuildSettings::new(Profile::new("ci")?);
//! let session = BuildSession::open(&resolver, Client::new(Options::default()), &images, settings)?;
//! let attached = session.attach(channel).await?;
//! // Now the build is sent to the builder, with `session.id()` as its session.
//! attached.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! A builder keeps what it was given as long as it likes, and gives it to every session that proves
//! to be of the same authority. Here the key of that proof is the session's own: two sessions never
//! meet, nor does an account meet itself after a switch.

mod answers;
mod images;
mod proto;
mod service;
mod transport;

pub use answers::note::BuildNote;
pub use answers::open_error::OpenError;
pub use answers::session::BuildSession;
pub use answers::settings::{BuildSettings, Listener, TokensBy};
pub use images::{BuildImages, Unread, UnreadProblem};
pub use transport::attach_error::AttachError;
pub use transport::attached::Attached;
pub use transport::upgrade::upgrade;
