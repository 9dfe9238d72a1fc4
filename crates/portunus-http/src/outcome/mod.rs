//! Why a host did not give what was asked for, and how that is reported.

mod advice;
pub(crate) mod error;
pub(crate) mod report;
#[cfg(feature = "serde")]
mod serial;

use std::fmt;

use portunus::authorizer::{HostFailure, TlsProblem, Trouble};
use portunus::reason::Reason;
use portunus::token::trust::Refusal;

/// Why a host did not give what was asked for. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It does not help, or nobody could ask it.
    Host(HostFailure),
    /// What it sent is not what was asked for: wrong digest, wrong size, too large, endless.
    #[non_exhaustive]
    BadContent {
        /// What is wrong with it.
        problem: String,
    },
}

impl Outcome {
    pub(crate) fn unreachable(problem: impl fmt::Display) -> Self {
        Trouble::unreachable(problem).into()
    }

    /// Something on this machine is in the way, whatever the host says.
    pub(crate) fn local(problem: impl Into<String>) -> Self {
        Trouble::Local(problem.into()).into()
    }

    pub(crate) fn bad_content(problem: impl Into<String>) -> Self {
        let problem = problem.into();
        Self::BadContent { problem }
    }

    /// What the host said, or why it said nothing.
    pub fn failure(&self) -> Option<&HostFailure> {
        match self {
            Self::Host(failure) => Some(failure),
            Self::BadContent { .. } => None,
        }
    }

    /// Why there is no TLS connection to the host itself.
    pub fn tls_problem(&self) -> Option<&TlsProblem> {
        self.failure()?.tls_problem()
    }

    /// The trust rule that forbids it.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.failure()?.refusal()
    }

    /// Whether the host says it does not have the image.
    pub fn is_not_found(&self) -> bool {
        self.failure().is_some_and(HostFailure::is_not_found)
    }

    /// What the other side says to it, where it does.
    pub fn reason(&self) -> Option<&Reason> {
        self.failure()?.reason()
    }

    /// Whether something on this machine is in the way, so that no other host does better.
    pub(crate) fn is_local(&self) -> bool {
        let trouble = self.failure().and_then(HostFailure::trouble);
        matches!(trouble, Some(Trouble::Local(_)))
    }

    /// The status that the host answered with, and helps no further by.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Host(HostFailure::Status { status, .. }) => Some(*status),
            _ => None,
        }
    }

    /// Whether there was a connection, on which no answer came.
    pub(crate) fn broke_off(&self) -> bool {
        let trouble = self.trouble_on_the_way();
        matches!(
            trouble,
            Some(Trouble::Unreachable {
                connected: true,
                ..
            })
        )
    }

    /// Whether no answer came in time.
    pub(crate) fn is_late(&self) -> bool {
        matches!(self.trouble_on_the_way(), Some(Trouble::Late(_)))
    }

    /// Of the host, or where it sent us; not of its realm.
    fn trouble_on_the_way(&self) -> Option<&Trouble> {
        match self {
            Self::Host(
                HostFailure::Trouble(trouble) | HostFailure::TroubleAway { trouble, .. },
            ) => Some(trouble),
            _ => None,
        }
    }

    /// Whether nothing can be expected of the host in this session.
    pub(crate) fn is_final(&self) -> bool {
        match self {
            Self::BadContent { .. } => false,
            Self::Host(
                HostFailure::Status { .. }
                | HostFailure::LacksScope { .. }
                | HostFailure::Denied { .. }
                | HostFailure::Redirect(_)
                | HostFailure::WrongKind(_)
                | HostFailure::Unsendable(_),
            ) => false,
            Self::Host(_) => !self.broke_off(),
        }
    }
}

impl From<HostFailure> for Outcome {
    fn from(failure: HostFailure) -> Self {
        Self::Host(failure)
    }
}

impl From<Trouble> for Outcome {
    fn from(trouble: Trouble) -> Self {
        HostFailure::Trouble(trouble).into()
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(failure) => failure.fmt(f),
            Self::BadContent { problem } => f.write_str(problem),
        }
    }
}
