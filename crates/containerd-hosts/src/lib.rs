//! Which hosts does containerd ask for the images of a registry, and in which order?
//!
//! Those that `hosts.toml` gives for its registry namespace.
//!
//! [`HostsTree`] finds and reads the file. It is read in one of two ways ([`Reading`]):
//! strictly, where a file that containerd would drop in whole or in part is an error, or as
//! containerd does, where the hosts are those that it would really use. `check` looks for faults
//! in all files, `render` writes what was read into a directory for a daemon.
//!
//! It knows no credential, and no program that has one.
//!
//! # Deliberate differences from containerd
//! - A registry namespace that is no registry name (empty, `.`, `..`, with a slash, a blank or a
//!   control character) is refused; containerd joins it to the root unchecked.
//! - A file over 1 MiB, with more than 10,000 hosts, 1,000 headers of one host or 400,000 parts is
//!   an error in either reading, and arrays nested deeper than 80 are no TOML. A pipe, a socket or
//!   a device in place of a file is an error; containerd waits for it.
//! - A client key that does not name its public half (Ed25519, or an elliptic curve key cut short)
//!   is believed to belong to its certificate; containerd computes the public half.
//! - A host name or path in a URL that is not UTF-8 after decoding has replacement characters.
//! - Keys that the caller announces are read; containerd ignores them.
//!
//! The order of headers is the file's; containerd keeps none.

mod announced_key;
mod build_hosts;
mod byte_set;
mod capabilities;
mod certificate_check;
mod certificates;
mod check;
mod code;
mod complete;
mod containerd_config;
mod daemon_version;
mod defaults;
mod dial_timeout;
mod dialect;
mod error;
mod fault;
mod file;
mod finding;
mod go;
mod host;
mod hosts_tree;
mod http_fallback;
mod kept_hosts;
mod lint;
mod list_directories;
mod load;
mod lookup;
mod name_error;
mod pem_blocks;
mod places;
mod read_file;
mod read_on;
mod reading;
mod registry_namespace;
mod registry_namespace_hosts;
mod registry_namespaces;
mod render;
mod request_url;
mod secret;
mod secret_header;
#[cfg(feature = "serde")]
mod serial;
mod source_file;
mod stamp;
#[cfg_attr(
    not(feature = "certificates"),
    expect(
        unused_variables,
        reason = "what was read is then looked at no further"
    )
)]
mod tls_check;
#[cfg_attr(
    not(feature = "certificates"),
    expect(
        unused_variables,
        reason = "what was read is then looked at no further"
    )
)]
mod tls_files;
mod toml;
#[cfg(feature = "certificates")]
mod usable_certificates;

pub use announced_key::AnnouncedKey;
pub use capabilities::Capabilities;
pub use certificate_check::CertificateCheck;
pub use check::{Checked, CheckedDirectory, CheckedRoot};
pub use code::Code;
pub use daemon_version::DaemonVersion;
pub use dial_timeout::DialTimeout;
pub use error::{HostsError, ReadStep};
pub use finding::{Finding, FindingSubject, Severity};
pub use host::{ClientCertificate, Host, Place};
pub use hosts_tree::HostsTree;
pub use kept_hosts::KeptHosts;
pub use lookup::DEFAULT_DIRECTORY;
pub use name_error::NameError;
pub use pem_blocks::pem_blocks;
pub use places::Places;
pub use reading::Reading;
pub use registry_namespace::RegistryNamespace;
pub use registry_namespace_hosts::{HostsSource, RegistryNamespaceHosts};
pub use render::RenderError;
pub use request_url::RequestError;
pub use secret::Secret;
pub use secret_header::header_may_hold_secret;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
