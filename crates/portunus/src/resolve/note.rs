use std::fmt;

use super::domain_refusal::DomainRefusal;
use crate::name::NameError;
use crate::remedy::{Advise, Remedy};
use containerd_hosts::Place;

/// What else is worth a word about a host of a plan. `Display` says it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Note {
    /// Its text is no host name, so that no credential can be stored for it.
    NoHostName(NameError),
    /// It may not be pulled from, yet containerd's fetch asks it.
    FetchedWithoutPull,
    /// A push goes to a mirror.
    PushToMirror,
    /// The path of a path mirror makes no repository name, so that no credential for a repository
    /// matches.
    NoRepositoryName,
    /// Its `credential_domain` is not honoured.
    #[non_exhaustive]
    CredentialDomainRefused {
        /// Where it is written.
        place: Place,
        /// Why.
        refusal: DomainRefusal,
    },
}

impl Note {
    /// The name in JSON, which does not change.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NoHostName(_) => "no-host-name",
            Self::FetchedWithoutPull => "fetched-without-pull",
            Self::PushToMirror => "push-to-mirror",
            Self::NoRepositoryName => "no-repository-name",
            Self::CredentialDomainRefused { .. } => "credential-domain-refused",
        }
    }
}

impl Advise for Note {
    fn remedies(&self) -> Vec<Remedy> {
        match self {
            Self::CredentialDomainRefused {
                refusal: DomainRefusal::ForeignWriter(writer),
                ..
            } => writer.remedies(),
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHostName(error) => {
                let problem = error.problem();
                write!(f, "no credential can be stored for this host: {problem}")
            }
            Self::FetchedWithoutPull => {
                f.write_str("without `pull`, yet containerd fetches from it")
            }
            Self::PushToMirror => f.write_str("the push lands on this mirror"),
            Self::NoRepositoryName => f.write_str(
                "with its path the repository has no valid name, so that no credential for a \
                 repository matches",
            ),
            Self::CredentialDomainRefused { place, refusal } => {
                let line = place.line;
                write!(
                    f,
                    "credential_domain in line {line} is not honoured: {refusal}"
                )
            }
        }
    }
}
