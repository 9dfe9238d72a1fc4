//! Who may see a secret? The host it was stored for, and the realms that belong to it.
//!
//! Pairs of host and realm are trusted, never a realm for every host. Each decision explains
//! itself, and a refusal has what would allow it among its remedies.

mod address;
#[cfg(test)]
mod neighbours;
mod owned_domain;
mod pairs;
mod policy;
mod refusal;
mod rule;
mod shared_suffixes;

#[cfg(test)]
mod tests;

pub use crate::name::Origin;
pub use address::{AddressClass, refuse_target};
pub use pairs::RealmPair;
pub use policy::{Consent, TrustPolicy};
pub use refusal::{Refusal, RefusalKind};
pub use rule::TrustRule;
