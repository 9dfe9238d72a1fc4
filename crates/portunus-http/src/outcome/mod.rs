//! Why a host did not give what was asked for, and how that is reported.

pub(crate) mod error;
mod from_failure;
pub(crate) mod report;
#[cfg(feature = "serde")]
mod serial;

use std::fmt;

use portunus::authorizer::{Shown, TlsProblem};
use portunus::reason::Reason;
use portunus::store::SourceError;
use portunus::token::ChallengeError;
use portunus::token::trust::Refusal;
use portunus::token::{ExchangeError, Scopes};

/// Why a host did not give what was asked for. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// No answer: unknown name, refused, reset, too slow.
    #[non_exhaustive]
    Unreachable {
        /// What happened.
        problem: String,
        /// Whether there was a connection, so that another try may have more luck.
        connected: bool,
    },
    /// No TLS connection: a certificate nobody vouches for, a certificate file that cannot be
    /// read.
    #[non_exhaustive]
    Tls {
        /// What happened.
        problem: TlsProblem,
    },
    /// An answer with a status that helps no further; 404: it does not have the image.
    #[non_exhaustive]
    Status {
        /// The status.
        status: u16,
        /// The origin of who answered, where the host has sent us elsewhere.
        away: Option<String>,
        /// What it says to that.
        reason: Option<Reason>,
    },
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
    /// It asks for something that nobody can answer.
    #[non_exhaustive]
    BadChallenge {
        /// What is wrong; `None`: no challenge with a known scheme.
        error: Option<ChallengeError>,
    },
    /// A trust rule forbids to answer it.
    Refused(Refusal),
    /// No credential could be fetched for it.
    Source(SourceError),
    /// Its realm gave no token.
    #[non_exhaustive]
    TokenServer {
        /// The origin of the realm.
        realm: String,
        /// What went wrong there.
        problem: TokenProblem,
        /// What it says to that.
        reason: Option<Reason>,
    },
    /// Something on this machine is in the way, whatever the host says.
    #[non_exhaustive]
    Local {
        /// What is wrong.
        problem: String,
    },
    /// What it sent is not what was asked for: wrong digest, wrong size, too large, endless.
    #[non_exhaustive]
    BadContent {
        /// What is wrong with it.
        problem: String,
    },
}

/// What went wrong at a realm.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenProblem {
    /// No answer.
    #[error("{0}")]
    Unreachable(String),
    /// An answer without a token.
    #[error(transparent)]
    Answer(ExchangeError),
}

impl Outcome {
    pub(crate) fn unreachable(problem: impl Into<String>) -> Self {
        Self::Unreachable {
            problem: problem.into(),
            connected: false,
        }
    }

    pub(crate) fn bad_content(problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self::BadContent { problem }
    }

    /// Whether the host says it does not have the image.
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

    /// What the other side says to it, where it does.
    pub fn reason(&self) -> Option<&Reason> {
        match self {
            Self::Status { reason, .. }
            | Self::NotLoggedIn { reason }
            | Self::Rejected { reason }
            | Self::LacksScope { reason, .. }
            | Self::Denied { reason, .. }
            | Self::TokenServer { reason, .. } => reason.as_ref(),
            _ => None,
        }
    }

    /// Whether nothing can be expected of the host in this session.
    pub(crate) fn is_final(&self) -> bool {
        !matches!(
            self,
            Self::Unreachable {
                connected: true,
                ..
            } | Self::Status { .. }
                | Self::BadContent { .. }
                | Self::LacksScope { .. }
                | Self::Denied { .. }
        )
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable { problem, .. } => write!(f, "unreachable: {problem}"),
            Self::Tls { problem } => write!(f, "no TLS connection: {problem}"),
            Self::Status {
                status,
                away: Some(away),
                ..
            } => write!(f, "sends us to {away}, which answered {status}"),
            Self::Status { status: 404, .. } => f.write_str("not found (404)"),
            Self::Status { status, .. } => write!(f, "answered {status}"),
            Self::NotLoggedIn { .. } => f.write_str("wants a credential, and there is none for it"),
            Self::Rejected { .. } => f.write_str("rejected the credential"),
            Self::LacksScope {
                account, scopes, ..
            } => write!(f, "{account} lacks the scope `{scopes}`"),
            Self::Denied { account, .. } => write!(f, "denied to {account}"),
            Self::BadChallenge { error: Some(error) } => error.fmt(f),
            Self::BadChallenge { error: None } => {
                f.write_str("wants to be answered in a way that is not known")
            }
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::Source(error) => error.fmt(f),
            Self::TokenServer { realm, problem, .. } => write!(f, "realm {realm}: {problem}"),
            Self::BadContent { problem } | Self::Local { problem } => f.write_str(problem),
        }?;
        self.reason()
            .map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}
