use portunus::hosts::HostsError;
use portunus::name::NameError;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::ResolveError;
use portunus::store::{SourceError, SourceErrorKind};

use crate::exit::Exit;
use crate::finding_help::finding_help;
use crate::help::Help;

/// Why a command stops: one line, what belongs to it, and what to run next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) details: Vec<String>,
    pub(crate) help: Vec<Help>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Adds a line below the message.
    pub(crate) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.details.push(detail.into());
        self
    }

    /// Adds what to do next.
    pub(crate) fn help(mut self, help: impl Into<Help>) -> Self {
        self.help.push(help.into());
        self
    }
}

impl From<NameError> for Failure {
    fn from(error: NameError) -> Self {
        Self::new(Exit::Usage, error.to_string())
    }
}

impl From<HostsError> for Failure {
    fn from(error: HostsError) -> Self {
        let help = match &error {
            HostsError::Broken { finding, .. } => finding_help(finding),
            _ => None,
        };
        let help = help.unwrap_or_else(|| "`{program} check` shows the place and more".into());
        Self::new(Exit::Configuration, error.to_string()).help(help)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let (exit, help) = match error.kind {
            SourceErrorKind::CannotKeep => (Exit::Usage, Remedy::OtherStore.into()),
            SourceErrorKind::Inaccessible => (Exit::Configuration, Exit::Configuration.help()),
            _ => (
                Exit::Configuration,
                "repair what is named there, or move it away and log in again".into(),
            ),
        };
        let failure = Self::new(exit, error.to_string());
        match error.remedies() {
            remedies if remedies.is_empty() => failure.help(help),
            remedies => remedies.into_iter().fold(failure, Self::help),
        }
    }
}

impl From<ResolveError> for Failure {
    fn from(error: ResolveError) -> Self {
        match error {
            ResolveError::Hosts(error) => error.into(),
            ResolveError::Source(error) => error.into(),
            other => Self::new(Exit::Failed, other.to_string()),
        }
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::new(Exit::Failed, format!("cannot read or write: {error}"))
    }
}
