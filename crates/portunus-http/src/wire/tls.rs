use std::path::Path;
use std::sync::Arc;

use portunus::authorizer::Route;
use portunus::hosts::ClientCertificate;
use portunus::printable::system_words;
use rustls::client::ResolvesClientCert;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, SignatureScheme};

use crate::options::roots::{RootsOnce, read_certificates};
use crate::wire::algorithms::provider;
use crate::wire::verifier::{AcceptAny, AgainstRoots};

/// The TLS settings of a connection. Nothing is installed for the process.
pub(crate) fn client_config(route: &Route, roots: &Arc<RootsOnce>) -> Result<ClientConfig, String> {
    let provider = Arc::new(provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|_| "the TLS library knows no protocol version".to_owned())?;
    let verifier: Arc<dyn ServerCertVerifier> = if route.skip_verify {
        Arc::new(AcceptAny::new(&provider))
    } else {
        let ca = route.ca.iter().map(|path| read_certificates(path));
        let ca: Vec<Vec<_>> = ca.collect::<Result<_, _>>()?;
        Arc::new(AgainstRoots::new(
            roots.clone(),
            ca.concat(),
            provider.clone(),
        ))
    };
    let builder = builder
        .dangerous()
        .with_custom_certificate_verifier(verifier);
    let mut config = if route.client.is_empty() {
        builder.with_no_client_auth()
    } else {
        let keys = route.client.iter();
        let keys: Result<_, _> = keys
            .map(|pair| load_certified_key(pair, &provider))
            .collect();
        builder.with_client_cert_resolver(Arc::new(ClientKeys(keys?)))
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn load_certified_key(
    pair: &ClientCertificate,
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, String> {
    let chain = read_certificates(&pair.certificate)?;
    let path = pair.key.as_ref().unwrap_or(&pair.certificate);
    let key = read_key(path)?;
    let key = provider.key_provider.load_private_key(key);
    let key = key.map_err(|_| {
        format!(
            "{}: a client key on P-521, or of another kind that is not supported",
            path.display()
        )
    })?;
    Ok(Arc::new(CertifiedKey::new(chain, key)))
}

fn read_key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let text = std::fs::read(path)
        .map_err(|error| format!("{}: {}", path.display(), system_words(&error)))?;
    PrivateKeyDer::from_pem_slice(&text)
        .map_err(|_| format!("{}: no private key that can be read", path.display()))
}

/// Shows the first certificate whose key the server can check.
#[derive(Debug)]
struct ClientKeys(Vec<Arc<CertifiedKey>>);

impl ResolvesClientCert for ClientKeys {
    fn resolve(&self, _: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        let fits = |key: &&Arc<CertifiedKey>| key.key.choose_scheme(schemes).is_some();
        self.0.iter().find(fits).cloned()
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}
