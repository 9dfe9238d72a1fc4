//! The ordered hosts of a registry namespace, as containerd's `hosts.toml` gives them.
//!
//! This module does not know that credentials exist.

mod capabilities;
mod certificates;
mod check;
mod complete;
mod credential_domain;
mod daemon_version;
mod defaults;
mod dial_timeout;
mod dialect;
mod directories;
mod error;
mod fault;
mod file;
mod finding;
mod go;
mod host;
mod http_fallback;
mod lint;
mod load;
mod lookup;
mod namespace_hosts;
mod read_file;
mod reading;
mod render;
mod request_url;
mod secret_header;
mod source_file;
mod tls_check;
mod tls_files;
mod toml;

pub use capabilities::Capabilities;
pub use credential_domain::CredentialDomain;
pub use daemon_version::DaemonVersion;
pub use dial_timeout::DialTimeout;
pub use directories::HostsDirectories;
pub use error::{HostsError, Step};
pub use finding::{Finding, Severity};
pub use host::{ClientCertificate, Host, Place};
pub use namespace_hosts::{HostsSource, NamespaceHosts};
pub use reading::Reading;
pub use render::RenderError;
pub use request_url::RequestError;
pub use secret_header::header_may_hold_secret;

use fault::Fault;
