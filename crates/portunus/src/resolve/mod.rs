//! Joins hosts and stores: which hosts are asked in which order, and which secret may each see.

mod attempt;
mod candidate;
mod operation;
mod plan;
mod session;

pub use attempt::Attempt;
pub use candidate::{Candidate, PassedOver};
pub use operation::{Operation, Phase};
pub use plan::Plan;
pub use session::Session;
