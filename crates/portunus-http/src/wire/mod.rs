//! Requests and connections.

pub(crate) mod carry;
pub(crate) mod client;
pub(crate) mod connection;
pub(crate) mod failure;
pub(crate) mod guarded_resolver;
pub(crate) mod manifest_answer;
pub(crate) mod manifest_request;
pub(crate) mod remote;
pub(crate) mod request;
pub(crate) mod time_limit;
pub(crate) mod tls;
pub(crate) mod trace;
pub(crate) mod verifier;
