use std::process::ExitCode;

use crate::help::Help;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// 0: done.
    Done,
    /// 1: the network, a registry or a daemon failed.
    Failed,
    /// 2: the arguments make no sense.
    Usage,
    /// 3: not logged in, or the credential was rejected.
    NotLoggedIn,
    /// 4: refused by a trust rule.
    Untrusted,
    /// 5: a configuration file is broken.
    Configuration,
    /// 6: there is no such image or entry.
    NotFound,
}

impl Exit {
    /// Every way to end, by its number.
    pub(crate) const ALL: [Self; 7] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::NotLoggedIn,
        Self::Untrusted,
        Self::Configuration,
        Self::NotFound,
    ];

    /// The number the process exits with.
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::NotLoggedIn => 3,
            Self::Untrusted => 4,
            Self::Configuration => 5,
            Self::NotFound => 6,
        }
    }

    /// What to do next where nothing better is known, and where that tells more.
    pub(crate) fn help(self) -> Option<Help> {
        match self {
            Self::Failed => Some("run it again with -v to see what is read and asked".into()),
            Self::Configuration => Some("run it again with -v to see what is read".into()),
            _ => None,
        }
    }

    /// What the table of exit codes says of it.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "the network, a registry or a daemon failed",
            Self::Usage => "the arguments make no sense",
            Self::NotLoggedIn => "not logged in, or the credential was rejected",
            Self::Untrusted => "refused by a trust rule",
            Self::Configuration => "a configuration file is broken, or what is named is not there",
            Self::NotFound => "there is no such image or entry",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
