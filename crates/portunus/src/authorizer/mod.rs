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
//! `ticket.await`, and runs [`Work`] where blocking is allowed.

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
