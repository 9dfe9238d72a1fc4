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
