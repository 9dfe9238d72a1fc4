//! How a session reaches a builder: in a stream of its control service, or over a connection of its
//! own. Either way the builder is the client, and this side the server, of HTTP/2 without TLS.

pub(crate) mod attach_error;
pub(crate) mod attached;
mod control;
mod headers;
mod serve;
mod tasks;
pub(crate) mod upgrade;
