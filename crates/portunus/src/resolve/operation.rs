use std::fmt;

/// What the caller wants to do with an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Find its digest, then fetch manifests and blobs.
    Pull,
    /// Upload blobs and manifests.
    Push,
    /// Only find its digest.
    Resolve,
}

/// What a host is asked for in an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// The digest: `HEAD` of the manifest.
    Resolve,
    /// Manifests and blobs.
    Fetch,
    /// Uploads.
    Push,
}

impl Operation {
    /// The name in JSON: `pull`, `push`, `resolve`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pull => "pull",
            Self::Push => "push",
            Self::Resolve => "resolve",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Phase {
    /// The name in JSON: `resolve`, `fetch`, `push`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Fetch => "fetch",
            Self::Push => "push",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
