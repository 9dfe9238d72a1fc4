//! Which hosts are asked for an image, in which order, and which secret may each of them see?
//!
//! A [`Resolver`] joins the hosts that containerd's `hosts.toml` gives for a
//! registry namespace with what is stored for them, and answers with a [`Plan`]:
//! plain data, with the reason for each choice.
//!
//! ```
//! use std::sync::Arc;
//! use portunus::credential::Credential;
//! use portunus::hosts::HostsTree;
//! use portunus::{ImageReference, Operation, Profile, Resolver};
//! use portunus::store::{MemoryStore, Provenance, SourceName, Store};
//!
//! # let root = tempfile::tempdir()?;
//! # std::fs::create_dir(root.path().join("reg.test"))?;
//! # let text = "[host.\"https://mirror.test:5000\"]\ncapabilities = [\"pull\", \"resolve\"]";
//! # std::fs::write(root.path().join("reg.test/hosts.toml"), text)?;
//! # let certs_d = root.path();
//! let logins = MemoryStore::new(SourceName::COMMAND_LINE);
//! let key = "mirror.test:5000?ns=reg.test".parse()?;
//! logins.put(&key, &Credential::password("alice", "wonder"), &Provenance::default())?;
//!
//! let hosts = HostsTree::new(vec![certs_d.to_owned()]);
//! let resolver = Resolver::new(hosts).with_source(Arc::new(logins));
//! let image = ImageReference::parse("reg.test/team/app:v1")?;
//! let plan = resolver.resolve(&image, Operation::Pull, &Profile::DEFAULT)?;
//!
//! assert_eq!(plan.attempts[0].host.host, "mirror.test:5000");
//! assert_eq!(plan.attempts[0].candidates[0].entry.key, key);
//! assert_eq!(plan.attempts[1].host.host, "reg.test");
//! assert!(plan.attempts[1].candidates.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | room | what it knows |
//! |---|---|
//! | [`name`] | the vocabulary: registry namespace, authority, repository, reference, key, profile |
//! | [`hosts`] | `hosts.toml`, exactly as containerd reads it; not that credentials exist |
//! | [`store`] | where credentials are; not that mirrors exist |
//! | [`resolve`] | both |
//! | [`authorizer`] | the conversation with a registry, step by step; every decision about a secret |
//! | [`token`] | the conversation with a registry as data, and who may be trusted with a secret |
//! | [`remedy`] | what to do about a failure, as data: no program's words |
//! | [`credential`], [`secret`] | what a registry is shown, and the type that keeps it out of sight |
//! | [`printable`] | the one way by which other people's text leaves a program |
//! | [`reason`] | why the other side refused, in its own words |
//! | [`writers`] | who may write what gives trust |
//!
//! The library opens no socket, starts no runtime, and reads nothing of the process it runs in:
//! environment, home and clock come in as arguments.

pub mod authorizer;
mod bytes;
pub mod credential;
mod expiry;
pub mod name;
pub mod printable;
pub mod reason;
pub mod remedy;
pub mod resolve;
mod spread;
pub mod store;
pub mod token;
pub mod writers;

pub use containerd_hosts as hosts;
pub use name::{ImageReference, Profile};
pub use resolve::{Operation, Plan, Resolver};

/// The one type that holds a secret.
pub mod secret {
    pub use containerd_hosts::Secret;
}
