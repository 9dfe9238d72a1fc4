//! What this machine is set to.

pub(crate) mod config;
pub(crate) mod source;
