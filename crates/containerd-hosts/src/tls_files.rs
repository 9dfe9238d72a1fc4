use std::path::Path;

use zeroize::Zeroizing;

use crate::certificate_check::CertificateCheck;
use crate::read_file::{ReadFailure, read_file};
#[cfg(feature = "certificates")]
use crate::usable_certificates::{UnusablePair, check_authorities, check_pair};

/// Why a file of certificates or keys is of no use, which containerd takes for an error of the
/// whole registry namespace.
#[derive(Debug)]
pub(crate) enum TlsFault<'a> {
    /// It cannot be read.
    Unreadable(&'a Path, String),
    /// What it holds does not serve; the text may only speak of the kind of content.
    #[cfg(feature = "certificates")]
    Unusable(&'a Path, &'static str),
}

/// Checks a file of certificate authorities.
pub(crate) fn check_ca(path: &Path, check: CertificateCheck) -> Result<(), TlsFault<'_>> {
    let bytes = read(path)?;
    match check {
        CertificateCheck::Readable => Ok(()),
        #[cfg(feature = "certificates")]
        CertificateCheck::Usable => {
            check_authorities(&bytes).map_err(|problem| TlsFault::Unusable(path, problem))
        }
    }
}

/// Checks a client certificate and its key; `None`: both stand in one file.
pub(crate) fn check_client<'a>(
    certificate: &'a Path,
    key: Option<&'a Path>,
    check: CertificateCheck,
) -> Result<(), TlsFault<'a>> {
    let bytes = read(certificate)?;
    let key_bytes = key.map(read).transpose()?;
    match check {
        CertificateCheck::Readable => Ok(()),
        #[cfg(feature = "certificates")]
        CertificateCheck::Usable => {
            let checked = check_pair(&bytes, key_bytes.as_ref().unwrap_or(&bytes));
            checked.map_err(|unusable| match unusable {
                UnusablePair::Certificate(problem) => TlsFault::Unusable(certificate, problem),
                UnusablePair::Key(problem) => {
                    TlsFault::Unusable(key.unwrap_or(certificate), problem)
                }
            })
        }
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsFault<'_>> {
    read_file(path).map_err(|failure| {
        let problem = match failure {
            ReadFailure::Absent => "no such file".to_owned(),
            ReadFailure::Problem(problem) => problem,
        };
        TlsFault::Unreadable(path, problem)
    })
}
