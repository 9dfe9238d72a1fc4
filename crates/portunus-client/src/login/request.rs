use crate::login::target::LoginTarget;
use crate::store_choice::StoreChoice;

/// What is asked of a login.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoginRequest {
    /// The host, and what the login is limited to there.
    pub target: LoginTarget,
    /// The account; `None`: that of the login that is stored there, or whichever is given.
    pub username: Option<String>,
    /// The store it goes to; `None`: where such a login belongs.
    pub store: Option<StoreChoice>,
    /// The URL of a realm that may see the secret.
    pub trusted_realm: Option<String>,
    /// Whether the secret may go over plain http.
    pub plain_http: bool,
    /// Whether certificates are not verified, and plain http is tried.
    pub insecure_registry: bool,
    /// Whether the host is asked before anything is stored; then it has to be one of the registry
    /// namespace's.
    pub verify: bool,
    /// What the entry says of who stored it: a program and its version.
    pub stored_by: Option<String>,
}

impl LoginRequest {
    /// A login there that is verified before it is stored where it belongs.
    pub fn new(target: LoginTarget) -> Self {
        Self {
            target,
            username: None,
            store: None,
            trusted_realm: None,
            plain_http: false,
            insecure_registry: false,
            verify: true,
            stored_by: None,
        }
    }
}
