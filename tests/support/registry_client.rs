//! Puts images into registries, to be pulled by what is tested.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};
use ureq::{Agent, RequestBuilder};

use crate::image::Image;
use crate::pki::{CertificateAuthority, Identity};

/// What is shown to the registry with each request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Login {
    /// Nothing.
    Anonymous,
    /// User name and password.
    Basic(String, String),
    /// A bearer token.
    Bearer(String),
}

/// Pushes an image to `http://ADDRESS/v2/REPOSITORY` under that tag.
pub fn push(address: &str, repository: &str, tag: &str, image: &Image, login: &Login) {
    let base = format!("http://{address}/v2/{repository}");
    let agent = Agent::new_with_defaults();
    for blob in image.blobs() {
        let started = with(login, agent.post(format!("{base}/blobs/uploads/")))
            .send_empty()
            .unwrap();
        let location = started.headers()[LOCATION].to_str().unwrap();
        let location = if location.starts_with('/') {
            format!("http://{address}{location}")
        } else {
            location.to_owned()
        };
        let separator = if location.contains('?') { '&' } else { '?' };
        let request = agent.put(format!("{location}{separator}digest={}", blob.digest));
        with(login, request)
            .header(CONTENT_TYPE, "application/octet-stream")
            .send(&blob.bytes[..])
            .unwrap();
    }
    with(login, agent.put(format!("{base}/manifests/{tag}")))
        .header(CONTENT_TYPE, &image.manifest.media_type)
        .send(&image.manifest.bytes[..])
        .unwrap();
}

/// A client that trusts this authority alone, and shows that certificate where one is given.
pub fn tls_agent(authority: &CertificateAuthority, client: Option<&Identity>) -> Agent {
    let trusted = Certificate::from_pem(authority.certificate_pem().as_bytes()).unwrap();
    let shown = client.map(|client| {
        let certificate = Certificate::from_pem(client.certificate_pem().as_bytes()).unwrap();
        let key = PrivateKey::from_pem(client.key_pem().as_bytes()).unwrap();
        ClientCert::new_with_certs(&[certificate], key)
    });
    let tls = TlsConfig::builder()
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&[trusted]))
        .client_cert(shown)
        .build();
    Agent::config_builder().tls_config(tls).build().new_agent()
}

fn with<B>(login: &Login, request: RequestBuilder<B>) -> RequestBuilder<B> {
    match login {
        Login::Anonymous => request,
        Login::Basic(user, password) => {
            let pair = STANDARD.encode(format!("{user}:{password}"));
            request.header(AUTHORIZATION, format!("Basic {pair}"))
        }
        Login::Bearer(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
    }
}
