use std::fmt;

use super::scope::Scope;
use crate::name::{Authority, HostPattern, Profile, RegistryNamespace, Repository};
use containerd_hosts::Place;

/// Why a stored credential may be sent to a host. `Display` says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// It is stored for that host.
    Stored(Box<Scope>),
    /// It is stored for the host of the registry namespace, and the operator trusts this one with
    /// it.
    CredentialDomain(Box<Loan>),
    /// It is stored nowhere yet: a login offers it to its own host.
    Offered,
}

/// A credential that a `credential_domain` lets another host see than it is stored for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Loan {
    /// What it is stored for.
    pub stored: Scope,
    /// The host that it belongs to.
    pub owner: Authority,
    /// Where the `credential_domain` is written.
    pub place: Place,
}

/// Why a stored credential may not be sent to a host. `Display` says it in words.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mismatch {
    /// It is stored for another host.
    Host(HostPattern),
    /// It belongs to another profile.
    Profile(Profile),
    /// It is stored for another registry namespace.
    RegistryNamespace(RegistryNamespace),
    /// It is stored for other repositories than the one that is requested at the host.
    Repository(Repository),
}

impl Rule {
    /// The name in JSON, which does not change: `host`, `host-glob`, `credential-domain`, `offered`. What
    /// else the key is limited to, the entry tells.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Stored(scope) if scope.glob.is_none() => "host",
            Self::Stored(_) => "host-glob",
            Self::CredentialDomain(_) => "credential-domain",
            Self::Offered => "offered",
        }
    }
}

impl Mismatch {
    /// The name in JSON, which does not change: `other-host`, `other-profile`,
    /// `other-registry-namespace`, `other-repository`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Host(_) => "other-host",
            Self::Profile(_) => "other-profile",
            Self::RegistryNamespace(_) => "other-registry-namespace",
            Self::Repository(_) => "other-repository",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offered => f.write_str("this login"),
            Self::Stored(scope) => write!(f, "{scope}"),
            Self::CredentialDomain(loan) => {
                let (stored, owner, line) = (&loan.stored, &loan.owner, loan.place.line);
                write!(
                    f,
                    "{stored} of {owner}, which line {line} trusts (credential_domain)"
                )
            }
        }
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host(host) => write!(f, "it is stored for host {host}"),
            Self::Profile(profile) => write!(f, "it belongs to the {profile} profile"),
            Self::RegistryNamespace(name) => {
                write!(f, "it is stored for registry namespace {name}")
            }
            Self::Repository(prefix) => write!(f, "it is stored for repositories under {prefix}"),
        }
    }
}
