use std::fmt;
use std::sync::Arc;

use super::candidate::{Candidate, PassedOver};
use super::note::Note;
use super::operation::Phase;
use crate::name::{Authority, Repository};
use crate::token::Scopes;
use containerd_hosts::Host;

/// One host of a plan: what it is asked for, and what it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The host, without its headers: their values may be secrets, and a plan has none.
    pub host: Arc<Host>,
    /// What credentials for it are stored under; `None` where its text is no host name, so that
    /// no credential can match.
    pub authority: Option<Authority>,
    /// What it is asked for. Empty: it is not asked in this operation.
    pub phases: &'static [Phase],
    /// The repository as it is requested there, a path mirror's own prefix included; `None` where
    /// that is no valid name.
    pub repository: Option<Repository>,
    /// The credentials that may be sent, best first. None: anonymous.
    pub candidates: Vec<Candidate>,
    /// How many credentials for the host may not be sent.
    pub others: usize,
    /// Which they are, where the resolver was to tell
    /// ([`Resolver::explaining`](super::Resolver::explaining)).
    pub passed_over: Vec<PassedOver>,
    /// What else is worth a word.
    pub notes: Vec<Note>,
}

impl Attempt {
    /// What a token for these actions on the repository has to allow. Where the repository has no
    /// valid name there, only the host's challenge can tell.
    pub fn scopes(&self, actions: &[&str]) -> Scopes {
        self.repository
            .as_ref()
            .map_or_else(Scopes::default, |repository| {
                Scopes::repository(repository, actions)
            })
    }
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.host.scheme, self.host.host)?;
        for (at, phase) in self.phases.iter().enumerate() {
            write!(f, "{}{phase}", if at == 0 { ": " } else { ", " })?;
        }
        match self.candidates.first() {
            Some(first) => write!(f, "; {}, {}", first.entry.key, first.rule),
            None => f.write_str("; no credential"),
        }
    }
}
