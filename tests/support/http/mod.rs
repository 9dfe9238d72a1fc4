//! An HTTP server that can misbehave: each answer is data, and each request is kept.
//!
//! Threads and blocking sockets, HTTP/1.1 only. A library server would not let us cut a body short
//! or reset a connection.

mod connection;
mod reply;
mod request;
mod server;

pub use reply::{Body, Reply};
pub use request::Request;
pub use server::HttpServer;
