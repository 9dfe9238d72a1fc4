//! What a certificate may be used for, as Go judges it.

use webpki::{Error, ExtendedKeyUsageValidator, KeyPurposeId, KeyPurposeIdIter, KeyUsage};

/// For servers, or for every purpose: the second one is not known to rustls
/// (`ExtKeyUsageAny` in Go's `crypto/x509`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForServers;

/// `id-kp-serverAuth` and `anyExtendedKeyUsage` (RFC 5280, section 4.2.1.12), encoded.
const PURPOSES: [&[u8]; 2] = [
    &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01],
    &[0x55, 0x1d, 0x25, 0x00],
];

impl ExtendedKeyUsageValidator for ForServers {
    fn validate(&self, named: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let mut names_none = true;
        for purpose in named {
            let purpose = purpose?;
            names_none = false;
            if PURPOSES.map(KeyPurposeId::new).contains(&purpose) {
                return Ok(());
            }
        }
        match names_none {
            true => Ok(()),
            false => Err(Error::RequiredEkuNotFoundContext(
                webpki::RequiredEkuNotFoundContext {
                    required: KeyUsage::server_auth(),
                    present: Vec::new(),
                },
            )),
        }
    }
}
