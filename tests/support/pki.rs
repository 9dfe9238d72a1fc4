//! A private certificate authority, and what it signs.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    SerialNumber,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// An authority that nobody trusts unless told to.
pub struct CertificateAuthority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    pem: String,
}

impl CertificateAuthority {
    /// A new authority with a new key.
    pub fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(rcgen::DnType::CommonName, "a test's own authority");
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let pem = issuer.pem();
        Self { issuer, pem }
    }

    /// Its certificate, as `ca =` in `hosts.toml` wants it.
    pub fn certificate_pem(&self) -> &str {
        &self.pem
    }

    /// A certificate for a server that is reached by these names or addresses.
    pub fn server(&self, names: &[&str]) -> Identity {
        self.sign(names, ExtendedKeyUsagePurpose::ServerAuth)
    }

    /// A certificate for a client of that name.
    pub fn client(&self, name: &str) -> Identity {
        self.sign(&[name], ExtendedKeyUsagePurpose::ClientAuth)
    }

    /// A certificate for a server by these names, with something odd about it.
    pub fn odd_server(&self, names: &[&str], odd: Odd) -> Identity {
        let mut params = parameters(names);
        odd.apply(&mut params);
        self.sign_parameters(params)
    }

    fn sign(&self, names: &[&str], usage: ExtendedKeyUsagePurpose) -> Identity {
        let mut params = parameters(names);
        params.extended_key_usages.push(usage);
        self.sign_parameters(params)
    }

    fn sign_parameters(&self, params: CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

impl std::fmt::Debug for CertificateAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CertificateAuthority")
            .finish_non_exhaustive()
    }
}

impl Default for CertificateAuthority {
    fn default() -> Self {
        Self::new()
    }
}

/// A certificate and its key.
#[derive(Debug, Clone)]
pub struct Identity {
    certificate: String,
    key: String,
}

/// What is odd about a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// Nothing.
    Nothing,
    /// Its time was over on the 9th of September 2001.
    Expired,
    /// Its time begins on the 9th of September 3001.
    NotYetValid,
    /// It is meant for clients.
    ForClients,
    /// It is meant for anything.
    ForAnything,
    /// It is that of an authority.
    Authority,
    /// Its serial number has more than the 20 bytes that there are.
    LongSerial,
}

impl Odd {
    fn apply(self, params: &mut CertificateParams) {
        match self {
            Self::Nothing => {}
            Self::Expired => params.not_after = rcgen::date_time_ymd(2001, 9, 9),
            Self::NotYetValid => params.not_before = rcgen::date_time_ymd(3001, 9, 9),
            Self::ForClients => {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            }
            Self::ForAnything => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Any],
            Self::Authority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Self::LongSerial => {
                params.serial_number = Some(SerialNumber::from_slice(&[0x5a; 27]));
            }
        }
    }
}

fn parameters(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    CertificateParams::new(names).unwrap()
}

impl Identity {
    /// A certificate for a server that signed itself and calls itself an authority, as
    /// `openssl req -x509` makes it, with something odd about it.
    pub fn self_signed(names: &[&str], odd: Odd) -> Self {
        let mut params = parameters(names);
        Odd::Authority.apply(&mut params);
        odd.apply(&mut params);
        let key = KeyPair::generate().unwrap();
        Self {
            certificate: params.self_signed(&key).unwrap().pem(),
            key: key.serialize_pem(),
        }
    }

    /// A certificate and its key, both in PEM form.
    pub fn of_pem(certificate: &str, key: &str) -> Self {
        Self {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        }
    }

    /// The certificate.
    pub fn certificate_pem(&self) -> &str {
        &self.certificate
    }

    /// The key, as PKCS #8.
    pub fn key_pem(&self) -> &str {
        &self.key
    }

    /// Settings for a server of our own that shows this certificate, and asks for a client
    /// certificate of `clients` where one is given.
    pub fn server_config(&self, clients: Option<&CertificateAuthority>) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(der(authority.certificate_pem())).unwrap();
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        Arc::new(
            builder
                .with_single_cert(vec![der(&self.certificate)], key)
                .unwrap(),
        )
    }
}

fn der(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()
}
