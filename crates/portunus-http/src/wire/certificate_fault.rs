//! What rustls does not tell of a certificate that it refuses.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::{CertificateError, Error, OtherError};
use x509_cert::der::asn1::{AnyRef, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader};

use crate::wire::lenient_certificate::Certificate;

/// What is wrong with a certificate, where rustls says less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CertificateFault {
    /// Its own authority, which is configured nowhere.
    #[error("self-signed")]
    SelfSigned,
    /// An authority that another one signed.
    #[error("an authority signed by another")]
    SignedAuthority,
    /// An RSA key of so many bits.
    #[error("an RSA key of {0} bits")]
    ShortKey(usize),
}

/// Says more of a certificate that nobody vouches for, where there is more to say.
pub(crate) fn explain_refusal(error: Error, certificate: &CertificateDer<'_>) -> Error {
    let is_authority = is_authority_as_server(&error);
    if !is_authority && error != Error::InvalidCertificate(CertificateError::UnknownIssuer) {
        return error;
    }
    let Ok(certificate) = Certificate::from_der(certificate) else {
        return error;
    };
    let body = certificate.tbs_certificate();
    match body.subject() == body.issuer() {
        true => stand_for(CertificateFault::SelfSigned),
        false if is_authority => stand_for(CertificateFault::SignedAuthority),
        false => error,
    }
}

/// Says of a signature that cannot be verified that the key is too short, where it is.
pub(crate) fn explain_signature(error: Error, certificate: &CertificateDer<'_>) -> Error {
    match rsa_bits(certificate) {
        Some(bits) if bits < LEAST_RSA_BITS => stand_for(CertificateFault::ShortKey(bits)),
        _ => error,
    }
}

/// The shortest RSA key that ring verifies with.
const LEAST_RSA_BITS: usize = 2048;

fn is_authority_as_server(error: &Error) -> bool {
    let Error::InvalidCertificate(CertificateError::Other(OtherError(other))) = error else {
        return false;
    };
    matches!(other.downcast_ref(), Some(webpki::Error::CaUsedAsEndEntity))
}

fn stand_for(fault: CertificateFault) -> Error {
    Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(fault))))
}

fn rsa_bits(certificate: &CertificateDer<'_>) -> Option<usize> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let key = certificate.tbs_certificate().subject_public_key_info();
    let sequence = AnyRef::from_der(key.subject_public_key.raw_bytes()).ok()?;
    let mut items = SliceReader::new(sequence.value()).ok()?;
    let modulus = UintRef::decode(&mut items).ok()?;
    let first = modulus.as_bytes().first()?;
    let unused = usize::try_from(first.leading_zeros()).ok()?;
    (!items.is_finished()).then(|| modulus.as_bytes().len() * 8 - unused)
}
