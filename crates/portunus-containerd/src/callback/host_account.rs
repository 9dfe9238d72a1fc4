use std::fmt;

use crate::callback::question::{Given, Question};

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
