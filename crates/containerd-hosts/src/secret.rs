//! The one type that holds a secret.

use std::fmt;
use std::sync::Arc;

use zeroize::optimization_barrier;

/// A password, an identity token or a bearer token.
///
/// It can be read only through [`Secret::expose`], prints as `[redacted]`, has no `Display` and
/// no `Serialize`. Clones share one text in memory, which is wiped when the last of them is dropped.
///
/// ```
/// let secret = containerd_hosts::Secret::new("hunter2");
/// assert_eq!(format!("{secret:?}"), "[redacted]");
/// assert_eq!(secret.expose(), "hunter2");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Wiped>);

/// A text that is wiped on drop.
struct Wiped(String);

impl Secret {
    /// Takes the text over. A `String` is moved, not copied.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Arc::new(Wiped(text.into())))
    }

    /// The text. Every call marks a border where the secret leaves our hands.
    pub fn expose(&self) -> &str {
        &self.0.0
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.expose().is_empty()
    }
}

impl Drop for Wiped {
    /// All that was reserved for it at once: `zeroize` writes each byte apart, and the text may be
    /// that of a whole file.
    fn drop(&mut self) {
        let mut bytes = std::mem::take(&mut self.0).into_bytes();
        bytes.clear();
        bytes.resize(bytes.capacity(), 0);
        optimization_barrier(bytes.as_slice());
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl PartialEq for Secret {
    /// Compares without stopping at the first difference.
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.expose().as_bytes(), other.expose().as_bytes());
        a.len() == b.len() && a.iter().zip(b).fold(0, |seen, (x, y)| seen | (x ^ y)) == 0
    }
}

impl Eq for Secret {}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}
