use url::Url;

use super::challenge::{Challenge, Scheme};
use super::realm_query::realm_alone;

/// How much of a realm that is none is shown, in characters.
const LONGEST_SHOWN: usize = 100;

/// What a host wants to be shown, after its challenges were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Authentication {
    /// Username and password in every request.
    Basic,
    /// A token that a realm hands out.
    Bearer(Bearer),
}

/// A Bearer challenge ("Token Authentication Specification" of the distribution project).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Bearer {
    /// Where tokens are handed out: `http` or `https`, with a host.
    pub realm: Url,
    /// The name the realm knows the registry by; empty where none was given.
    pub service: String,
    /// The scopes the host asks for.
    pub scopes: Vec<String>,
    /// `insufficient_scope`, `invalid_token`.
    pub error: Option<String>,
}

/// Why no challenge of a host can be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChallengeError {
    /// The Bearer challenge names no realm.
    #[error("the Bearer challenge names no realm")]
    NoRealm,
    /// The realm is no `http` or `https` URL with a host.
    #[error("the realm of the Bearer challenge is no http or https URL: `{realm}`")]
    #[non_exhaustive]
    BadRealm {
        /// The start of it, in the words of the other side.
        realm: String,
    },
}

impl Authentication {
    /// What to act on: the first Bearer challenge with a usable realm, else Basic; `None`: nothing
    /// that can be answered. containerd looks at no other challenge where the first Bearer has no
    /// usable realm (`core/remotes/docker/authorizer.go`); docker, skopeo and crane do.
    ///
    /// # Errors
    /// Where each Bearer challenge has no realm, or one that is no `http` or `https` URL, and there
    /// is no Basic.
    pub fn choose(challenges: &[Challenge]) -> Result<Option<Self>, ChallengeError> {
        let with = |scheme| challenges.iter().filter(move |held| held.scheme == scheme);
        let mut unusable = None;
        for challenge in with(Scheme::Bearer) {
            match Bearer::from_challenge(challenge) {
                Ok(bearer) => return Ok(Some(Self::Bearer(bearer))),
                Err(error) => unusable = unusable.or(Some(error)),
            }
        }
        match (with(Scheme::Basic).next(), unusable) {
            (Some(_), _) => Ok(Some(Self::Basic)),
            (None, Some(error)) => Err(error),
            (None, None) => Ok(None),
        }
    }

    /// The scheme in words: `Basic`, `Bearer`.
    pub fn scheme(&self) -> &'static str {
        match self {
            Self::Basic => "Basic",
            Self::Bearer(_) => "Bearer",
        }
    }

    /// The realm of a Bearer challenge.
    pub fn realm(&self) -> Option<&Url> {
        match self {
            Self::Basic => None,
            Self::Bearer(bearer) => Some(&bearer.realm),
        }
    }
}

impl Bearer {
    /// Whether the host says that the token it was shown does not reach far enough.
    pub fn is_insufficient_scope(&self) -> bool {
        self.error.as_deref() == Some("insufficient_scope")
    }

    /// What somebody else was told by the host: its realm and service, no scope.
    ///
    /// # Errors
    /// Where the realm is no `http` or `https` URL.
    pub fn at(realm: &str, service: impl Into<String>) -> Result<Self, ChallengeError> {
        Ok(Self {
            realm: parsed_realm(realm)?,
            service: service.into(),
            scopes: Vec::new(),
            error: None,
        })
    }

    /// Whether the host takes the token that it was shown for none of its own, as it says (RFC 6750,
    /// section 3.1) or by asking again.
    pub fn refuses_token(&self) -> bool {
        self.error
            .as_deref()
            .is_none_or(|error| error == "invalid_token")
    }

    /// What the realm's own query says of a token request, which is left out: the request is for
    /// what is needed, whatever stands there. Names of parameters, each once.
    pub fn left_out_of_realm(&self) -> Vec<&'static str> {
        realm_alone(self).1
    }

    fn from_challenge(challenge: &Challenge) -> Result<Self, ChallengeError> {
        let text = |name| {
            let value = challenge.parameter(name)?;
            Some(String::from_utf8_lossy(value).into_owned())
        };
        let realm = text("realm").ok_or(ChallengeError::NoRealm)?;
        let realm = parsed_realm(&realm)?;
        let scope = text("scope").unwrap_or_default();
        Ok(Self {
            realm,
            service: text("service").unwrap_or_default(),
            scopes: scope
                .split(' ')
                .filter(|scope| !scope.is_empty())
                .map(str::to_owned)
                .collect(),
            error: text("error").filter(|error| !error.is_empty()),
        })
    }
}

fn parsed_realm(text: &str) -> Result<Url, ChallengeError> {
    readable_realm(text).ok_or_else(|| ChallengeError::BadRealm {
        realm: text.chars().take(LONGEST_SHOWN).collect(),
    })
}

/// The URL library repairs what Go refuses: blanks, backslashes, broken escapes. What has to be
/// repaired is no place to send a secret to.
fn readable_realm(text: &str) -> Option<Url> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '\\';
    let escaped = |rest: &str| {
        let hex = rest.as_bytes().get(..2);
        hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    if text.contains(odd) || !text.split('%').skip(1).all(escaped) {
        return None;
    }
    let authority = text.split_once("://")?.1;
    let url = Url::parse(text).ok()?;
    let usable = matches!(url.scheme(), "http" | "https") && url.has_host();
    (usable && !authority.starts_with('/')).then_some(url)
}
