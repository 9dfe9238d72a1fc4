use std::fmt;

use tonic::metadata::{Ascii, MetadataValue};

/// The partition of containerd that an image is stored in: `default`, `k8s.io`, `moby`. Has
/// nothing to do with registry namespaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerdNamespace {
    text: String,
    header: MetadataValue<Ascii>,
}

impl ContainerdNamespace {
    const MAXIMUM_LENGTH: usize = 76;

    /// Checks the name by containerd's rule (`pkg/identifiers/validate.go`).
    ///
    /// # Errors
    /// Where it is empty, longer than 76 characters, or has other characters than letters and
    /// digits, joined by single dots, hyphens and underscores.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidContainerdNamespace> {
        let text = text.into();
        let word = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric());
        let fine = text.len() <= Self::MAXIMUM_LENGTH && text.split(['.', '-', '_']).all(word);
        match MetadataValue::try_from(text.as_str()) {
            Ok(header) if fine => Ok(Self { text, header }),
            _ => Err(InvalidContainerdNamespace { text }),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn header(&self) -> MetadataValue<Ascii> {
        self.header.clone()
    }
}

impl fmt::Display for ContainerdNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::str::FromStr for ContainerdNamespace {
    type Err = InvalidContainerdNamespace;

    fn from_str(text: &str) -> Result<Self, InvalidContainerdNamespace> {
        Self::new(text)
    }
}

/// The text cannot name a containerd namespace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "containerd namespace {text:?}: at most 76 letters and digits, joined by single dots, hyphens or underscores"
)]
#[non_exhaustive]
pub struct InvalidContainerdNamespace {
    /// The text.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_containerds_rule() {
        for (text, fine) in [
            ("default", true),
            ("k8s.io", true),
            ("a-b_c.d", true),
            ("", false),
            ("a..b", false),
            ("-a", false),
            ("a b", false),
            ("a\nb", false),
            ("ä", false),
        ] {
            assert_eq!(ContainerdNamespace::new(text).is_ok(), fine, "{text:?}");
        }
        assert!(ContainerdNamespace::new("a".repeat(77)).is_err());
    }
}
