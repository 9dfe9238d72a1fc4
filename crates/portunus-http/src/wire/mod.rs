//! Requests and connections.

pub(crate) mod algorithms;
pub(crate) mod carry;
mod certificate_fault;
mod certificate_name;
pub(crate) mod client;
mod configured;
pub(crate) mod connection;
pub(crate) mod failure;
pub(crate) mod guarded_resolver;
mod lenient_certificate;
pub(crate) mod manifest_answer;
pub(crate) mod manifest_request;
mod p521_exchange;
mod purpose;
mod read_bounded;
pub(crate) mod remote;
pub(crate) mod request;
pub(crate) mod time_limit;
pub(crate) mod tls;
mod tls_failure;
pub(crate) mod trace;
pub(crate) mod verifier;
