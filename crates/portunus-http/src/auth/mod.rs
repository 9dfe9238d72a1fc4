//! Which credential a host is shown, and the tokens that it gives for it.

pub(crate) mod authorizer;
pub(crate) mod challenge;
pub(crate) mod credential_trials;
pub(crate) mod exchange;
pub(crate) mod redirect;
pub(crate) mod trust;
