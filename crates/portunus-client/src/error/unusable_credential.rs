use portunus::credential::Credential;

/// Why no host can take a credential. A username ends at its first colon (RFC 7617, section 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UnusableCredential {
    /// No username.
    #[error("the username is empty")]
    NoUsername,
    /// A username with a colon.
    #[error("the username has a colon in it: what is behind it would be taken for the password")]
    Colon,
    /// A username with control characters.
    #[error("the username has control characters in it")]
    ControlCharacters,
    /// No password.
    #[error("the password is empty")]
    NoPassword,
}

impl UnusableCredential {
    /// Refuses what no host can take.
    ///
    /// # Errors
    /// Where it is such a one.
    pub fn refuse(credential: &Credential) -> Result<(), Self> {
        if let Some(username) = credential.username() {
            Self::refuse_username(username)?;
        }
        match credential {
            Credential::Password { password, .. } if password.is_empty() => Err(Self::NoPassword),
            _ => Ok(()),
        }
    }

    /// The same of a username alone.
    ///
    /// # Errors
    /// Where it can be none.
    pub fn refuse_username(username: &str) -> Result<(), Self> {
        if username.is_empty() {
            Err(Self::NoUsername)
        } else if username.contains(':') {
            Err(Self::Colon)
        } else if username.contains(char::is_control) {
            Err(Self::ControlCharacters)
        } else {
            Ok(())
        }
    }
}
