use std::process::ExitCode;

use crate::help::Help;

/// How the program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Exit {
    /// 0: done.
    Done = 0,
    /// 1: the network, a registry or a daemon failed.
    Failed = 1,
    /// 2: the arguments make no sense.
    Usage = 2,
    /// 3: not logged in, or the credential was rejected.
    NotLoggedIn = 3,
    /// 4: refused by a trust rule.
    Untrusted = 4,
    /// 5: a configuration file is broken.
    Configuration = 5,
    /// 6: there is no such image or entry.
    NotFound = 6,
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
        self as u8
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
