use portunus::authorizer::{HostFailure, TlsProblem, Trouble};

use crate::outcome::{Outcome, TokenProblem};

impl From<HostFailure> for Outcome {
    fn from(failure: HostFailure) -> Self {
        let text = failure.to_string();
        match failure {
            HostFailure::NotLoggedIn { reason, .. } => Self::NotLoggedIn { reason },
            HostFailure::Rejected { reason, .. } => Self::Rejected { reason },
            HostFailure::LacksScope {
                account,
                scopes,
                reason,
                ..
            } => Self::LacksScope {
                account,
                scopes,
                reason,
            },
            HostFailure::Denied {
                account, reason, ..
            } => Self::Denied { account, reason },
            HostFailure::Status {
                status,
                away,
                reason,
                ..
            } => Self::Status {
                status,
                away: away.as_ref().map(ToString::to_string),
                reason,
            },
            HostFailure::Challenge(error) => Self::BadChallenge { error },
            HostFailure::Refused(refusal) => Self::Refused(refusal),
            HostFailure::Source(error) => Self::Source(error),
            HostFailure::Realm {
                origin,
                problem,
                reason,
                ..
            } => Self::TokenServer {
                realm: origin.to_string(),
                problem: TokenProblem::Answer(problem),
                reason,
            },
            HostFailure::RealmTrouble {
                origin, trouble, ..
            } => match Self::from(trouble) {
                Self::Unreachable { problem, .. } => Self::TokenServer {
                    realm: origin.to_string(),
                    problem: TokenProblem::Unreachable(problem),
                    reason: None,
                },
                Self::Tls { problem } => Self::TokenServer {
                    realm: origin.to_string(),
                    problem: TokenProblem::Unreachable(format!("no TLS connection: {problem}")),
                    reason: None,
                },
                other => other,
            },
            HostFailure::Trouble(trouble) => trouble.into(),
            HostFailure::TroubleAway {
                origin, trouble, ..
            } => match Self::from(trouble) {
                Self::Unreachable { problem, connected } => Self::Unreachable {
                    problem: format!("{origin}: {problem}"),
                    connected,
                },
                Self::Tls { problem } => Self::Tls {
                    problem: TlsProblem::Other(format!("{origin}: {problem}")),
                },
                other => other,
            },
            HostFailure::NoUrl => Self::unreachable("the host is no URL that can be requested"),
            _ => Self::bad_content(text),
        }
    }
}

impl From<Trouble> for Outcome {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NoTls(_) => Self::Tls {
                problem: TlsProblem::NoTls,
            },
            Trouble::Tls(problem) => Self::Tls { problem: *problem },
            Trouble::NobodyThere(problem) => Self::unreachable(problem),
            Trouble::Refused(refusal) => Self::Refused(refusal),
            Trouble::Local(problem) => Self::Local { problem },
            Trouble::Unreachable { problem, connected } => Self::Unreachable { problem, connected },
        }
    }
}
