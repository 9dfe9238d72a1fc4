//! The ordered hosts of a registry namespace, as containerd's `hosts.toml` gives them.
//!
//! This module does not know that credentials exist.

mod capabilities;
mod credential_domain;
mod dial_timeout;
mod error;
mod finding;
mod host;
mod namespace_hosts;

pub use capabilities::Capabilities;
pub use credential_domain::CredentialDomain;
pub use dial_timeout::DialTimeout;
pub use error::HostsError;
pub use finding::{Finding, Severity};
pub use host::{ClientCertificate, Host, Place};
pub use namespace_hosts::{HostsSource, NamespaceHosts};
