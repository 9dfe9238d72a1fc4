//! What an error of the TLS library means. Its own text names parts of the library.

use portunus::authorizer::TlsProblem;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage, OtherError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::wire::certificate_fault::CertificateFault;

/// The problem that an error of the TLS library stands for.
pub(crate) fn to_problem(error: &Error) -> TlsProblem {
    match error {
        Error::InvalidMessage(InvalidMessage::InvalidContentType) => TlsProblem::NoTls,
        Error::InvalidCertificate(error) => of_certificate(error),
        Error::AlertReceived(alert) => of_alert(*alert),
        Error::PeerIncompatible(rustls::PeerIncompatible::ServerDoesNotSupportTls12Or13)
        | Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion) => {
            TlsProblem::ProtocolTooOld
        }
        Error::PeerIncompatible(_) => TlsProblem::NothingInCommon,
        _ => TlsProblem::Misbehaved,
    }
}

fn of_certificate(error: &CertificateError) -> TlsProblem {
    use CertificateError as E;
    match error {
        // An authority that was made anew has the name of the old one, and another key.
        E::UnknownIssuer | E::BadSignature => TlsProblem::UnknownAuthority,
        E::Expired => TlsProblem::Expired { since: None },
        E::ExpiredContext { not_after, .. } => TlsProblem::Expired {
            since: date(*not_after),
        },
        E::NotValidYet => TlsProblem::NotYetValid { from: None },
        E::NotValidYetContext { not_before, .. } => TlsProblem::NotYetValid {
            from: date(*not_before),
        },
        E::NotValidForName => TlsProblem::WrongName { names: Vec::new() },
        E::NotValidForNameContext { presented, .. } => TlsProblem::WrongName {
            names: presented.iter().map(|name| bare_name(name)).collect(),
        },
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => TlsProblem::WrongPurpose,
        E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            TlsProblem::UnsupportedSignature
        }
        E::UnhandledCriticalExtension => TlsProblem::UnknownExtension,
        E::Other(other) => of_other(other),
        _ => TlsProblem::BadCertificate,
    }
}

fn of_other(OtherError(other): &OtherError) -> TlsProblem {
    match other.downcast_ref() {
        Some(CertificateFault::SelfSigned) => return TlsProblem::SelfSigned,
        Some(CertificateFault::SignedAuthority) => return TlsProblem::SignedAuthority,
        Some(CertificateFault::ShortKey(bits)) => return TlsProblem::ShortKey { bits: *bits },
        None => {}
    }
    match other.downcast_ref() {
        // Only version 3 has extensions, and the names are in one.
        Some(webpki::Error::UnsupportedCertVersion) => TlsProblem::WrongName { names: Vec::new() },
        Some(webpki::Error::UnsupportedCriticalExtension) => TlsProblem::UnknownExtension,
        _ => TlsProblem::BadCertificate,
    }
}

fn of_alert(alert: AlertDescription) -> TlsProblem {
    use AlertDescription as A;
    match alert {
        A::CertificateRequired | A::NoCertificate => TlsProblem::ClientCertificateWanted,
        A::BadCertificate
        | A::UnsupportedCertificate
        | A::CertificateRevoked
        | A::CertificateExpired
        | A::CertificateUnknown
        | A::UnknownCA
        | A::DecryptError
        | A::AccessDenied => TlsProblem::ClientCertificateRejected,
        A::ProtocolVersion => TlsProblem::ProtocolTooOld,
        A::HandshakeFailure | A::InsufficientSecurity => TlsProblem::NothingInCommon,
        A::UnrecognisedName => TlsProblem::UnknownName,
        other => TlsProblem::Alert {
            number: u8::from(other),
        },
    }
}

/// webpki writes `DnsName("reg.test")` and `IpAddress(127.0.0.1)`.
fn bare_name(presented: &str) -> String {
    let inner = presented.split_once('(').map(|(_, rest)| rest);
    let inner = inner.and_then(|rest| rest.strip_suffix(')'));
    inner.unwrap_or(presented).trim_matches('"').to_owned()
}

fn date(time: UnixTime) -> Option<SystemTime> {
    UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn what_only_the_verifier_tells_is_told_in_words() {
        let nameless = TlsProblem::WrongName { names: Vec::new() };
        for (error, problem) in [
            (webpki::Error::UnsupportedCertVersion, nameless),
            (
                webpki::Error::UnsupportedCriticalExtension,
                TlsProblem::UnknownExtension,
            ),
            (webpki::Error::BadDer, TlsProblem::BadCertificate),
        ] {
            let other = CertificateError::Other(OtherError(Arc::new(error)));
            assert_eq!(to_problem(&Error::InvalidCertificate(other)), problem);
        }
    }
}
