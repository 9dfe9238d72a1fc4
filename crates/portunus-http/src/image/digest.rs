use std::fmt::Write as _;

use sha2::{Digest as _, Sha256, Sha512};

/// Computes a digest piece by piece.
#[derive(Debug, Clone)]
pub(crate) enum Digester {
    Sha256(Sha256),
    Sha512(Sha512),
}

impl Digester {
    /// A digester of the kind that `digest` is of.
    pub(crate) fn like(digest: &str) -> Self {
        match digest.starts_with("sha512:") {
            true => Self::Sha512(Sha512::new()),
            false => Self::Sha256(Sha256::new()),
        }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(state) => state.update(bytes),
            Self::Sha512(state) => state.update(bytes),
        }
    }

    /// `sha256:…`.
    pub(crate) fn finish(self) -> String {
        match self {
            Self::Sha256(state) => format_digest("sha256:", &state.finalize()),
            Self::Sha512(state) => format_digest("sha512:", &state.finalize()),
        }
    }
}

/// The digest of bytes, of the kind that `like` is of.
pub(crate) fn digest_like(like: &str, bytes: &[u8]) -> String {
    let mut digester = Digester::like(like);
    digester.update(bytes);
    digester.finish()
}

/// Whether a text is a digest of a kind that can be checked; it is safe in a path then.
pub(crate) fn is_digest(text: &str) -> bool {
    let length = match text.split_once(':') {
        Some(("sha256", hex)) => (hex, 64),
        Some(("sha512", hex)) => (hex, 128),
        _ => return false,
    };
    let lower_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    length.0.len() == length.1 && length.0.bytes().all(lower_hex)
}

fn format_digest(prefix: &str, bytes: &[u8]) -> String {
    let mut text = prefix.to_owned();
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
