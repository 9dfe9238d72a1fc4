//! What is a registry shown? A password, an identity token or a registry token.

use containerd_hosts::Secret;

/// One credential, with its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// Username and password, for Basic and for a token request.
    Password {
        /// The account.
        username: String,
        /// Its password.
        password: Secret,
    },
    /// A refresh token that a token server gave in exchange for a password.
    IdentityToken {
        /// The account it was given to, where known.
        username: Option<String>,
        /// The refresh token.
        token: Secret,
    },
    /// A ready-made bearer token, sent as it is.
    RegistryToken {
        /// The bearer token.
        token: Secret,
    },
}

/// Which kind of [`Credential`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CredentialKind {
    /// Username and password.
    Password,
    /// Refresh token.
    IdentityToken,
    /// Static bearer token.
    RegistryToken,
}

impl Credential {
    /// Username and password.
    pub fn password(username: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::Password {
            username: username.into(),
            password: password.into(),
        }
    }

    /// The kind.
    pub fn kind(&self) -> CredentialKind {
        match self {
            Self::Password { .. } => CredentialKind::Password,
            Self::IdentityToken { .. } => CredentialKind::IdentityToken,
            Self::RegistryToken { .. } => CredentialKind::RegistryToken,
        }
    }

    /// The account, where known.
    pub fn username(&self) -> Option<&str> {
        match self {
            Self::Password { username, .. } => Some(username),
            Self::IdentityToken { username, .. } => username.as_deref(),
            Self::RegistryToken { .. } => None,
        }
    }

    /// The secret part.
    pub fn secret(&self) -> &Secret {
        match self {
            Self::Password {
                password: secret, ..
            }
            | Self::IdentityToken { token: secret, .. }
            | Self::RegistryToken { token: secret } => secret,
        }
    }
}

impl CredentialKind {
    /// The name in JSON: `password`, `identity_token`, `registry_token`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::IdentityToken => "identity_token",
            Self::RegistryToken => "registry_token",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "password" => Some(Self::Password),
            "identity_token" => Some(Self::IdentityToken),
            "registry_token" => Some(Self::RegistryToken),
            _ => None,
        }
    }
}
