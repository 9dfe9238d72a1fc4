//! Joins hosts and stores: which hosts are asked in which order, and which secret may each see.

mod attempt;
mod candidate;
mod error;
mod gathering;
mod matching;
mod operation;
mod phases;
mod plan;
mod replaced;
mod resolver;
mod session;

pub use attempt::Attempt;
pub use candidate::{Candidate, PassedOver};
pub use error::ResolveError;
pub use operation::{Operation, Phase};
pub use plan::Plan;
pub(crate) use replaced::Replaced;
pub use resolver::Resolver;
pub use session::Session;
