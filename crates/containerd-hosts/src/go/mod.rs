//! The few rules of Go's standard library that decide what a `hosts.toml` means.

mod duration;
mod host_port;
mod path;
mod url;

pub(super) use duration::parse_duration;
pub(super) use host_port::{is_localhost, port};
pub(super) use path::{clean, join};
pub(super) use url::{Url, query_escape};
