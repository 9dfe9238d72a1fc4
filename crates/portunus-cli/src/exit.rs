use std::process::ExitCode;

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
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
