use crate::token::Bearer;
use crate::token::trust::{Refusal, TrustRule};

/// That a credential may answer a host.
#[derive(Debug, Clone)]
pub(super) struct Allowed {
    /// Why the host, and the realm, may see it.
    pub(super) rules: [TrustRule; 2],
    /// The realm that is asked, where there is one.
    pub(super) realm: Option<Realm>,
}

/// The realm that is asked.
#[derive(Debug, Clone)]
pub(super) struct Realm {
    pub(super) bearer: Bearer,
    /// Why the realm that was named is not asked, but the same place with TLS.
    pub(super) instead_of: Option<Refusal>,
}

impl Realm {
    pub(super) fn of(bearer: &Bearer) -> Self {
        Self {
            bearer: bearer.clone(),
            instead_of: None,
        }
    }
}
