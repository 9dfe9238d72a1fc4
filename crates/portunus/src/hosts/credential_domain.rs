use super::Place;

/// `credential_domain = "…"` on a host: the operator trusts it with the credential of that
/// registry namespace. containerd ignores the key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialDomain {
    /// The registry namespace as written.
    pub registry_namespace: String,
    /// Where it was written.
    pub place: Place,
    /// Why it is not honoured; `None`: it is.
    pub refused: Option<&'static str>,
}
