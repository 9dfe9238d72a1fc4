//! A certificate that is itself configured, not only the authority that signed it.

use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, Error};
use x509_cert::der::Decode;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::pkix::ExtendedKeyUsage;

use crate::wire::certificate_name::check_name;
use crate::wire::lenient_certificate::Certificate;

/// Judges it as a chain of one: by its names, its dates and its purpose, whoever signed it, and
/// whether or not it calls itself an authority (`Certificate.Verify` in Go's `crypto/x509`).
pub(crate) fn check_alone(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<(), Error> {
    let read = Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
    check_dates(&read, now)?;
    check_purpose(&read)?;
    check_name(certificate, name)
}

fn check_dates(certificate: &Certificate, now: UnixTime) -> Result<(), CertificateError> {
    let validity = certificate.tbs_certificate().validity();
    let not_before = UnixTime::since_unix_epoch(validity.not_before.to_unix_duration());
    let not_after = UnixTime::since_unix_epoch(validity.not_after.to_unix_duration());
    let time = now;
    if now < not_before {
        return Err(CertificateError::NotValidYetContext { time, not_before });
    }
    match now > not_after {
        true => Err(CertificateError::ExpiredContext { time, not_after }),
        false => Ok(()),
    }
}

/// A certificate without purposes serves every purpose.
fn check_purpose(certificate: &Certificate) -> Result<(), CertificateError> {
    let purposes = certificate
        .tbs_certificate()
        .get_extension::<ExtendedKeyUsage>()
        .map_err(|_| CertificateError::BadEncoding)?;
    let fits = |purposes: &ExtendedKeyUsage| {
        purposes.0.is_empty()
            || purposes
                .0
                .iter()
                .any(|it| [SERVER_AUTHENTICATION, ANY_PURPOSE].contains(it))
    };
    match purposes.is_none_or(|(_, purposes)| fits(&purposes)) {
        true => Ok(()),
        false => Err(CertificateError::InvalidPurpose),
    }
}

const SERVER_AUTHENTICATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.1");
const ANY_PURPOSE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
