use std::fmt;

use zeroize::Zeroizing;

use crate::secret::Secret;

/// A string of a file. It may be a secret: it does not print, and is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text(Zeroizing<String>);

impl Text {
    /// Takes the text over.
    pub(super) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// What it says.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What it says, where its key tells that it is no secret.
    pub(crate) fn into_string(mut self) -> String {
        std::mem::take(&mut *self.0)
    }

    /// The text as a secret.
    pub(crate) fn into_secret(self) -> Secret {
        Secret::new(self.into_string())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
