use portunus::credential::Credential;
use portunus::name::CredentialKey;
use portunus::secret::Secret;

use crate::wire::basic;

/// The value of an `Authorization` header. Events tell whose it is, by the key.
#[derive(Debug, Clone)]
pub(crate) struct Authorization {
    pub(crate) value: Secret,
    /// What the credential is kept under; `None`: nobody's, an anonymous token.
    pub(crate) key: Option<CredentialKey>,
}

impl Authorization {
    /// The answer to Basic; `None`: only a password can.
    pub(crate) fn basic(credential: &Credential, key: Option<&CredentialKey>) -> Option<Self> {
        match credential {
            Credential::Password { username, password } => Some(Self {
                value: basic::authorization(username, password),
                key: key.cloned(),
            }),
            _ => None,
        }
    }

    /// The answer to Bearer.
    pub(crate) fn bearer(token: &Secret, key: Option<&CredentialKey>) -> Self {
        Self {
            value: Secret::new(format!("Bearer {}", token.expose())),
            key: key.cloned(),
        }
    }
}
