use std::borrow::Cow;
use std::fmt;

use zeroize::Zeroize as _;

use crate::secret::Secret;

/// A string of a file: a part of its bytes, or without its escapes. It may be a secret: it does not
/// print, and what is no part of the file is wiped on drop.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Text<'s>(Cow<'s, str>);

impl<'s> Text<'s> {
    /// Takes the text over.
    pub(super) fn new(text: Cow<'s, str>) -> Self {
        Self(text)
    }

    /// What it says.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What it says, where its key tells that it is no secret.
    pub(crate) fn into_text(mut self) -> Cow<'s, str> {
        std::mem::take(&mut self.0)
    }

    /// The text as a secret.
    pub(crate) fn into_secret(self) -> Secret {
        Secret::new(self.into_text().into_owned())
    }
}

impl Drop for Text<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}
