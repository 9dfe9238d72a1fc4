/// How far the certificates and keys that a file names are looked into.
///
/// A caller chooses; that some crate turns the feature `certificates` on changes nothing for the
/// others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum CertificateCheck {
    /// That each can be read.
    #[default]
    Readable,
    /// That each can be used: that it holds a certificate, and that a key is its certificate's.
    /// containerd fails for the registry namespace otherwise (`ConfigureHosts` in its
    /// `core/remotes/docker/config/hosts.go`).
    #[cfg(feature = "certificates")]
    Usable,
}
