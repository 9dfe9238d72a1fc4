//! Pull and push along a plan.

pub(crate) mod progress;
pub(crate) mod pull;
pub(crate) mod push;
pub(crate) mod walk;
