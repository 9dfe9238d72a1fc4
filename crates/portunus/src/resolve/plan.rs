use std::fmt;

use super::attempt::Attempt;
use super::operation::Operation;
use crate::name::{ImageReference, Profile};
use crate::store::SourceError;
use containerd_hosts::Finding;

/// The answer: the ordered attempts, each with its host, its phases, its candidate credentials
/// and the reason for each. Plain data without a secret; the same inputs give the same plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Plan {
    /// The image.
    pub reference: ImageReference,
    /// What is to be done with it.
    pub operation: Operation,
    /// Whose credentials.
    pub profile: Profile,
    /// The hosts in the order they are asked, server last.
    pub attempts: Vec<Attempt>,
    /// What `hosts.toml` deserves to be told about.
    pub findings: Vec<Finding>,
    /// Sources that failed, and entries in them that could not be read.
    pub warnings: Vec<SourceError>,
}

impl IntoIterator for Plan {
    type Item = Attempt;
    type IntoIter = std::vec::IntoIter<Attempt>;

    fn into_iter(self) -> Self::IntoIter {
        self.attempts.into_iter()
    }
}

impl<'a> IntoIterator for &'a Plan {
    type Item = &'a Attempt;
    type IntoIter = std::slice::Iter<'a, Attempt>;

    fn into_iter(self) -> Self::IntoIter {
        self.attempts.iter()
    }
}

impl fmt::Display for Plan {
    /// What is to be done, and an indented line for each host: where it is, what it is asked for,
    /// and the credential that goes first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} (profile {})",
            self.operation, self.reference, self.profile
        )?;
        for attempt in self {
            write!(f, "\n  {attempt}")?;
        }
        Ok(())
    }
}
