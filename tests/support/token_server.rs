//! A token server whose signed tokens a real docker-registry takes.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde_json::{Value, json};

use crate::account::Account;
use crate::http::{HttpServer, Request};
use crate::token_endpoint::{Grant, TokenEndpoint};

const SERVICE: &str = "portunus-test";
const ISSUER: &str = "portunus-test-issuer";
const LIFETIME: u64 = 300;

/// A throw-away key for nothing but these tests: ring makes no RSA keys.
const RSA_KEY: &str = include_str!("rsa-test-key.pem");

/// A token realm on 127.0.0.1. Every request to it is kept.
#[derive(Debug)]
pub struct TokenServer {
    server: HttpServer,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    signer: Signer,
    endpoint: TokenEndpoint,
}

/// What a token server is to be like.
#[derive(Debug)]
pub struct Settings {
    rsa: bool,
    endpoint: TokenEndpoint,
}

impl Settings {
    /// Signs with RS256 in place of ES256.
    pub fn rs256(mut self) -> Self {
        self.rsa = true;
        self
    }

    /// Everybody may pull this repository.
    pub fn public(mut self, repository: &str) -> Self {
        self.endpoint.public.push(repository.to_owned());
        self
    }

    /// Answers POST with that status: 404 or 405, as servers do that know GET only.
    pub fn no_post(mut self, status: u16) -> Self {
        self.endpoint.post_status = Some(status);
        self
    }

    /// Refuses a request as a whole where a part of it is not granted, as some servers do.
    pub fn strict(mut self) -> Self {
        self.endpoint.strict = true;
        self
    }

    /// Starts it.
    pub fn start(self) -> TokenServer {
        let shared = Arc::new(Shared {
            signer: Signer::new(self.rsa),
            endpoint: self.endpoint,
        });
        let server = HttpServer::start({
            let shared = Arc::clone(&shared);
            move |request| {
                shared.endpoint.answer(request, None, |subject, grants| {
                    shared.signer.token(subject, grants)
                })
            }
        });
        TokenServer { server, shared }
    }
}

impl TokenServer {
    /// A server that knows these accounts and signs with ES256.
    pub fn start(accounts: &[Account]) -> Self {
        Self::settings(accounts).start()
    }

    /// Another signature, public repositories, no POST.
    pub fn settings(accounts: &[Account]) -> Settings {
        Settings {
            rsa: false,
            endpoint: TokenEndpoint::new(accounts.to_vec()),
        }
    }

    /// The URL that hands out tokens.
    pub fn realm(&self) -> String {
        format!("{}/token", self.server.url())
    }

    /// What the registry calls itself.
    pub fn service(&self) -> &'static str {
        SERVICE
    }

    /// Who signs.
    pub fn issuer(&self) -> &'static str {
        ISSUER
    }

    /// The certificate of the signing key, for the registry's `rootcertbundle`.
    pub fn certificate_pem(&self) -> &str {
        &self.shared.signer.certificate_pem
    }

    /// A token for a test's own use, with these actions (`pull`, `push`) on that repository.
    pub fn mint(&self, subject: &str, repository: &str, actions: &[&str]) -> String {
        let actions = actions.iter().map(|action| (*action).to_owned()).collect();
        let grant = Grant {
            kind: "repository".to_owned(),
            name: repository.to_owned(),
            actions,
        };
        self.shared.signer.token(subject, &[grant])
    }

    /// Lets this account in with an identity token (a refresh token) as well.
    pub fn add_identity_token(&self, token: &str, account: &Account) {
        self.shared
            .endpoint
            .add_identity_token(token, account.clone());
    }

    /// From now on it knows these accounts, and no other.
    pub fn set_accounts(&self, accounts: &[Account]) {
        self.shared.endpoint.set_accounts(accounts);
    }

    /// Every token request so far.
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }
}

struct Signer {
    key: Key,
    certificate_pem: String,
    certificate: String,
}

enum Key {
    Es256(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Signer {
    fn new(rsa: bool) -> Self {
        let pair = if rsa {
            KeyPair::from_pem_and_sign_algo(RSA_KEY, &PKCS_RSA_SHA256).unwrap()
        } else {
            KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
        };
        let certificate = CertificateParams::new([])
            .unwrap()
            .self_signed(&pair)
            .unwrap();
        let pkcs8 = pair.serialize_der();
        let key = if rsa {
            Key::Rs256(RsaKeyPair::from_pkcs8(&pkcs8).unwrap())
        } else {
            let random = SystemRandom::new();
            Key::Es256(
                EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8, &random)
                    .unwrap(),
            )
        };
        Self {
            key,
            certificate_pem: certificate.pem(),
            certificate: STANDARD.encode(certificate.der()),
        }
    }

    fn token(&self, subject: &str, grants: &[Grant]) -> String {
        let now = now();
        let access: Vec<Value> = grants
            .iter()
            .map(
                |grant| json!({ "type": grant.kind, "name": grant.name, "actions": grant.actions }),
            )
            .collect();
        let header = json!({ "typ": "JWT", "alg": self.algorithm(), "x5c": [self.certificate] });
        // docker-registry wants `aud` as a string and times as integers.
        let claims = json!({
            "iss": ISSUER, "aud": SERVICE, "sub": subject, "access": access,
            "iat": now, "nbf": now, "exp": now + LIFETIME,
        });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = URL_SAFE_NO_PAD.encode(self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn algorithm(&self) -> &'static str {
        match self.key {
            Key::Es256(_) => "ES256",
            Key::Rs256(_) => "RS256",
        }
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match &self.key {
            Key::Es256(key) => key.sign(&random, text).unwrap().as_ref().to_vec(),
            Key::Rs256(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &random, text, &mut signature)
                    .unwrap();
                signature
            }
        }
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real registry compares with its own clock"
)]
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}
