//! Which credential a host is shown, and the tokens that it gives for it.

pub(crate) mod answer;
pub(crate) mod authorizer;
pub(crate) mod redirect;
pub(crate) mod tokens;
pub(crate) mod verdicts;
