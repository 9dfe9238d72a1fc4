use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use portunus::hosts::pem_blocks;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

/// The certificate authorities that are trusted besides the `ca` of a host.
#[derive(Clone, Default)]
pub struct Roots {
    system: bool,
    given: Arc<Vec<CertificateDer<'static>>>,
}

impl Roots {
    /// Nobody.
    pub fn none() -> Self {
        Self::default()
    }

    /// Those of the operating system, read when the first certificate is checked.
    ///
    /// This is the one place where the surroundings are read: the files and folders that
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` name, else the system's usual places. A program that
    /// wants none of it uses [`Roots::none`] and [`Roots::with_pem`].
    pub fn system() -> Self {
        Self {
            system: true,
            given: Arc::default(),
        }
    }

    /// These, and the certificates of a PEM text.
    ///
    /// # Errors
    /// Where the text holds something that is no certificate.
    pub fn with_pem(mut self, pem: &[u8]) -> Result<Self, &'static str> {
        let more: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let more = more.map_err(|_| "not a PEM text with certificates")?;
        Arc::make_mut(&mut self.given).extend(more);
        Ok(self)
    }

    fn read(&self) -> ReadRoots {
        // A certificate that cannot be read is none; without any, connections say so.
        let mut certificates = match self.system {
            true => rustls_native_certs::load_native_certs().certs,
            false => Vec::new(),
        };
        certificates.extend(self.given.iter().cloned());
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(certificates.iter().cloned());
        ReadRoots {
            certificates,
            store,
        }
    }
}

impl fmt::Debug for Roots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Roots")
            .field("system", &self.system)
            .field("given", &self.given.len())
            .finish()
    }
}

/// The authorities themselves, read once, when they are first asked for.
#[derive(Debug)]
pub(crate) struct RootsOnce {
    roots: Roots,
    read: OnceLock<ReadRoots>,
}

#[derive(Debug)]
struct ReadRoots {
    certificates: Vec<CertificateDer<'static>>,
    store: RootCertStore,
}

impl RootsOnce {
    pub(crate) fn new(roots: Roots) -> Self {
        Self {
            roots,
            read: OnceLock::new(),
        }
    }

    /// To check chains against.
    pub(crate) fn store(&self) -> &RootCertStore {
        &self.read().store
    }

    /// Whether a certificate is itself one of them.
    pub(crate) fn hold(&self, certificate: &CertificateDer<'_>) -> bool {
        self.read().certificates.contains(certificate)
    }

    fn read(&self) -> &ReadRoots {
        self.read.get_or_init(|| self.roots.read())
    }
}

/// Certificates of a PEM file. As in Go (`AppendCertsFromPEM` in `crypto/x509`), what cannot be read
/// among them is passed over.
pub(crate) fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let unusable = |problem: &str| format!("{}: {problem}", path.display());
    let text = std::fs::read(path).map_err(|error| unusable(&error.to_string()))?;
    let certificates = pem_blocks(&text).filter_map(|it| CertificateDer::from_pem_slice(it).ok());
    let certificates: Vec<_> = certificates.collect();
    match certificates.is_empty() {
        true => Err(unusable("not a PEM file with certificates")),
        false => Ok(certificates),
    }
}
