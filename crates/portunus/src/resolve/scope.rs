use std::fmt;

use crate::name::{CredentialKey, HostPattern, Profile, RegistryNamespace, Repository};

/// What a credential is stored for, as far as that says why it matches.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// The glob that covers the host; `None`: it is stored for exactly this host.
    pub glob: Option<HostPattern>,
    /// The registry namespace; `None`: every one.
    pub registry_namespace: Option<RegistryNamespace>,
    /// The prefix of the repository; `None`: every one.
    pub repository: Option<Repository>,
    /// The profile it belongs to.
    pub profile: Profile,
    /// Whether that is not the profile asked for, which sees it all the same.
    pub inherited: bool,
}

impl Scope {
    /// That of a key that matches, seen from a profile.
    pub(crate) fn of(key: &CredentialKey, profile: &Profile) -> Self {
        Self {
            glob: key.host().is_glob().then(|| key.host().clone()),
            registry_namespace: key.registry_namespace().cloned(),
            repository: key.repository().cloned(),
            profile: key.profile().clone(),
            inherited: key.profile() != profile,
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.glob {
            Some(glob) => write!(f, "stored for hosts {glob}")?,
            None => f.write_str("stored for this host")?,
        }
        if let Some(stored) = &self.registry_namespace {
            write!(f, " and registry namespace {stored}")?;
        }
        if let Some(prefix) = &self.repository {
            write!(f, ", repositories under {prefix}")?;
        }
        match (self.inherited, self.profile.name()) {
            (false, Some(name)) => write!(f, ", in profile {name}"),
            (false, None) => Ok(()),
            (true, _) => f.write_str(", inherited from the default profile"),
        }
    }
}
