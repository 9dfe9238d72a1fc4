//! Where are credentials read from, and where can they be written to?
//!
//! A [`Source`] tells which entries may concern a host, and fetches the secret of one entry when
//! it is needed. A [`Store`] can also be written to. A source answers found, not here, or
//! failed, and failed is never treated as not here.
//!
//! This module does not know that mirrors exist.

mod asked;
mod cached;
mod containers;
mod credentials_file;
mod docker;
mod entry;
mod error;
mod glob_index;
mod helper;
mod hold;
mod json;
mod key_index;
mod location;
mod memory;
mod pull_secret;
pub mod record;
mod removal;
mod secret_file;
mod snapshot;
mod source;
mod source_label;
mod source_name;
mod store_warning;
mod warnings;

pub use asked::Asked;
pub(crate) use asked::in_keys;
pub use containers::{ContainersAuth, ContainersSearch};
pub use credentials_file::CredentialsFile;
pub use docker::entry_text as docker_entry_text;
pub use docker::key as docker_key;
pub use docker::{AuthContents, DockerAuthVariable, DockerConfig};
pub use entry::{Entry, Provenance};
pub use error::{SourceError, SourceErrorKind};
pub use helper::{HelperHosts, HelperPrograms, HelperStore, HelperTable};
pub use hold::Hold;
pub use location::{HelperChoice, Location};
pub use memory::MemoryStore;
pub use pull_secret::{PullSecret, PullSecretForm};
pub use removal::Removal;
pub use snapshot::{Matching, Snapshot};
pub use source::{Entries, Rotation, Source, Store, Stored};
pub use source_name::SourceName;
pub use store_warning::StoreWarning;
