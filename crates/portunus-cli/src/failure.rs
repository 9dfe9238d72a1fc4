use portunus::hosts::HostsError;
use portunus::name::NameError;
use portunus::printable::system_words;
use portunus::remedy::{Advise, Remedy};
use portunus::resolve::ResolveError;
use portunus::store::{SourceError, SourceErrorKind, SourceName};

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
    /// Whether the cause alone is all there is to say: no other run would tell more.
    pub(crate) is_whole: bool,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            details: Vec::new(),
            help: Vec::new(),
            is_whole: false,
        }
    }

    /// The same where no other run would tell more, so that none is advised.
    pub(crate) fn whole(mut self) -> Self {
        self.is_whole = true;
        self
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
        let exit = match error.kind {
            SourceErrorKind::CannotKeep => Exit::Usage,
            _ => Exit::Configuration,
        };
        let failure = Self::new(exit, error.to_string());
        match (error.remedies(), error.kind) {
            (remedies, _) if !remedies.is_empty() => remedies.into_iter().fold(failure, Self::help),
            (_, SourceErrorKind::CannotKeep) => failure.help(Remedy::OtherStore),
            (_, SourceErrorKind::Inaccessible) => failure.whole(),
            // It was given for this run, and no login takes its place.
            _ if error.source_name == SourceName::COMMAND_LINE => {
                failure.help("repair what is named there, or give another one")
            }
            _ => failure.help("repair what is named there, or move it away and log in again"),
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
        let message = format!("cannot read or write: {}", system_words(&error));
        Self::new(Exit::Failed, message).whole()
    }
}
