//! What is named how: registries, hosts, repositories, images, credentials?
//!
//! An [`ImageReference`] names a [`RegistryNamespace`] and a [`Repository`]; a host that may
//! serve it has an [`Authority`]; a credential is kept under a [`CredentialKey`], which joins
//! all of them with a [`Profile`].

mod authority;
mod credential_key;
mod cut;
mod host_pattern;
mod image_reference;
mod key_text;
mod origin;
mod profile;
mod repository;

pub use containerd_hosts::{NameError, RegistryNamespace};

pub use authority::Authority;
pub use credential_key::CredentialKey;
pub(crate) use cut::{cut, has};
pub use host_pattern::HostPattern;
pub use image_reference::ImageReference;
pub use key_text::KeyText;
pub(crate) use key_text::percent_decoded;
pub use origin::Origin;
pub use profile::Profile;
pub use repository::Repository;
