use std::fmt;

use url::Url;

use super::onward::RedirectProblem;
use super::received::Trouble;
use super::shown::Shown;
use super::tls_problem::TlsProblem;
use crate::name::CredentialKey;
use crate::reason::Reason;
use crate::remedy::{Advise, Remedy};
use crate::store::SourceError;
use crate::token::trust::{Origin, Refusal};
use crate::token::{ChallengeError, ExchangeError, Scopes};

/// Why a host does not help. Holds no secret, and of the other side's words no more than a [`Reason`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HostFailure {
    /// It wants a credential, and there is none for it.
    #[non_exhaustive]
    NotLoggedIn {
        /// What it says to that.
        reason: Option<Reason>,
    },
    /// It, or its realm, did not accept any credential it was shown.
    #[non_exhaustive]
    Rejected {
        /// What it says to the last one.
        reason: Option<Reason>,
    },
    /// It knows the account, and says which scope the account would need for this.
    #[non_exhaustive]
    LacksScope {
        /// The account that was shown last.
        account: Box<Shown>,
        /// What was asked for.
        scopes: Scopes,
        /// What it says to that.
        reason: Option<Reason>,
    },
    /// It knows the account, and does not let it do this.
    #[non_exhaustive]
    Denied {
        /// The account that was shown last.
        account: Box<Shown>,
        /// What it says to that.
        reason: Option<Reason>,
    },
    /// An answer that helps no further: a refusal without a question, or what the caller does not
    /// know what to do with.
    #[non_exhaustive]
    Status {
        /// The status.
        status: u16,
        /// Who answered, where the host has sent us elsewhere.
        away: Option<Origin>,
        /// What the answer says.
        reason: Option<Reason>,
    },
    /// Its realm gave a token for the account, and it does not accept that.
    #[non_exhaustive]
    TokenRefused {
        /// The account.
        account: Box<Shown>,
        /// The realm.
        realm: Origin,
        /// What the host says to the token.
        reason: Option<Reason>,
    },
    /// It asks for something that cannot be answered.
    Challenge(ChallengeError),
    /// It wants to be answered, and not in a way that is known here.
    #[non_exhaustive]
    Unanswerable {
        /// The names of the ways that it knows, as it says them; empty: it names none.
        schemes: Vec<String>,
        /// What it says to that.
        reason: Option<Reason>,
    },
    /// It sends us elsewhere, where nobody here follows it.
    #[non_exhaustive]
    SentAway {
        /// The status.
        status: u16,
        /// Where.
        origin: Origin,
    },
    /// A trust rule forbids to answer it.
    Refused(Refusal),
    /// It wants a password, and what is stored under this key is a token.
    WrongKind(CredentialKey),
    /// What is stored under this key cannot stand in a header.
    Unsendable(CredentialKey),
    /// A source could not fetch the credential.
    Source(SourceError),
    /// Its realm gave no token.
    #[non_exhaustive]
    Realm {
        /// The realm.
        origin: Origin,
        /// What is wrong with its answer.
        problem: ExchangeError,
        /// What the answer says.
        reason: Option<Reason>,
    },
    /// Its realm did not answer.
    #[non_exhaustive]
    RealmTrouble {
        /// The realm.
        origin: Origin,
        /// Why.
        trouble: Trouble,
    },
    /// It did not answer.
    Trouble(Trouble),
    /// It speaks no TLS, and over http it did not answer either.
    #[non_exhaustive]
    OverHttp {
        /// Who was asked over http.
        origin: Origin,
        /// Why there was no answer.
        trouble: Trouble,
    },
    /// Where it sent us, nobody answered.
    #[non_exhaustive]
    TroubleAway {
        /// Where it sent us.
        origin: Origin,
        /// Why.
        trouble: Trouble,
    },
    /// It sends us somewhere that cannot be followed.
    Redirect(RedirectProblem),
    /// Its text in `hosts.toml` is no URL that can be requested.
    NoUrl,
}

impl HostFailure {
    /// What the other side says to it, where it does.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::NotLoggedIn { reason }
            | Self::Rejected { reason }
            | Self::LacksScope { reason, .. }
            | Self::Denied { reason, .. }
            | Self::TokenRefused { reason, .. }
            | Self::Unanswerable { reason, .. }
            | Self::Status { reason, .. }
            | Self::Realm { reason, .. } => reason.as_ref(),
            _ => None,
        }
    }

    /// Why there was no answer: of the host, of its realm, or where it sent us.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Trouble(trouble)
            | Self::RealmTrouble { trouble, .. }
            | Self::OverHttp { trouble, .. }
            | Self::TroubleAway { trouble, .. } => Some(trouble),
            _ => None,
        }
    }

    /// Why there is no TLS connection to the host itself.
    pub fn tls_problem(&self) -> Option<&TlsProblem> {
        match self {
            Self::Trouble(Trouble::NoTls(_)) => Some(&TlsProblem::NoTls),
            Self::Trouble(Trouble::Tls(problem)) => Some(problem),
            _ => None,
        }
    }

    /// The trust rule that forbids it.
    pub fn refusal(&self) -> Option<&Refusal> {
        match (self, self.trouble()) {
            (Self::Refused(refusal), _) | (_, Some(Trouble::Refused(refusal))) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the host says that it does not have what was asked for.
    pub fn is_not_found(&self) -> bool {
        matches!(
            self,
            Self::Status {
                status: 404,
                away: None,
                ..
            }
        )
    }

    pub(super) fn realm(realm: &Url, problem: ExchangeError, reason: Option<Reason>) -> Self {
        Self::at(realm, |origin| Self::Realm {
            origin,
            problem,
            reason,
        })
    }

    pub(super) fn realm_trouble(realm: &Url, trouble: Trouble) -> Self {
        Self::at(realm, |origin| Self::RealmTrouble { origin, trouble })
    }

    pub(super) fn over_http(url: &Url, trouble: Trouble) -> Self {
        Self::at(url, |origin| Self::OverHttp { origin, trouble })
    }

    pub(super) fn away(url: &Url, trouble: Trouble) -> Self {
        Self::at(url, |origin| Self::TroubleAway { origin, trouble })
    }

    fn at(url: &Url, of: impl FnOnce(Origin) -> Self) -> Self {
        Origin::of(url).map_or(Self::NoUrl, of)
    }
}

impl fmt::Display for HostFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotLoggedIn { .. } => f.write_str("wants a credential, and there is none for it"),
            Self::Rejected { .. } => f.write_str("rejected the credential"),
            Self::LacksScope {
                account, scopes, ..
            } => write!(f, "{account} lacks the scope `{scopes}`"),
            Self::Denied { account, .. } => write!(f, "denied to {account}"),
            Self::Status {
                status,
                away: Some(away),
                ..
            } => write!(f, "sends us to {away}, which answered {status}"),
            Self::Status { status: 404, .. } => f.write_str("not found (404)"),
            Self::Status { status, .. } => write!(f, "answered {status}"),
            Self::TokenRefused { account, realm, .. } => write!(
                f,
                "does not accept the token that its realm {realm} gave to {account}"
            ),
            Self::Challenge(error) => error.fmt(f),
            Self::Unanswerable { schemes, .. } if schemes.is_empty() => {
                f.write_str("wants to be answered in a way that is not known: it names none")
            }
            Self::Unanswerable { schemes, .. } => write!(
                f,
                "wants to be answered in a way that is not known: {}",
                schemes.join(", ")
            ),
            Self::SentAway { status, origin } => write!(f, "sends us to {origin} ({status})"),
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::WrongKind(key) => write!(f, "wants a password, and `{key}` holds a token"),
            Self::Unsendable(_) => f.write_str("the credential cannot be put into a header"),
            Self::Source(error) => error.fmt(f),
            Self::Realm {
                origin, problem, ..
            } => write!(f, "realm {origin}: {problem}"),
            Self::RealmTrouble { origin, trouble } => match trouble {
                Trouble::NobodyThere(problem)
                | Trouble::Late(problem)
                | Trouble::Unreachable { problem, .. } => {
                    write!(f, "realm {origin}: {problem}")
                }
                trouble => write!(f, "realm {origin}: {trouble}"),
            },
            Self::Trouble(trouble) => trouble.fmt(f),
            Self::OverHttp { origin, trouble } => {
                write!(f, "it answers without TLS, and as {origin}: {trouble}")
            }
            Self::TroubleAway { origin, trouble } => {
                write!(f, "{}{origin}: {}", trouble.kind(), trouble.problem())
            }
            Self::Redirect(problem) => problem.fmt(f),
            Self::NoUrl => f.write_str("unreachable: the host is no URL that can be requested"),
        }?;
        self.reason()
            .map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

impl Advise for HostFailure {
    fn remedies(&self) -> Vec<Remedy> {
        match (self.refusal(), self) {
            (Some(refusal), _) => refusal.remedies(),
            (None, Self::Source(error)) => error.remedies(),
            _ => Vec::new(),
        }
    }
}

impl std::error::Error for HostFailure {}
