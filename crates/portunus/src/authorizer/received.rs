use std::net::IpAddr;

use super::tls_problem::TlsProblem;
use crate::reason::Words;
use crate::token::trust::Refusal;
use crate::token::{Authentication, Challenge, ChallengeError, Scheme};

/// An answer.
#[derive(Debug)]
#[non_exhaustive]
pub struct Received<R> {
    /// The status.
    pub status: u16,
    /// At least every `WWW-Authenticate`, `Location`, `Content-Type` and `Retry-After`.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, as far as [`Sending::reads`](super::Sending::reads) asked for it.
    pub body: Vec<u8>,
    /// Who answered. `None`: not known, or a proxy; counts as public.
    pub peer: Option<IpAddr>,
    /// The client's own answer, which the machine hands back and does not look at.
    pub response: R,
}

/// What an answer means for the driver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// The call goes on.
    Again,
    /// This is the answer to the caller.
    Done,
}

/// Why there is no answer. A driver that cannot tell says [`Trouble::Unreachable`], and has no
/// fall back to http.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The other side answered TLS with something else.
    NoTls(String),
    /// Nobody took the connection, or not in time.
    NobodyThere(String),
    /// No TLS connection: a certificate that nobody vouches for.
    Tls(Box<TlsProblem>),
    /// [`Addresses::admit`](super::Addresses::admit) said no.
    Refused(Refusal),
    /// Something on this machine is in the way, whatever the other side says: a certificate file
    /// that cannot be read, a feature that the client does not have.
    Local(String),
    /// It took the connection, as far as is known, and gave no answer in time.
    Late(String),
    /// Anything else.
    Unreachable {
        /// What happened.
        problem: String,
        /// Whether there was a connection, so that another try may have more luck.
        connected: bool,
    },
}

impl<R> Received<R> {
    /// An answer of which the machine needs no body.
    pub fn new(status: u16, headers: Vec<(String, Vec<u8>)>, response: R) -> Self {
        Self {
            status,
            headers,
            body: Vec::new(),
            peer: None,
            response,
        }
    }

    /// What its challenges ask for.
    pub(super) fn authentication(&self) -> Result<Option<Authentication>, ChallengeError> {
        Authentication::choose(&Challenge::parse_all(self.values("www-authenticate")))
    }

    /// Whether Basic would do as well.
    pub(super) fn offers_basic(&self) -> bool {
        let challenges = Challenge::parse_all(self.values("www-authenticate"));
        challenges.iter().any(|held| held.scheme == Scheme::Basic)
    }

    /// The names of the schemes of its challenges.
    pub(super) fn scheme_names(&self) -> Vec<String> {
        Challenge::scheme_names(self.values("www-authenticate"))
    }

    /// What it says for itself.
    pub(super) fn words(&self) -> Words<'_> {
        let challenges = Challenge::parse_all(self.values("www-authenticate"));
        let bearer = challenges.iter().find(|it| it.scheme == Scheme::Bearer);
        let text = |name| {
            let value = bearer?.parameter(name)?;
            let text = String::from_utf8_lossy(value).trim().to_owned();
            (!text.is_empty()).then_some(text)
        };
        let media_type = self.values("content-type").next();
        Words {
            body: &self.body,
            media_type: media_type.and_then(|it| std::str::from_utf8(it).ok()),
            retry_after: self.retry_after(),
            error: text("error"),
            error_description: text("error_description"),
        }
    }

    pub(super) fn retry_after(&self) -> Option<&str> {
        std::str::from_utf8(self.values("retry-after").next()?).ok()
    }

    pub(super) fn location(&self) -> Option<&str> {
        std::str::from_utf8(self.values("location").next()?).ok()
    }

    pub(super) fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }

    fn values(&self, name: &'static str) -> impl Iterator<Item = &[u8]> {
        let named = move |header: &&(String, Vec<u8>)| header.0.eq_ignore_ascii_case(name);
        let found = self.headers.iter().filter(named);
        found.map(|(_, value)| value.as_slice())
    }
}

impl Trouble {
    /// What a driver says that cannot tell more.
    pub fn unreachable(problem: impl std::fmt::Display) -> Self {
        Self::Unreachable {
            problem: problem.to_string(),
            connected: false,
        }
    }

    /// Whether the request has certainly reached nobody.
    pub(super) fn reached_nobody(&self) -> bool {
        match self {
            Self::NoTls(_)
            | Self::NobodyThere(_)
            | Self::Tls(_)
            | Self::Refused(_)
            | Self::Local(_) => true,
            Self::Late(_) => false,
            Self::Unreachable { connected, .. } => !connected,
        }
    }

    /// What went wrong, in words that stand before [`Trouble::problem`].
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::NoTls(_) | Self::Tls(_) => "no TLS connection: ",
            Self::NobodyThere(_) | Self::Late(_) | Self::Unreachable { .. } => "unreachable: ",
            Self::Refused(_) => "refused: ",
            Self::Local(_) => "",
        }
    }

    /// How, in words.
    pub(super) fn problem(&self) -> String {
        match self {
            Self::NoTls(problem)
            | Self::NobodyThere(problem)
            | Self::Late(problem)
            | Self::Local(problem)
            | Self::Unreachable { problem, .. } => problem.clone(),
            Self::Tls(problem) => problem.to_string(),
            Self::Refused(refusal) => refusal.to_string(),
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.kind(), self.problem())
    }
}
