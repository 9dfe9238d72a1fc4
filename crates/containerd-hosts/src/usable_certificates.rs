//! Whether certificates and keys can be used, as Go's `crypto/tls` takes them.

use rustls_pki_types::pem::{PemObject, SectionKind};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode, Reader, SliceReader, Tag, Tagged};
use zeroize::Zeroizing;

use crate::pem_blocks::pem_blocks;

/// A certificate as Go reads it: its serial number may be longer than RFC 5280 allows.
type Certificate = CertificateInner<Raw>;

/// Which of a pair is of no use, and why, in words about the kind of content alone.
#[derive(Debug)]
pub(crate) enum UnusablePair {
    Certificate(&'static str),
    Key(&'static str),
}

/// Checks that a file holds a certificate, as Go's `AppendCertsFromPEM` takes it: one block that
/// can be read is enough.
pub(crate) fn check_authorities(bytes: &[u8]) -> Result<(), &'static str> {
    let mut certificates = sections(bytes).filter(|(kind, _)| *kind == SectionKind::Certificate);
    if certificates.any(|(_, der)| Certificate::from_der(&der).is_ok()) {
        Ok(())
    } else {
        Err(NO_CERTIFICATE)
    }
}

const NO_CERTIFICATE: &str = "no certificate in PEM form in it";

/// Checks that a certificate and a key can be loaded and belong together, as Go's
/// `tls.X509KeyPair` does. A key that does not name its public half (Ed25519, and elliptic curve
/// keys cut short) is believed to belong.
pub(crate) fn check_pair(certificate: &[u8], key: &[u8]) -> Result<(), UnusablePair> {
    let has = |bytes: &[u8], kinds: &[SectionKind]| {
        sections(bytes).any(|(kind, _)| kinds.contains(&kind))
    };
    let private = [
        SectionKind::PrivateKey,
        SectionKind::RsaPrivateKey,
        SectionKind::EcPrivateKey,
    ];
    let is_key_only = has(certificate, &private) && !has(certificate, &[SectionKind::Certificate]);
    if is_key_only && has(key, &[SectionKind::Certificate]) {
        let problem = "it holds the key, and the file of the key the certificate: they are swapped";
        return Err(UnusablePair::Certificate(problem));
    }
    let leaf = sections(certificate)
        .find(|(kind, _)| *kind == SectionKind::Certificate)
        .ok_or(UnusablePair::Certificate(NO_CERTIFICATE))?;
    let leaf = Certificate::from_der(&leaf.1)
        .map_err(|_| UnusablePair::Certificate("its certificate cannot be read"))?;
    let no_key = "no unencrypted private key in PEM form in it";
    if first_key_is_encrypted(key) {
        return Err(UnusablePair::Key("its first private key is encrypted"));
    }
    let (_, key) = sections(key)
        .find(|(kind, _)| private.contains(kind))
        .ok_or(UnusablePair::Key(no_key))?;
    let public = leaf.tbs_certificate().subject_public_key_info();
    match public_half(&key) {
        None => Err(UnusablePair::Key("its private key cannot be read")),
        Some(half) if half.matches(public.subject_public_key.raw_bytes()) => Ok(()),
        Some(_) => Err(UnusablePair::Key(
            "its private key is not the certificate's",
        )),
    }
}

/// Go takes the first block that calls itself a private key, and looks at no other.
fn first_key_is_encrypted(bytes: &[u8]) -> bool {
    let mut lines = bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii_end);
    let first = lines.find(|line| line.starts_with(b"-----BEGIN ") && line.ends_with(KEY_END));
    first.is_some_and(|line| line == b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
}

const KEY_END: &[u8] = b" PRIVATE KEY-----";

/// The PEM sections that can be decoded, whatever stands between and before them.
fn sections(bytes: &[u8]) -> impl Iterator<Item = (SectionKind, Zeroizing<Vec<u8>>)> {
    pem_blocks(bytes)
        .flat_map(<(SectionKind, Vec<u8>)>::pem_slice_iter)
        .filter_map(Result::ok)
        .map(|(kind, der)| (kind, Zeroizing::new(der)))
}

/// What a private key tells of its public key.
enum PublicHalf {
    Unknown,
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
    /// The point.
    EllipticCurve(Vec<u8>),
}

impl PublicHalf {
    fn matches(&self, public_key: &[u8]) -> bool {
        match self {
            Self::Unknown => true,
            Self::EllipticCurve(point) => point == public_key,
            Self::Rsa(modulus, exponent) => items(public_key).is_some_and(|items| {
                matches!(items.as_slice(), [n, e, ..] if n.value() == modulus && e.value() == exponent)
            }),
        }
    }
}

/// Reads a key in any of the forms PKCS#8, PKCS#1 and SEC 1.
fn public_half(der: &[u8]) -> Option<PublicHalf> {
    let items = items(der)?;
    match items.as_slice() {
        // A certificate begins with two sequences.
        [version, algorithm, key, ..]
            if version.tag() == Tag::Integer && algorithm.tag() == Tag::Sequence =>
        {
            let is_known = |inner: &[u8]| public_half(inner);
            Some(is_known(key.value()).unwrap_or(PublicHalf::Unknown))
        }
        [_, key, rest @ ..] if key.tag() == Tag::OctetString => Some(point(rest)),
        [_, modulus, exponent, _, ..] if modulus.tag() == Tag::Integer => Some(PublicHalf::Rsa(
            modulus.value().to_vec(),
            exponent.value().to_vec(),
        )),
        _ => None,
    }
}

fn point(optional: &[AnyRef<'_>]) -> PublicHalf {
    let public = optional
        .iter()
        .find(|item| item.tag().number().value() == 1);
    let bits = public.and_then(|item| AnyRef::from_der(item.value()).ok());
    // The first byte of a bit string counts its unused bits.
    match bits.and_then(|bits| bits.value().get(1..).map(<[u8]>::to_vec)) {
        None => PublicHalf::Unknown,
        Some(point) => PublicHalf::EllipticCurve(point),
    }
}

fn items(der: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let sequence = AnyRef::from_der(der).ok()?;
    if sequence.tag() != Tag::Sequence {
        return None;
    }
    let mut reader = SliceReader::new(sequence.value()).ok()?;
    let mut items = Vec::new();
    while !reader.is_finished() {
        items.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(items)
}
