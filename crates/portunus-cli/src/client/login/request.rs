use crate::client::login::target::LoginTarget;

/// What is asked of a login.
#[derive(Debug)]
pub(crate) struct LoginRequest {
    /// The host, and what the login is limited to there.
    pub(crate) target: LoginTarget,
    /// The name of the store it goes to; `None`: where such a login belongs.
    pub(crate) store: Option<String>,
    /// The URL of a realm that may see the secret.
    pub(crate) trusted_realm: Option<String>,
    /// Whether the secret may go over plain http.
    pub(crate) plain_http: bool,
    /// Whether certificates are not verified, and plain http is tried.
    pub(crate) insecure_registry: bool,
    /// Whether the host is asked before anything is stored; then it has to be one of the registry
    /// namespace's.
    pub(crate) verify: bool,
}
