use super::candidate::{Candidate, PassedOver};
use super::operation::Phase;
use crate::name::{Authority, Repository};
use containerd_hosts::Host;

/// One host of a plan: what it is asked for, and what it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The host.
    pub host: Host,
    /// What credentials for it are stored under; `None` where its text is no host name, so that
    /// no credential can match.
    pub authority: Option<Authority>,
    /// What it is asked for. Empty: it is not asked in this operation.
    pub phases: Vec<Phase>,
    /// The repository as it is requested there, a path mirror's own prefix included.
    pub repository: Repository,
    /// The credentials that may be sent, best first. None: anonymous.
    pub candidates: Vec<Candidate>,
    /// The credentials that were looked at and may not be sent.
    pub passed_over: Vec<PassedOver>,
    /// What else is worth a word.
    pub notes: Vec<String>,
}
