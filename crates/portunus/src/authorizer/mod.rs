//! What is sent to a registry next, by whichever client, and which secret goes along?
//!
//! The conversation with a registry as a machine without IO.
//!
//! Who drives it owns sockets, TLS, names and time. The machine owns every decision about a secret:
//! which candidate, at which origin, for which purpose, how often, and what an answer means.
//!
//! | value | one for each | holds |
//! |---|---|---|
//! | [`Ledger`] | pull, push or choice | session, tokens, logins judged by each origin, who waits |
//! | [`Authorizer`] | host of the plan | challenge, account in use, https or http, report |
//! | [`Call`] | request of the caller | redirects left, turns it holds, what was sent last |
//!
//! The first two are handles, `Clone + Send + Sync`, whose mutex is never held across a step. Any
//! number of calls may be under way on one host, on threads or as futures.
//!
//! [`Call::drive`] is the loop for clients that block. One that does not writes the same with
//! `ticket.await`, and runs [`Work`] where blocking is allowed. A client sends what a [`Sending`] says
//! and nothing else of its own about whom it asks: it follows no redirect, adds no login, and refuses
//! with [`Trouble`] what it cannot do.
//!
//! ```
//! use std::time::Instant;
//! use portunus::authorizer::{
//!     Ask, HostFailure, Ledger, Method, Received, Rules, Sending, Target, Trouble,
//! };
//! use portunus::resolve::PreparedOperation;
//!
//! /// Whether each host of a pull has the image, by a client that is a function.
//! fn look(
//!     operation: &PreparedOperation,
//!     send: impl Fn(&Sending) -> Result<Received<()>, Trouble>,
//! ) -> Vec<Result<(), HostFailure>> {
//!     let ledger = Ledger::new(operation, Rules::default());
//!     let image = &operation.plan().reference;
//!     let path = format!("/{}/manifests/{}", image.repository(), image.manifest());
//!     let asked = operation.attempts().map(|prepared| {
//!         let ask = Ask::new(Method::Head, Target::path(&*path))
//!             .with_scopes(prepared.attempt().scopes(&["pull"]));
//!         let mut call = ledger.host(&prepared).call(ask);
//!         call.drive(Instant::now, &send)
//!     });
//!     asked.collect()
//! }
//! # use std::sync::Arc;
//! # use portunus::{credential::Credential, hosts::HostsTree, resolve::{Operation, Resolver}};
//! # use portunus::name::{ImageReference, Profile};
//! # use portunus::store::{MemoryStore, Provenance, SourceName, Store};
//! # let logins = MemoryStore::new(SourceName::COMMAND_LINE);
//! # let alice = Credential::password("alice", "wonder");
//! # logins.put(&"reg.test".parse()?, &alice, &Provenance::default())?;
//! # let resolver = Resolver::new(HostsTree::new(Vec::new())).with_source(Arc::new(logins));
//! # let image = ImageReference::parse("reg.test/team/app:v1")?;
//! # let operation = resolver.prepare(&image, Operation::Pull, &Profile::DEFAULT)?;
//! # let send = |sending: &Sending| {
//! #     let (status, challenge) = match &sending.authorization {
//! #         Some(value) if value.expose() == "Basic YWxpY2U6d29uZGVy" => (200, None),
//! #         _ => (401, Some(("www-authenticate".to_owned(), b"Basic realm=r".to_vec()))),
//! #     };
//! #     Ok(Received::new(status, challenge.into_iter().collect(), ()))
//! # };
//! # let asked = look(&operation, send);
//! # assert!(matches!(asked[..], [Ok(())]), "{asked:?}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `examples/carrier` does the same with a whole HTTP client.

mod account;
mod allowed;
mod answered;
mod ask;
mod authorize;
mod away;
mod call;
mod conversation;
mod errand;
mod failure;
mod handle;
mod header;
#[cfg(feature = "http")]
mod http_types;
mod identity;
mod ledger;
mod obtained;
mod onward;
mod permit;
mod realm;
mod received;
mod report;
mod route;
mod rules;
mod said;
mod scheme;
mod sending;
mod shared;
mod shown;
mod signal;
mod single_flight;
mod stage;
mod state;
mod tls_problem;
mod tls_remedy;
mod tokens;
mod trust;
mod verdicts;
mod wanted;
mod warnings;
mod work;

pub use ask::{Ask, Conduct, Method, Target};
pub use call::Call;
pub use errand::{Errand, ErrandStep, HandedToken};
pub use failure::HostFailure;
pub use handle::Authorizer;
pub use ledger::Ledger;
pub use onward::{Onward, RedirectProblem};
pub use permit::{Permit, Purpose};
pub use received::{Heard, Received, Trouble};
pub use report::{Account, Report, Settled};
pub use route::{Addresses, Route};
pub use rules::Rules;
pub use sending::{Next, Payload, Sending};
pub use shown::Shown;
pub use signal::Ticket;
pub use tls_problem::TlsProblem;
pub use tokens::Tokens;
pub use warnings::Warning;
pub use work::Work;
