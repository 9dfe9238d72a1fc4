//! The proof that two questions come from one authority.
//!
//! A builder gives the token of one session to another that signs with the same key. BuildKit's own
//! client derives the key from a seed per host and folder, whatever the account
//! (`session/auth/authprovider/tokenseed.go`), so that accounts meet. Here the key is made of a seed
//! that is the session's own, of its profile, and of everything that it could show at the host.

use std::sync::Arc;

use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair};

use crate::answers::desk::Desk;
use crate::answers::refused::Refused;
use crate::answers::settings::TokensBy;

/// More is nobody's salt or challenge.
const LONGEST: usize = 4096;

/// The key of a session at a host.
pub(crate) struct Authenticity(Ed25519KeyPair);

impl Desk {
    /// The key of this session at a host.
    pub(crate) async fn authenticity(
        self: &Arc<Self>,
        host: &str,
        salt: &[u8],
    ) -> Result<Authenticity, Refused> {
        if self.tokens == TokensBy::Builder {
            return Err(Refused::NotHere);
        }
        if salt.len() > LONGEST {
            return Err(Refused::TooLong);
        }
        let view = self.view(host).await?;
        if view.is_mixed {
            return Err(self.note_ambiguous(host, &view));
        }
        let profile = self.profile.name();
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, salt));
        context.update(&*self.seed);
        context.update(&[u8::from(profile.is_some())]);
        for part in [profile.unwrap_or_default().as_bytes(), &view.binding] {
            context.update(&part.len().to_be_bytes());
            context.update(part);
        }
        let pair = Ed25519KeyPair::from_seed_unchecked(context.sign().as_ref());
        pair.map(Authenticity).map_err(|_| Refused::NotHere)
    }
}

impl Authenticity {
    /// The 32 bytes that a builder knows it by.
    pub(crate) fn public_key(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }

    /// The proof: signature and payload, as `crypto_sign` of NaCl has them.
    pub(crate) fn sign(&self, payload: &[u8]) -> Result<Vec<u8>, Refused> {
        if payload.len() > LONGEST {
            return Err(Refused::TooLong);
        }
        let mut signed = self.0.sign(payload).as_ref().to_vec();
        signed.extend_from_slice(payload);
        Ok(signed)
    }
}
