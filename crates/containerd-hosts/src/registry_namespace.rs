use std::fmt;
use std::sync::Arc;

use crate::name_error::NameError;

/// The registry part of an image reference, `docker.io` or `myregistry.io:5000`: what a mirror
/// is told with `?ns=`.
///
/// The text is kept as written. containerd compares it letter by letter when it chooses a
/// directory (`core/remotes/docker/config/hosts.go`) and when it decides about `?ns=`
/// (`core/remotes/docker/resolver.go`), so no alias and no default port is applied here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryNamespace(Arc<str>);

impl RegistryNamespace {
    /// Checks that the text can name a registry.
    ///
    /// # Errors
    /// Refuses what would leave the hosts directory or name nothing: an empty text, `.`, `..`,
    /// a slash, control characters.
    pub fn new(text: impl AsRef<str>) -> Result<Self, NameError> {
        let text = text.as_ref();
        let refused = |problem| Err(NameError::new("registry namespace", text, problem));
        match text {
            "" => return refused("it is empty"),
            "." | ".." => return refused("it names a folder, not a registry"),
            _ => {}
        }
        // Most names have only such characters, and need no closer look.
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'/';
        if !text.bytes().all(is_plain) {
            if text.contains("://") {
                return refused("a registry namespace has no scheme");
            }
            if text.contains('/') {
                return refused("a registry namespace has no path");
            }
            if text.contains(char::is_control) {
                return refused("control characters are not allowed");
            }
        }
        Ok(Self(text.into()))
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegistryNamespace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for RegistryNamespace {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_would_leave_the_directory_are_refused() {
        for text in ["", ".", "..", "../x", "a/b", "a\nb", "a\0"] {
            assert!(RegistryNamespace::new(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn text_is_kept_as_written() {
        for text in [
            "docker.io",
            "Docker.IO",
            "reg.test:443",
            "[::1]:5000",
            "index.docker.io",
        ] {
            assert_eq!(RegistryNamespace::new(text).unwrap().as_str(), text);
        }
    }
}
