use crate::exit::Exit;
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
