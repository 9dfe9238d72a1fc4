use std::fmt;

use crate::writers::ForeignWriter;

/// Why a `credential_domain` is not honoured.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DomainRefusal {
    /// It is not written as text.
    NoString,
    /// It stands in `_default`.
    InDefault,
    /// It names another registry namespace than that of its directory.
    OtherRegistryNamespace,
    /// The host is, or may be, reached without TLS.
    PlainHttp,
    /// Somebody else may write the file, or a directory on the way to it.
    ForeignWriter(ForeignWriter),
}

impl fmt::Display for DomainRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ForeignWriter(found) => return found.fmt(f),
            Self::NoString => "it is no string",
            Self::InDefault => "it stands in `_default`, which speaks for every registry namespace",
            Self::OtherRegistryNamespace => "it is not the registry namespace of its directory",
            Self::PlainHttp => "the host is reached over plain http",
        })
    }
}
