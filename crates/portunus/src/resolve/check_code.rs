use std::fmt;

use containerd_hosts as hosts;

/// What kind of fault a finding of [`check`](super::check) is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CheckCode {
    /// One of `hosts.toml` and its directories, whoever reads them.
    Hosts(hosts::Code),
    /// A host may be sent the credential of its registry namespace, since its `credential_domain`
    /// says so.
    CredentialDomain,
    /// A `credential_domain` that is not honoured, so that the host gets no credential but its own.
    CredentialDomainRefused,
}

impl CheckCode {
    /// Every code: those of `hosts.toml` in their own order, then ours.
    pub fn all() -> impl Iterator<Item = Self> {
        let own = [Self::CredentialDomain, Self::CredentialDomainRefused];
        hosts::Code::ALL.iter().copied().map(Self::Hosts).chain(own)
    }

    /// The code of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|code| code.as_str() == name)
    }

    /// The name, which does not change: `credential-domain`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hosts(code) => code.as_str(),
            Self::CredentialDomain => "credential-domain",
            Self::CredentialDomainRefused => "credential-domain-refused",
        }
    }

    /// What is wrong where it is found, and what becomes of it.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Hosts(code) => code.explanation(),
            Self::CredentialDomain => {
                "A host may be sent the credential of its registry namespace, since its \
                 `credential_domain` says so."
            }
            Self::CredentialDomainRefused => {
                "A `credential_domain` that is not honoured, so that the host gets no credential \
                 but its own."
            }
        }
    }
}

impl From<hosts::Code> for CheckCode {
    fn from(code: hosts::Code) -> Self {
        Self::Hosts(code)
    }
}

impl fmt::Display for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
