use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use zeroize::Zeroizing;

/// A service account of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct ServiceAccount {
    /// The Kubernetes namespace.
    pub namespace: String,
    /// Its name there.
    pub name: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

impl ServiceAccount {
    /// A service account by its name.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            namespace: namespace.into(),
            name: name.into(),
        }
    }

    /// Whose a token is, by its own word: `system:serviceaccount:NAMESPACE:NAME`. Its signature is
    /// not checked, since it is the kubelet that has got it from the API server and hands it over.
    pub(super) fn of_token(token: &str) -> Option<Self> {
        let payload = token.split('.').nth(1)?;
        let payload = URL_SAFE_NO_PAD.decode(payload).map(Zeroizing::new).ok()?;
        let claims: Claims = serde_json::from_slice(&payload).ok()?;
        let name = claims.sub.strip_prefix("system:serviceaccount:")?;
        let (namespace, name) = name.split_once(':')?;
        let is_name = |text: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
            (1..=253).contains(&text.len()) && text.bytes().all(allowed)
        };
        (is_name(namespace) && is_name(name)).then(|| Self::new(namespace, name))
    }
}

impl fmt::Display for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}
