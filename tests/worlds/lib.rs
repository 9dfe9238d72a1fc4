//! Machines that tests of several packages begin with.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    clippy::missing_errors_doc,
    reason = "what the machine does not give is a failed test, and an error is the library's own"
)]

pub mod advice;
pub mod http;
pub mod login;
pub mod planted;
pub mod wrong_password;
