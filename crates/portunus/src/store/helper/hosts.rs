use std::cmp::Reverse;
use std::fmt;

use super::cloud::{ecr_patterns, is_ecr};
use crate::name::{Authority, HostPattern};
use containerd_hosts::NameError;

const ECR: &str = "ecr";

/// The hosts that a credential helper is named for: one host, a glob over the labels of a name
/// (`*.dkr.ecr.*.amazonaws.com`), or `ecr` for ECR's private registries in all their forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelperHosts(Kind);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Pattern(HostPattern),
    Ecr,
}

impl HelperHosts {
    /// Reads a host, a glob or the word `ecr`.
    ///
    /// # Errors
    /// Where it is none of them.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        match text {
            ECR => Ok(Self(Kind::Ecr)),
            _ => HostPattern::parse(text).map(Self::from),
        }
    }

    /// Whether the helper is to be asked for a host.
    pub fn cover(&self, host: &Authority) -> bool {
        match &self.0 {
            Kind::Pattern(pattern) => pattern.covers(host),
            Kind::Ecr => is_ecr(host),
        }
    }

    /// Whether they are all hosts that have as many labels.
    pub fn are_all_of_their_labels(&self) -> bool {
        matches!(&self.0, Kind::Pattern(pattern) if pattern.covers_all_of_its_labels())
    }

    /// The host, where it is one.
    pub(crate) fn authority(&self) -> Option<&Authority> {
        match &self.0 {
            Kind::Pattern(pattern) => pattern.authority(),
            Kind::Ecr => None,
        }
    }

    /// The same as globs, of which ECR's also cover names that are none of ECR's.
    pub fn patterns(&self) -> Vec<HostPattern> {
        match &self.0 {
            Kind::Pattern(pattern) => vec![pattern.clone()],
            Kind::Ecr => ecr_patterns(),
        }
    }

    /// How they are listed: by the commonest form of ECR's.
    pub(super) fn pattern(&self) -> Option<HostPattern> {
        self.patterns().into_iter().next()
    }

    /// What goes before others that cover the same host is the least: one host, the longer glob, the
    /// first in the alphabet, the word.
    pub(crate) fn rank(&self) -> impl Ord + use<> {
        let text = self.to_string();
        let is_word = self.0 == Kind::Ecr;
        (
            is_word,
            self.authority().is_none(),
            Reverse(text.len()),
            text,
        )
    }
}

impl From<HostPattern> for HelperHosts {
    fn from(pattern: HostPattern) -> Self {
        Self(Kind::Pattern(pattern))
    }
}

impl fmt::Display for HelperHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Pattern(pattern) => pattern.fmt(f),
            Kind::Ecr => f.write_str(ECR),
        }
    }
}
