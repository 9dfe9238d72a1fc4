//! The server side of containerd's credential callback (`core/transfer/registry/registry.go`).
//!
//! The daemon asks, and reads the next message of the stream as the answer: there is no number
//! that would join the two. One answer too many, or a late one, would be taken for the answer to
//! the next question and show the password of one host to another.

pub(crate) mod answers;
pub(crate) mod carried;
pub(crate) mod choices;
pub(crate) mod credential_callback;
pub(crate) mod host_account;
pub(crate) mod host_answer;
pub(crate) mod limits;
pub(crate) mod lookup;
pub(crate) mod no_answer;
pub(crate) mod question;
mod reply;
mod responder;
pub(crate) mod stored_under;
#[cfg(test)]
mod tests;
