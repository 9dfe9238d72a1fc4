use std::borrow::Cow;
use std::ops::Deref;

use zeroize::Zeroize as _;

/// What a string of a document says: a part of its text, or without its escapes. It may be a secret,
/// so it has no `Debug`, and what is no part of the text is wiped on drop.
pub(crate) struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    pub(super) fn new(text: Cow<'a, str>) -> Self {
        Self(text)
    }

    /// The text, to be kept.
    pub(crate) fn into_string(mut self) -> String {
        std::mem::take(&mut self.0).into_owned()
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Text<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.0 {
            text.zeroize();
        }
    }
}
