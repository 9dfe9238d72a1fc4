//! When does a secret stop being good? Some say so themselves.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::credential::Credential;

const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, CONFIG);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, CONFIG);

/// The longest secret that is looked into, in bytes: ECR's have three thousand.
const LONGEST: usize = 64 * 1024;

impl Credential {
    /// When it stops being good, where it says so itself: an authorisation token of ECR, a JSON Web
    /// Token. Nobody checks a signature; it is the word of whoever gave it.
    ///
    /// ```
    /// use portunus::credential::Credential;
    ///
    /// assert_eq!(Credential::password("alice", "hunter2").expires_at(), None);
    /// ```
    pub fn expires_at(&self) -> Option<SystemTime> {
        let secret = self.secret().expose();
        if secret.len() > LONGEST {
            return None;
        }
        let seconds = of_ecr(secret).or_else(|| of_jwt(secret))?;
        SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
    }
}

/// The password of `GetAuthorizationToken`: base64 of `{"payload", "datakey", "expiration", …}`.
fn of_ecr(secret: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Token {
        expiration: u64,
    }
    let token: Token = decoded(&STANDARD, secret)?;
    Some(token.expiration)
}

/// The claim `exp` (RFC 7519).
fn of_jwt(secret: &str) -> Option<u64> {
    #[derive(Deserialize)]
    struct Claims {
        exp: f64,
    }
    let mut parts = secret.split('.');
    let (_, payload, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims: Claims = decoded(&URL_SAFE, payload)?;
    let is_time = parts.next().is_none() && claims.exp.is_finite() && claims.exp >= 0.0;
    // 9999-12-31: beyond it nobody means a time.
    is_time.then(|| claims.exp.min(253_402_300_799.0) as u64)
}

fn decoded<T: for<'de> Deserialize<'de>>(alphabet: &GeneralPurpose, text: &str) -> Option<T> {
    let bytes = alphabet.decode(text).map(Zeroizing::new).ok()?;
    serde_json::from_slice(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_when_it_ends_is_believed_and_nothing_else() {
        let at = |secret: &str| {
            let ends = Credential::password("AWS", secret).expires_at()?;
            let ends = ends.duration_since(SystemTime::UNIX_EPOCH).unwrap();
            Some(ends.as_secs())
        };
        let ecr = STANDARD.encode(r#"{"payload":"x","version":"2","expiration":1795000000}"#);
        assert_eq!(at(&ecr), Some(1_795_000_000));
        let claims = URL_SAFE.encode(r#"{"exp": 1795000000.5}"#);
        assert_eq!(at(&format!("e30.{claims}.sig")), Some(1_795_000_000));
        for secret in [
            String::new(),
            "hunter2".to_owned(),
            STANDARD.encode("{}"),
            claims.clone(),
            format!("e30.{claims}.a.b"),
            format!("e30.{}.x", URL_SAFE.encode(r#"{"exp": -1}"#)),
            STANDARD.encode(r#"{"expiration": "soon"}"#),
        ] {
            assert_eq!(at(&secret), None, "{secret}");
        }
        let far = format!("e30.{}.x", URL_SAFE.encode(r#"{"exp": 1e300}"#));
        assert!(at(&far).is_some());
    }
}
