use portunus::hosts::HostsError;
use portunus::name::NameError;
use portunus::resolve::ResolveError;
use portunus::store::{SourceError, SourceErrorKind};

use crate::exit::Exit;
use crate::finding_help::finding_help;

/// Why a command stops: one line, what belongs to it, and what to run next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) details: Vec<String>,
    pub(crate) help: Vec<String>,
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
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
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
        let help = help.unwrap_or_else(|| "`portunus check` shows the place and more".to_owned());
        Self::new(Exit::Configuration, error.to_string()).help(help)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let (exit, help) = match error.kind {
            SourceErrorKind::CannotKeep => (Exit::Usage, "use another store, `--store file`"),
            SourceErrorKind::Inaccessible => (Exit::Configuration, Exit::Configuration.help()),
            _ => (
                Exit::Configuration,
                "repair what is named there, or move it away and log in again",
            ),
        };
        let help = error.help.clone().unwrap_or_else(|| help.to_owned());
        Self::new(exit, error.to_string()).help(help)
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
