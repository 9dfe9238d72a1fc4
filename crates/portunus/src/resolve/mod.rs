//! Joins hosts and stores: which hosts are asked in which order, and which secret may each see.

mod attempt;
mod candidate;
mod check;
mod code;
mod credential_domain;
mod error;
mod gathering;
mod matching;
mod operation;
mod phases;
mod plan;
mod prepare_hosts;
mod resolver;
mod session;

pub use attempt::Attempt;
pub use candidate::{Candidate, PassedOver};
pub use check::check;
pub use code::Code;
pub use credential_domain::CredentialDomain;
pub use error::ResolveError;
pub use operation::{Operation, Phase};
pub use plan::Plan;
pub use prepare_hosts::prepare_hosts;
pub use resolver::Resolver;
pub use session::Session;
