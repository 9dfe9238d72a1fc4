use std::fmt;

use portunus::authorizer::HostFailure;
use portunus::remedy::{Advise, Remedy};

use crate::outcome::Outcome;
use crate::outcome::report::HostReport;

/// Why a pull or a push failed. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Error {
    /// What to do about it.
    pub kind: ErrorKind,
    /// What was being done: `cannot pull reg.test/app:v1`.
    pub context: String,
    /// What went wrong, where it was not a host.
    pub problem: Option<String>,
    /// Every host that was asked, in the order of the plan.
    pub hosts: Vec<HostReport>,
}

/// What kind of failure, for exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No host has the image.
    NotFound,
    /// Hosts that could not be reached, or answered with trouble.
    Network,
    /// A credential is missing.
    NotLoggedIn,
    /// A credential was not accepted, or its account may not do this.
    Rejected,
    /// A trust rule forbids what would be needed.
    Trust,
    /// The plan has no host for this.
    NoHost,
    /// Files on this machine: the layout, a credential source.
    Local,
}

impl Error {
    pub(crate) fn of_hosts(context: impl Into<String>, hosts: Vec<HostReport>) -> Self {
        let kind = hosts.iter().map(|report| kind_of(&report.outcome));
        // The kind that tells most wins: a mirror's rejection is not hidden by a later 404.
        let kind = kind.max_by_key(|kind| rank(*kind));
        Self {
            kind: kind.unwrap_or(ErrorKind::NoHost),
            context: context.into(),
            problem: hosts
                .is_empty()
                .then(|| "the plan has no host for it".to_owned()),
            hosts,
        }
    }

    pub(crate) fn local(context: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            kind: ErrorKind::Local,
            context: context.into(),
            problem: Some(problem.into()),
            hosts: Vec::new(),
        }
    }
}

impl Advise for Error {
    fn remedies(&self) -> Vec<Remedy> {
        Remedy::each_once(self.hosts.iter().flat_map(|it| it.outcome.remedies()))
    }
}

impl Advise for Outcome {
    fn remedies(&self) -> Vec<Remedy> {
        self.failure().map_or_else(Vec::new, Advise::remedies)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.context)?;
        if let Some(problem) = &self.problem {
            write!(f, ": {problem}")?;
        }
        for (at, report) in self.hosts.iter().enumerate() {
            write!(f, "{} {report}", if at == 0 { ":" } else { " |" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

pub(crate) fn kind_of(outcome: &Outcome) -> ErrorKind {
    let Some(failure) = outcome.failure() else {
        return ErrorKind::Network;
    };
    match failure {
        failure if failure.is_not_found() => ErrorKind::NotFound,
        failure if failure.refusal().is_some() => ErrorKind::Trust,
        HostFailure::NotLoggedIn { .. } => ErrorKind::NotLoggedIn,
        HostFailure::Rejected { .. }
        | HostFailure::LacksScope { .. }
        | HostFailure::Denied { .. } => ErrorKind::Rejected,
        HostFailure::Source(_) => ErrorKind::Local,
        _ if outcome.is_local() => ErrorKind::Local,
        _ => ErrorKind::Network,
    }
}

fn rank(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::NoHost => 0,
        ErrorKind::NotFound => 1,
        ErrorKind::Network => 2,
        ErrorKind::Local => 3,
        ErrorKind::NotLoggedIn => 4,
        ErrorKind::Trust => 5,
        ErrorKind::Rejected => 6,
    }
}
