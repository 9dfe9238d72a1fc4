use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::options::roots::RootsOnce;
use crate::wire::certificate_fault::{explain_refusal, explain_signature};
use crate::wire::certificate_name::{check_name, is_about_name};
use crate::wire::configured::check_alone;
use crate::wire::purpose::ForServers;

/// Checks certificates as rustls does, and those that are themselves configured as Go does. The authorities are read when the first certificate is to
/// be checked: on a plain connection that takes longer than everything else.
#[derive(Debug)]
pub(crate) struct AgainstRoots {
    roots: Arc<RootsOnce>,
    /// More authorities, of one host.
    ca: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
    /// `None`: there is no authority at all.
    verifier: OnceLock<Option<Verifier>>,
}

#[derive(Debug)]
struct Verifier {
    store: Arc<RootCertStore>,
    webpki: Arc<WebPkiServerVerifier>,
}

impl AgainstRoots {
    pub(crate) fn new(
        roots: Arc<RootsOnce>,
        ca: Vec<CertificateDer<'static>>,
        provider: Arc<CryptoProvider>,
    ) -> Self {
        Self {
            roots,
            ca,
            provider,
            verifier: OnceLock::new(),
        }
    }

    fn verifier(&self) -> Result<&Verifier, Error> {
        let make = || {
            let mut store = RootCertStore::clone(self.roots.store());
            store.add_parsable_certificates(self.ca.iter().cloned());
            let (store, provider) = (Arc::new(store), Arc::clone(&self.provider));
            let builder = WebPkiServerVerifier::builder_with_provider(store.clone(), provider);
            let webpki = builder.build().ok()?;
            Some(Verifier { store, webpki })
        };
        let verifier = self.verifier.get_or_init(make).as_ref();
        verifier.ok_or(Error::InvalidCertificate(CertificateError::UnknownIssuer))
    }
}

impl ServerCertVerifier for AgainstRoots {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.ca.contains(certificate) || self.roots.hold(certificate) {
            return check_alone(certificate, name, now).map(|()| ServerCertVerified::assertion());
        }
        let verifier = self
            .verifier()
            .map_err(|error| explain_refusal(error, certificate))?;
        let verified = verifier.webpki.verify_server_cert(
            certificate,
            intermediates,
            name,
            ocsp_response,
            now,
        );
        let verified = match verified {
            Err(error) if is_about_purpose(&error) => {
                let algorithms = &self.provider.signature_verification_algorithms;
                verify_for_servers(
                    &verifier.store,
                    algorithms,
                    (certificate, intermediates),
                    now,
                )
                .ok_or(error)
                .and_then(|()| check_name(certificate, name))
                .map(|()| ServerCertVerified::assertion())
            }
            // The name is the last thing that is checked.
            Err(error) if is_about_name(&error) => {
                check_name(certificate, name).map(|()| ServerCertVerified::assertion())
            }
            verified => verified,
        };
        verified.map_err(|error| explain_refusal(error, certificate))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
            .map_err(|error| explain_signature(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
            .map_err(|error| explain_signature(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

fn is_about_purpose(error: &Error) -> bool {
    use CertificateError as E;
    matches!(
        error,
        Error::InvalidCertificate(E::InvalidPurpose | E::InvalidPurposeContext { .. })
    )
}

/// The chain once more, with every purpose that Go takes for that of servers.
fn verify_for_servers(
    store: &RootCertStore,
    algorithms: &WebPkiSupportedAlgorithms,
    (certificate, intermediates): (&CertificateDer<'_>, &[CertificateDer<'_>]),
    now: UnixTime,
) -> Option<()> {
    let certificate = webpki::EndEntityCert::try_from(certificate).ok()?;
    let verified = certificate.verify_for_usage(
        algorithms.all,
        &store.roots,
        intermediates,
        now,
        ForServers,
        None,
        None,
    );
    verified.ok().map(|_| ())
}

/// Accepts every certificate, for hosts with `skip_verify`. Signatures are still checked.
#[derive(Debug)]
pub(crate) struct AcceptAny(WebPkiSupportedAlgorithms);

impl AcceptAny {
    pub(crate) fn new(provider: &CryptoProvider) -> Self {
        Self(provider.signature_verification_algorithms)
    }
}

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.0)
            .map_err(|error| explain_signature(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.0)
            .map_err(|error| explain_signature(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}
