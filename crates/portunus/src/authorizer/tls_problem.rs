use std::fmt;
use std::time::SystemTime;

/// Why there is no TLS connection, in words of the field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsProblem {
    /// It answers with something else: plain http, or what is no http at all.
    NoTls,
    /// Nobody who is trusted signed the certificate.
    UnknownAuthority,
    /// The certificate is its own authority, and is configured nowhere.
    SelfSigned,
    /// The certificate is that of an authority, and another one signed it. Go takes such a one.
    SignedAuthority,
    /// The certificate's time is over.
    Expired {
        /// Since when, where that is told.
        since: Option<SystemTime>,
    },
    /// The certificate's time has not come.
    NotYetValid {
        /// From when on it will be valid, where that is told.
        from: Option<SystemTime>,
    },
    /// The certificate is for other names.
    WrongName {
        /// All its names.
        names: Vec<String>,
    },
    /// The certificate is not meant for servers.
    WrongPurpose,
    /// The certificate has an extension that must be understood, and is not known.
    UnknownExtension,
    /// The certificate cannot be read, or a signature in it or by its key does not hold.
    BadCertificate,
    /// A signature is made in a way that is not supported, SHA-1 for one.
    UnsupportedSignature,
    /// The RSA key of the certificate is shorter than 2048 bits.
    ShortKey {
        /// Its length.
        bits: usize,
    },
    /// It wants to see a certificate of the client.
    ClientCertificateWanted,
    /// It does not accept the certificate of the client.
    ClientCertificateRejected,
    /// It speaks neither TLS 1.2 nor TLS 1.3.
    ProtocolTooOld,
    /// It takes none of the ciphers and keys of ours.
    NothingInCommon,
    /// It has no certificate for the name that was asked for.
    UnknownName,
    /// It ended the handshake with another alert, of this number in RFC 8446.
    Alert {
        /// The number.
        number: u8,
    },
    /// It breaks the rules of TLS.
    Misbehaved,
    /// The settings of this side cannot be used: a certificate file that cannot be read.
    Settings {
        /// What is wrong with them.
        problem: String,
    },
    /// Anything else, in words.
    Other(String),
}

/// How many names of a certificate are told.
const NAMES_TOLD: usize = 3;

impl fmt::Display for TlsProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTls => "it answers without TLS",
            Self::UnknownAuthority => "an authority that is not trusted here signed its certificate",
            Self::SelfSigned => "its certificate is self-signed, and not trusted here",
            Self::SignedAuthority => {
                "its certificate is that of an authority: where another one signed it, that is taken only if it is itself configured"
            }
            Self::Expired { since } => {
                return write_date(f, "its certificate has expired", ", on ", *since);
            }
            Self::NotYetValid { from } => {
                return write_date(f, "its certificate is not valid yet", ", but from ", *from);
            }
            Self::WrongName { names } => return write_names(f, names),
            Self::WrongPurpose => "its certificate is not meant for servers",
            Self::UnknownExtension => {
                "its certificate has a critical extension that is not known here"
            }
            Self::BadCertificate => {
                "its certificate cannot be read, or a signature of it does not hold"
            }
            Self::UnsupportedSignature => {
                "its certificate is signed in a way that is not supported, such as SHA-1"
            }
            Self::ShortKey { bits } => {
                return write!(
                    f,
                    "its RSA key has {bits} bits: less than 2048 are not supported"
                );
            }
            Self::ClientCertificateWanted => "it wants to see a client certificate",
            Self::ClientCertificateRejected => "it does not accept the client certificate",
            Self::ProtocolTooOld => "it speaks neither TLS 1.2 nor TLS 1.3",
            Self::NothingInCommon => {
                "it takes none of the ciphers and keys that are supported: CBC ciphers, key exchange without elliptic curves, and RSA keys below 2048 bits are not"
            }
            Self::UnknownName => "it has no certificate for that name",
            Self::Alert { number } => return write!(f, "it broke off with TLS alert {number}"),
            Self::Misbehaved => "it breaks the rules of TLS",
            Self::Settings { problem } | Self::Other(problem) => problem,
        })
    }
}

fn write_date(
    f: &mut fmt::Formatter<'_>,
    what: &str,
    when: &str,
    date: Option<SystemTime>,
) -> fmt::Result {
    f.write_str(what)?;
    match date {
        Some(date) => write!(f, "{when}{}", humantime::format_rfc3339_seconds(date)),
        None => Ok(()),
    }
}

fn write_names(f: &mut fmt::Formatter<'_>, names: &[String]) -> fmt::Result {
    if names.is_empty() {
        return f.write_str("its certificate is for no name: it has no subjectAltName");
    }
    let told: Vec<String> = names
        .iter()
        .take(NAMES_TOLD)
        .map(|it| shorten(it))
        .collect();
    write!(
        f,
        "its certificate is not for that name, but for {}",
        told.join(", ")
    )?;
    match names.len().saturating_sub(NAMES_TOLD) {
        0 => Ok(()),
        more => write!(f, " and {more} more"),
    }
}

/// A name as another party wrote it.
fn shorten(name: &str) -> String {
    name.chars().take(100).collect()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::*;

    #[test]
    fn at_most_three_names_are_told() {
        let names = |count| (0..count).map(|at| format!("r{at}.test")).collect();
        for (count, end) in [
            (0, "is for no name: it has no subjectAltName"),
            (1, "but for r0.test"),
            (3, "but for r0.test, r1.test, r2.test"),
            (5, "but for r0.test, r1.test, r2.test and 2 more"),
        ] {
            let told = TlsProblem::WrongName {
                names: names(count),
            };
            let told = told.to_string();
            assert!(told.ends_with(end), "{told}");
        }
    }

    #[test]
    fn since_when_a_certificate_has_expired_is_told() {
        let since = Some(UNIX_EPOCH + Duration::from_secs(1_000_000_000));
        assert_eq!(
            TlsProblem::Expired { since }.to_string(),
            "its certificate has expired, on 2001-09-09T01:46:40Z"
        );
    }
}
