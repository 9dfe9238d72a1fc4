use p521::elliptic_curve::point::AffineCoordinates;
use p521::elliptic_curve::sec1::ToSec1Point;
use p521::{PublicKey, SecretKey};
use rustls::crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved};

/// The exchange of keys on P-521 (RFC 8446, 7.4.2).
#[derive(Debug)]
pub(crate) struct P521Exchange;

impl SupportedKxGroup for P521Exchange {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let secret = random_secret()?;
        let point = secret.public_key().to_sec1_point(false);
        Ok(Box::new(Started {
            secret,
            point: point.as_bytes().to_vec(),
        }))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

struct Started {
    secret: SecretKey,
    point: Vec<u8>,
}

impl ActiveKeyExchange for Started {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        // Only the uncompressed form is a key share, and the point has to be on the curve.
        let public = PublicKey::from_sec1_bytes(peer).ok();
        let public = public
            .filter(|_| peer.first() == Some(&4))
            .ok_or(PeerMisbehaved::InvalidKeyShare)?;
        let shared = public.to_projective() * *self.secret.to_nonzero_scalar();
        Ok(SharedSecret::from(shared.to_affine().x().as_slice()))
    }

    fn pub_key(&self) -> &[u8] {
        &self.point
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

/// A number below the order of the curve, which is a little below 2 to the power of 521.
fn random_secret() -> Result<SecretKey, Error> {
    let random = rustls::crypto::ring::default_provider().secure_random;
    let mut bytes = [0; 66];
    loop {
        random.fill(&mut bytes)?;
        bytes[0] &= 1;
        if let Ok(secret) = SecretKey::from_slice(&bytes) {
            return Ok(secret);
        }
    }
}
