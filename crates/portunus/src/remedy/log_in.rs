use crate::name::{CredentialKey, Origin};

/// A login, and what is consented to with it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogIn {
    /// What the credential is stored under.
    pub key: CredentialKey,
    /// The realm of another host that may see it. Trust is in an origin: the rest of a realm's URL
    /// is the server's to choose.
    pub trusted_realm: Option<Origin>,
    /// Whether it may travel unencrypted.
    pub plain_http: bool,
    /// Whether the host is asked without its certificate being verified.
    pub insecure_registry: bool,
}

impl LogIn {
    /// A login that consents to nothing.
    pub fn new(key: CredentialKey) -> Self {
        Self {
            key,
            trusted_realm: None,
            plain_http: false,
            insecure_registry: false,
        }
    }

    /// The same, trusting a realm.
    #[must_use]
    pub fn with_trusted_realm(mut self, realm: Option<Origin>) -> Self {
        self.trusted_realm = realm;
        self
    }

    /// The same; `plain_http`: the credential may travel unencrypted.
    #[must_use]
    pub fn with_plain_http(mut self, plain_http: bool) -> Self {
        self.plain_http = plain_http;
        self
    }

    /// The same; `insecure_registry`: the host's certificate is not verified.
    #[must_use]
    pub fn with_insecure_registry(mut self, insecure_registry: bool) -> Self {
        self.insecure_registry = insecure_registry;
        self
    }
}
