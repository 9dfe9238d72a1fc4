//! Whether a certificate is for a name, as Go sees it.

use rustls::client::verify_server_name;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};
use x509_cert::der::Decode;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::wire::lenient_certificate::Certificate;

/// Checks that it is. rustls takes a `*` only above two labels; private networks have one, as in
/// `*.lan`, which Go takes (`matchHostnames` in `crypto/x509`).
pub(crate) fn check_name(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
) -> Result<(), Error> {
    let checked = verify_server_name(&ParsedCertificate::try_from(certificate)?, name);
    checked.or_else(|error| match has_name(certificate, name) {
        true => Ok(()),
        false => Err(error),
    })
}

pub(crate) fn is_about_name(error: &Error) -> bool {
    use CertificateError as E;
    matches!(
        error,
        Error::InvalidCertificate(E::NotValidForName | E::NotValidForNameContext { .. })
    )
}

fn has_name(certificate: &CertificateDer<'_>, name: &ServerName<'_>) -> bool {
    let ServerName::DnsName(name) = name else {
        return false;
    };
    let Ok(certificate) = Certificate::from_der(certificate) else {
        return false;
    };
    let names = certificate
        .tbs_certificate()
        .get_extension::<SubjectAltName>();
    let Ok(Some((_, names))) = names else {
        return false;
    };
    names.0.iter().any(|held| match held {
        GeneralName::DnsName(pattern) => matches(pattern.as_str(), name.as_ref()),
        _ => false,
    })
}

/// Label by label; the first one may be `*`.
fn matches(pattern: &str, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let [pattern, name] = [pattern, name].map(|it| it.split('.').collect::<Vec<_>>());
    let mut pairs = pattern.iter().zip(&name).enumerate();
    pattern.len() == name.len()
        && pairs.all(|(at, (pattern, label))| {
            at == 0 && *pattern == "*" || !label.is_empty() && pattern.eq_ignore_ascii_case(label)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_matches_as_in_go() {
        for (pattern, name, matched) in [
            ("*.lan", "reg.lan", true),
            ("*.LAN", "Reg.lan", true),
            ("*", "registry", true),
            ("*.lan", "reg.lan.", true),
            ("*.lan", "lan", false),
            ("*.lan", "a.reg.lan", false),
            ("reg.*", "reg.lan", false),
            ("r*.lan", "reg.lan", false),
            ("*.*", "reg.lan", false),
            ("*", "reg.lan", false),
            ("", "lan", false),
            ("*.", "reg.", false),
        ] {
            assert_eq!(matches(pattern, name), matched, "{pattern} {name}");
        }
    }
}
