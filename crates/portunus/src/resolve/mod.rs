//! Which hosts are asked, in which order, and which secret may each of them see?
//!
//! Joins hosts and stores. [`Resolver`] is the way in.

mod attempt;
mod candidate;
mod check;
mod check_code;
mod credential_domain;
mod domain_refusal;
mod error;
mod fetched;
mod finding_advice;
mod gathering;
mod hosts_entry;
mod matching;
mod missing_login;
mod note;
mod operation;
mod phases;
mod plan;
mod prepare_hosts;
mod prepared_operation;
mod replaced;
mod repository_at;
mod request;
mod resolver;
mod rule;
mod scope;
#[cfg(feature = "serde")]
mod serial;
mod session;
mod source_handle;
mod upstream;
mod wall_clock;

pub use attempt::Attempt;
pub use candidate::{Candidate, PassedOver};
pub use check::{CheckFinding, CheckSubject, Checkup, check, check_directory, check_up};
pub use check_code::CheckCode;
pub use credential_domain::CredentialDomain;
pub use domain_refusal::DomainRefusal;
pub use error::ResolveError;
pub use hosts_entry::hosts_entry;
pub use missing_login::missing_login;
pub use note::Note;
pub use operation::{Operation, Phase};
pub use plan::Plan;
pub use prepare_hosts::prepare_hosts;
pub use prepared_operation::{PreparedAttempt, PreparedOperation};
pub(crate) use replaced::Replaced;
pub use resolver::Resolver;
pub use rule::{Loan, Mismatch, Rule};
pub use scope::Scope;
pub use session::Session;
pub(crate) use source_handle::SecretPlace;
pub use upstream::Upstream;
pub use wall_clock::WallClock;
