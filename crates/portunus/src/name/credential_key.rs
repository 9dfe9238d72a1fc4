use std::fmt;

use super::authority::Authority;
use super::host_pattern::HostPattern;
use super::key_text::KeyText;
use super::key_text::encode;
use super::profile::Profile;
use super::repository::Repository;
use containerd_hosts::{NameError, RegistryNamespace};

/// What a credential is kept under: host, and optionally registry namespace, repository prefix
/// and profile.
///
/// Its canonical text is `HOST[:PORT][?ns=NAMESPACE][&path=PREFIX][&profile=NAME]`: the first
/// parameter after `?`, the next after `&`, values percent-encoded where needed, port 443 left
/// out. docker, skopeo and podman match no such key by accident.
///
/// ```
/// # use portunus::name::CredentialKey;
/// let key: CredentialKey = "mirror.test:5000?ns=docker.io&path=team/app".parse()?;
/// assert_eq!(key.registry_namespace().unwrap().as_str(), "docker.io");
/// assert_eq!(key.to_string(), "mirror.test:5000?ns=docker.io&path=team/app");
/// # Ok::<(), portunus::name::NameError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CredentialKey {
    host: HostPattern,
    registry_namespace: Option<RegistryNamespace>,
    repository: Option<Repository>,
    profile: Profile,
}

/// Initialization
impl CredentialKey {
    /// The key of a plain login at a host: what docker would store.
    pub fn plain(host: impl Into<HostPattern>) -> Self {
        let host = host.into();
        Self {
            host,
            registry_namespace: None,
            repository: None,
            profile: Profile::DEFAULT,
        }
    }

    /// The same key for one registry namespace. Docker Hub's names are one registry namespace.
    ///
    /// Where host and registry namespace are the same registry no `?ns=` tells them apart, so
    /// that the key stays a plain one.
    #[must_use]
    pub fn with_registry_namespace(mut self, registry_namespace: RegistryNamespace) -> Self {
        self.registry_namespace = match Authority::of_registry_namespace(&registry_namespace) {
            Some(authority) if self.host.authority() == Some(&authority) => None,
            Some(authority) if authority.is_written_as(registry_namespace.as_str()) => {
                Some(registry_namespace)
            }
            Some(authority) => RegistryNamespace::new(authority.to_string()).ok(),
            None => Some(registry_namespace),
        };
        self
    }

    /// The same key for repositories under a prefix.
    #[must_use]
    pub fn with_repository(mut self, repository: Repository) -> Self {
        self.repository = Some(repository);
        self
    }

    /// The same key in a profile.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }
}

/// Access
impl CredentialKey {
    /// The host, or the glob over hosts.
    pub fn host(&self) -> &HostPattern {
        &self.host
    }

    /// The registry namespace; `None`: every one.
    pub fn registry_namespace(&self) -> Option<&RegistryNamespace> {
        self.registry_namespace.as_ref()
    }

    /// The repository prefix; `None`: every repository.
    pub fn repository(&self) -> Option<&Repository> {
        self.repository.as_ref()
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Whether this is a plain login of one host, which docker's file and helpers can hold.
    pub fn is_plain(&self) -> bool {
        !self.host.is_glob()
            && self.registry_namespace.is_none()
            && self.repository.is_none()
            && self.profile == Profile::DEFAULT
    }

    /// Whether a secret under this key may be looked at for `authority`.
    pub fn covers_host(&self, authority: &Authority) -> bool {
        self.host.covers(authority)
    }
}

impl fmt::Display for CredentialKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.host)?;
        let parameters = [
            (
                "ns",
                self.registry_namespace
                    .as_ref()
                    .map(RegistryNamespace::as_str),
            ),
            ("path", self.repository.as_ref().map(Repository::as_str)),
            ("profile", self.profile.name()),
        ];
        let present = parameters
            .iter()
            .filter_map(|(name, value)| Some((name, (*value)?)));
        for (at, (name, value)) in present.enumerate() {
            write!(
                f,
                "{}{name}={}",
                if at == 0 { '?' } else { '&' },
                encode(value)
            )?;
        }
        Ok(())
    }
}

impl std::str::FromStr for CredentialKey {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let parts = KeyText::parse(text)?;
        let mut key = Self::plain(HostPattern::parse(parts.host)?);
        if let Some(registry_namespace) = parts.registry_namespace {
            key = key.with_registry_namespace(registry_namespace);
        }
        if let Some(repository) = parts.repository {
            key = key.with_repository(repository);
        }
        Ok(key.with_profile(parts.profile.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn canonical_text_survives_parsing() {
        for (typed, canonical) in [
            ("reg.test", "reg.test"),
            ("https://reg.test:443/v2/", "reg.test"),
            ("mirror:5000?ns=docker.io", "mirror:5000?ns=docker.io"),
            ("mirror:5000?ns=index.docker.io", "mirror:5000?ns=docker.io"),
            ("mirror?ns=reg.test:5000", "mirror?ns=reg.test:5000"),
            ("mirror?path=a/b&ns=reg.test", "mirror?ns=reg.test&path=a/b"),
            ("mirror?profile=ci", "mirror?profile=ci"),
            (
                "mirror?ns=[::1]:5000&path=a&profile=p",
                "mirror?ns=[::1]:5000&path=a&profile=p",
            ),
            ("*.reg.test", "*.reg.test"),
            ("registry-1.docker.io?ns=docker.io", "docker.io"),
            ("reg.test?ns=reg.test:443&path=a", "reg.test?path=a"),
            ("mirror?ns=a%26path%3Db", "mirror?ns=a%26path%3Db"),
            // What once was written for a space.
            ("mirror?ns=a+b", "mirror?ns=a%20b"),
            ("mirror?ns=a%2Bb", "mirror?ns=a%2Bb"),
            ("mirror?ns=a%+f%2", "mirror?ns=a%25%20f%252"),
        ] {
            let key: CredentialKey = typed.parse().unwrap();
            assert_eq!(key.to_string(), canonical);
            assert_eq!(canonical.parse::<CredentialKey>().unwrap(), key);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "a/b",
            "a?x=1",
            "a?ns=",
            "a?ns=b&ns=c",
            "a?ns",
            "a?path=A",
            "a?profile=/",
        ] {
            assert!(text.parse::<CredentialKey>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_registry_namespace_survives_its_text(name in "\\PC{1,12}|[ +%&=?#*~0-9a-f]{1,8}") {
            let Ok(registry_namespace) = RegistryNamespace::new(name) else {
                return Ok(());
            };
            let host = Authority::parse("mirror.test").unwrap();
            let key = CredentialKey::plain(host).with_registry_namespace(registry_namespace);
            prop_assert_eq!(&key.to_string().parse::<CredentialKey>().unwrap(), &key);
        }
    }
}
