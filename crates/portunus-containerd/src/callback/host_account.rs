use std::fmt;

use crate::callback::answer::StoredUnder;
use crate::callback::question::{Given, NoAnswer, Question};

/// What a host that asked for a credential was told. Prints as one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct HostAccount<'a> {
    /// The host as the daemon wrote it.
    pub host: &'a str,
    /// How often it asked.
    pub asked: usize,
    /// What it was told the last time.
    pub given: &'a Given,
}

pub(crate) fn of(questions: &[Question]) -> Vec<HostAccount<'_>> {
    let mut accounts: Vec<HostAccount<'_>> = Vec::new();
    for Question { host, given } in questions {
        match accounts.iter_mut().find(|account| account.host == host) {
            Some(account) => {
                account.asked += 1;
                account.given = given;
            }
            None => accounts.push(HostAccount {
                host,
                asked: 1,
                given,
            }),
        }
    }
    accounts
}

pub(crate) fn listed(stored: &[StoredUnder]) -> String {
    let stored: Vec<String> = stored.iter().map(StoredUnder::to_string).collect();
    stored.join(", ")
}

impl fmt::Display for HostAccount<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = if self.asked == 1 { "time" } else { "times" };
        write!(f, "{}: asked {} {times}, given ", self.host, self.asked)?;
        match self.given {
            Given::Credential { stored, .. } => stored.fmt(f),
            Given::Nothing(why) => write!(f, "none: {why}"),
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotInPlan => f.write_str(
                "it is not among the hosts of this image; a host redirected to it, or containerd reads other host files",
            ),
            Self::NotNeeded => f.write_str("it lets anybody in"),
            Self::NoPart => f.write_str("it has no part in this"),
            Self::NothingStored => f.write_str("nothing is stored that may be sent to it"),
            Self::Rejected(stored) => write!(f, "it rejected {}", listed(stored)),
            Self::Refused { stored, reason, .. } | Self::NotTaken { stored, reason } => {
                write!(f, "{stored} stays here: {reason}")
            }
            Self::Failed { reason } => f.write_str(reason),
            Self::OverBudget => f.write_str("it asked too often"),
            Self::NotOurs => f.write_str("the question does not concern this image"),
        }
    }
}

impl fmt::Display for StoredUnder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` from {}", self.key, self.location)
    }
}
