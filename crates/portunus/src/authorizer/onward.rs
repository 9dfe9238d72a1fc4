use std::fmt;

use url::Url;

use crate::token::trust::Origin;

/// How many redirects one request follows, as in Go.
pub(super) const MOST_REDIRECTS: u32 = 10;

/// Where an answer leads: its `Location`, and whether that has left the host's origin on the way.
///
/// Once away, nothing of the host goes there any more, also where the way leads back: that was not
/// the host's choice. Only [`Call::onward`](super::Call::onward) makes one, so that no URL of
/// another party's becomes a place for a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    pub(super) url: Url,
    pub(super) away: bool,
}

impl Onward {
    /// The same with another pair in the query: the `digest=` of an upload.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: &str) -> Self {
        self.url.query_pairs_mut().append_pair(name, value);
        self
    }

    /// Whether it has left the host's origin.
    pub fn is_away(&self) -> bool {
        self.away
    }

    /// Where it leads.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

/// Why a redirect is not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectProblem {
    /// One after the other.
    TooMany,
    /// There is no `Location`, or none that makes a URL.
    NoLocation,
    /// It is no `http` or `https` URL.
    NoUrl,
    /// It leads from TLS to plain http.
    NoTls(Origin),
}

impl fmt::Display for RedirectProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => f.write_str("too many redirects"),
            Self::NoLocation => f.write_str("the answer has no usable Location"),
            Self::NoUrl => f.write_str("redirected to what is no http or https URL"),
            Self::NoTls(origin) => write!(f, "redirected to {origin}, which has no TLS"),
        }
    }
}

/// The `Location` of an answer to a request to `from`, as a URL and its origin.
pub(super) fn target(from: &Url, location: Option<&str>) -> Result<(Url, Origin), RedirectProblem> {
    let target = location.and_then(|location| from.join(location).ok());
    let mut target = target.ok_or(RedirectProblem::NoLocation)?;
    // What stands there is nobody's credential for us to send.
    let _ = target
        .set_username("")
        .and_then(|()| target.set_password(None));
    let origin = Origin::of(&target).ok_or(RedirectProblem::NoUrl)?;
    Ok((target, origin))
}

/// What was asked for over TLS is not followed to where there is none.
pub(super) fn keep_tls(from: &Url, target: &Origin) -> Result<(), RedirectProblem> {
    match from.scheme() == "https" && !target.is_https() {
        true => Err(RedirectProblem::NoTls(target.clone())),
        false => Ok(()),
    }
}
