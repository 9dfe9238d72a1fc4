use std::fmt;
use std::time::Duration;

use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use containerd_hosts::Secret;

/// How much of a realm's answer is read, in bytes.
pub const MAX_RESPONSE: usize = 1 << 20;

/// Lifetime of a token whose realm tells none ("Token Authentication Specification").
const DEFAULT_LIFETIME: Duration = Duration::from_secs(60);

/// Longer lifetimes are taken for this one, so that no sum of times overflows.
const LONGEST_LIFETIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// A bearer token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub(crate) struct Token {
    /// What goes into `Authorization: Bearer`.
    pub value: Secret,
    /// How long it is good from the moment it was received.
    pub lifetime: Duration,
    /// The identity token that came with it.
    pub identity_token: Option<Secret>,
}

impl Token {
    pub(super) fn fixed(value: Secret) -> Self {
        Self {
            value,
            lifetime: LONGEST_LIFETIME,
            identity_token: None,
        }
    }
}

/// Why a realm gave no token. Never quotes the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ExchangeError {
    /// The realm does not accept the credential, or gives nothing to the anonymous.
    #[error("the token server refused with status {status}")]
    #[non_exhaustive]
    Rejected {
        /// The status.
        status: u16,
    },
    /// The realm has trouble, or knows no such request.
    #[error("the token server answered with status {status}")]
    #[non_exhaustive]
    Status {
        /// The status.
        status: u16,
    },
    /// The answer is larger than [`MAX_RESPONSE`].
    #[error("the token server's answer is larger than 1 MiB")]
    TooLarge,
    /// The answer has no body.
    #[error("the token server's answer is empty")]
    Empty,
    /// The answer is no JSON object, or only the start of one.
    #[error("the token server's answer is no JSON object")]
    NoJson,
    /// The answer is a JSON object without a token.
    #[error("the token server's answer has neither `token` nor `access_token`")]
    NoToken,
    /// The answer has a token that is none: empty, no text, or with what no header can hold.
    #[error(
        "the token in the token server's answer is empty, no text, or cannot be put into a header"
    )]
    BadToken,
    /// The answer is HTML or XML.
    #[error("the token server answered with a web page")]
    WebPage,
    /// What the registry wants to be asked for is longer than a request may be.
    #[error("the registry asks for a token request that is longer than 16 KiB")]
    TooLong,
}

/// What counts in an answer.
#[derive(Default)]
struct TokenDocument {
    token: Option<Secret>,
    access_token: Option<Secret>,
    refresh_token: Option<Secret>,
    expires_in: Option<f64>,
    /// Whether there is a token, whatever it is.
    names_token: bool,
}

pub(super) fn read(status: u16, body: &[u8]) -> Result<Token, ExchangeError> {
    match status {
        200..=299 => {}
        // OAuth2 answers a bad grant with 400 (RFC 6749, section 5.2).
        400 | 401 | 403 => return Err(ExchangeError::Rejected { status }),
        _ => return Err(ExchangeError::Status { status }),
    }
    if body.len() > MAX_RESPONSE {
        return Err(ExchangeError::TooLarge);
    }
    let answer =
        TokenDocument::read(body).ok_or_else(|| match body.trim_ascii_start().first() {
            None => ExchangeError::Empty,
            Some(b'<') => ExchangeError::WebPage,
            Some(_) => ExchangeError::NoJson,
        })?;
    let no_token = match answer.names_token {
        true => ExchangeError::BadToken,
        false => ExchangeError::NoToken,
    };
    let given = |text: Option<Secret>| text.filter(|text| !text.is_empty());
    // What a header can hold.
    let sendable = |text: &Secret| {
        text.expose()
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~'))
    };
    let (token, access_token) = (
        given(answer.token).filter(sendable),
        given(answer.access_token).filter(sendable),
    );
    let lifetime = match answer.expires_in {
        Some(seconds) if seconds >= 1.0 => {
            Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_LIFETIME)
        }
        _ => DEFAULT_LIFETIME,
    };
    Ok(Token {
        value: token.or(access_token).ok_or(no_token)?,
        lifetime: lifetime.min(LONGEST_LIFETIME),
        identity_token: given(answer.refresh_token),
    })
}

impl TokenDocument {
    /// Reads as Go's `encoding/json` does, which all other clients use: names without regard to
    /// case, the last one wins, `null` changes nothing, what follows the object does not matter, and
    /// what is no UTF-8 is replaced. A value of another type counts as none.
    fn read(body: &[u8]) -> Option<Self> {
        let text = Zeroizing::new(String::from_utf8_lossy(body).into_owned());
        let mut document = serde_json::Deserializer::from_str(&text);
        let members = document.deserialize_map(Members).ok()?;
        let mut answer = Self::default();
        for (name, value) in members {
            let text = || {
                serde_json::from_str::<String>(value.get())
                    .ok()
                    .map(Secret::new)
            };
            let name = name.to_ascii_lowercase();
            answer.names_token |= matches!(name.as_str(), "token" | "access_token");
            match name.as_str() {
                "token" => answer.token = text().or(answer.token),
                "access_token" => answer.access_token = text().or(answer.access_token),
                "refresh_token" => answer.refresh_token = text().or(answer.refresh_token),
                "expires_in" => {
                    let number = serde_json::from_str(value.get()).ok();
                    answer.expires_in = number.or(answer.expires_in);
                }
                _ => {}
            }
        }
        Some(answer)
    }
}

/// The members of an object in their order, however often one is named.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_names_of_the_token_and_every_lifetime_are_understood() {
        for (body, value, seconds) in [
            (r#"{"token":"a"}"#, "a", 60),
            (r#"{"access_token":"b","expires_in":300}"#, "b", 300),
            (r#"{"token":"","access_token":"c","expires_in":0}"#, "c", 60),
            (
                r#"{"token":"d","access_token":"x","expires_in":-5}"#,
                "d",
                60,
            ),
            (r#"{"token":"e","expires_in":null,"other":[1]}"#, "e", 60),
            (r#"{"token":"f","expires_in":1e300}"#, "f", 365 * 24 * 3600),
            (r#"{"token":"n\u0000","access_token":"l"}"#, "l", 60),
            // As Go reads them.
            (r#"{"token":"g","expires_in":"300"}"#, "g", 60),
            (r#"{"Token":"h","EXPIRES_IN":300}"#, "h", 300),
            (r#"{"token":"no","token":"i","TOKEN":null}"#, "i", 60),
            (
                r#"{"token":7,"access_token":"j","refresh_token":{}} x"#,
                "j",
                60,
            ),
            ("{\"token\":\"k\",\"x\":\"\\ud800\"}", "k", 60),
        ] {
            let token = read(200, body.as_bytes()).unwrap();
            assert_eq!(token.value.expose(), value);
            assert_eq!(token.lifetime.as_secs(), seconds, "{body}");
        }
        let token = read(200, br#"{"token":"t","refresh_token":"r"}"#).unwrap();
        assert_eq!(token.identity_token.unwrap().expose(), "r");
    }

    #[test]
    fn what_holds_no_token_is_an_error_that_quotes_nothing() {
        let large = format!(r#"{{"token":"{}"}}"#, "x".repeat(MAX_RESPONSE));
        for (status, body, expected) in [
            (401, "hunter2", ExchangeError::Rejected { status: 401 }),
            (400, "hunter2", ExchangeError::Rejected { status: 400 }),
            (503, "hunter2", ExchangeError::Status { status: 503 }),
            (200, "hunter2", ExchangeError::NoJson),
            (200, r#"{"token":"hunter2"#, ExchangeError::NoJson),
            (200, r#"{"jwt":"hunter2"}"#, ExchangeError::NoToken),
            (200, r#"{"token":7}"#, ExchangeError::BadToken),
            (
                200,
                r#"{"access_token":"","token":null}"#,
                ExchangeError::BadToken,
            ),
            (
                200,
                r#"{"token":"hunter2\r\nX: y"}"#,
                ExchangeError::BadToken,
            ),
            (200, r#"{"token":"hunter2é"}"#, ExchangeError::BadToken),
            (200, "\n", ExchangeError::Empty),
            (200, "[\"hunter2\"]", ExchangeError::NoJson),
            (200, "\n<html>hunter2</html>", ExchangeError::WebPage),
            (200, &large, ExchangeError::TooLarge),
        ] {
            let error = read(status, body.as_bytes()).unwrap_err();
            assert_eq!(error, expected);
            assert!(!error.to_string().contains("hunter2"));
        }
    }
}
