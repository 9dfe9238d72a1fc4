use std::collections::BTreeSet;
use std::sync::Arc;

use portunus::hosts::{Host, HostsTree, Reading};
use portunus::name::{
    Authority, CredentialKey, KeyText, NameError, Profile, RegistryNamespace, Repository,
};

use crate::error::target::TargetError;

const DOCKER_HUB: &str = "docker.io";

/// What a login is for: a host, and what it is limited to there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginTarget {
    /// Host and port as typed; for each of Docker Hub's names `docker.io`.
    pub host: String,
    /// The same, as credentials are kept under it.
    pub authority: Authority,
    /// Whether it was typed as `http://…`: nothing is consented to by that.
    pub is_http: bool,
    /// The registry namespace it is limited to.
    pub registry_namespace: Option<RegistryNamespace>,
    /// The prefix of repositories it is limited to.
    pub repository: Option<Repository>,
    /// Whose login it is.
    pub profile: Profile,
}

/// What is said of a login beside its host.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Limits<'a> {
    /// For this registry namespace only.
    pub registry_namespace: Option<&'a str>,
    /// For repositories under this prefix only.
    pub repository: Option<&'a str>,
    /// The active profile.
    pub profile: &'a Profile,
}

impl<'a> Limits<'a> {
    /// None but the active profile.
    pub fn of_profile(profile: &'a Profile) -> Self {
        Self {
            registry_namespace: None,
            repository: None,
            profile,
        }
    }
}

impl LoginTarget {
    /// Reads the argument of a login or logout: `HOST[:PORT]`, a credential key's text as messages
    /// show it, or `endpoint://NAMESPACE/HOST[:PORT]`; none is Docker Hub.
    ///
    /// # Errors
    /// Where it is none of these, or says otherwise than `limits`.
    pub fn read(server: Option<&str>, limits: Limits<'_>) -> Result<Self, TargetError> {
        let parts = split(server.unwrap_or(DOCKER_HUB))?;
        let spelled = parts.registry_namespace.as_ref().map(ToString::to_string);
        let registry_namespace = agree(
            "registry namespaces",
            limits.registry_namespace,
            spelled.as_deref(),
        )?;
        let spelled = parts.repository.as_ref().map(Repository::as_str);
        let repository = agree("repositories", limits.repository, spelled)?;
        let is_other = |it: &Profile| it.to_string() != limits.profile.to_string();
        if let Some(spelled) = parts.profile.filter(is_other) {
            let active = limits.profile.clone();
            return Err(TargetError::OtherProfile { active, spelled });
        }
        let authority = Authority::parse(parts.host)
            .map_err(|error| explain_path(parts.host).unwrap_or_else(|| error.into()))?;
        let host = match authority.is_docker_hub() {
            true => DOCKER_HUB,
            false => parts.host,
        };
        let host = host.split_once("://").map_or(host, |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default().to_owned();
        Ok(Self {
            host,
            authority,
            is_http: server.is_some_and(|server| server.starts_with("http://")),
            registry_namespace: registry_namespace.map(registry_namespace_of).transpose()?,
            repository: repository.map(Repository::new).transpose()?,
            profile: limits.profile.clone(),
        })
    }

    /// What a credential for this target is kept under, where its host is that authority.
    pub fn key(&self, authority: Authority) -> CredentialKey {
        let mut key = CredentialKey::plain(authority).with_profile(self.profile.clone());
        if let Some(registry_namespace) = &self.registry_namespace {
            key = key.with_registry_namespace(registry_namespace.clone());
        }
        match &self.repository {
            Some(prefix) => key.with_repository(prefix.clone()),
            None => key,
        }
    }

    /// Whether a listed host is the one that was typed. A host without a port is found whatever
    /// its scheme makes of that.
    pub fn is(&self, host: &Host) -> bool {
        host.host.eq_ignore_ascii_case(&self.host)
            || Authority::of_host(&host.scheme, &host.host).is_ok_and(|it| it == self.authority)
    }

    /// Every authority that a login at this host may have been stored for: the one that was typed,
    /// and what `hosts.toml` makes of it for a registry namespace; `None`: for the host's own.
    ///
    /// A `hosts.toml` is read as containerd reads it, and says nothing where that fails.
    pub fn authorities(
        &self,
        registry_namespace: Option<&RegistryNamespace>,
        directories: &HostsTree,
    ) -> BTreeSet<Authority> {
        let namespaces = match registry_namespace {
            Some(registry_namespace) => vec![registry_namespace.clone()],
            // The directories are told apart by case, hosts are not.
            None => [self.host.clone(), self.host.to_ascii_lowercase()]
                .into_iter()
                .filter_map(|name| RegistryNamespace::new(name).ok())
                .collect(),
        };
        let hosts: Vec<Arc<Host>> = namespaces
            .iter()
            .filter_map(|it| directories.hosts(it, Reading::AS_CONTAINERD).ok())
            .flat_map(|listed| listed.hosts)
            .collect();
        let meant = hosts.iter().filter(|host| self.is(host));
        meant
            .filter_map(|host| Authority::of_host(&host.scheme, &host.host).ok())
            .chain([self.authority.clone()])
            .collect()
    }
}

/// Docker Hub's names are one registry namespace.
fn registry_namespace_of(text: &str) -> Result<RegistryNamespace, NameError> {
    let is_docker_hub = Authority::parse(text).is_ok_and(|authority| authority.is_docker_hub());
    RegistryNamespace::new(if is_docker_hub { DOCKER_HUB } else { text })
}

/// What may be said beside the host, and in its text.
fn agree<'a>(
    what: &'static str,
    beside: Option<&'a str>,
    spelled: Option<&'a str>,
) -> Result<Option<&'a str>, TargetError> {
    match (beside, spelled) {
        (Some(beside), Some(spelled)) if beside != spelled => Err(TargetError::Disagreeing {
            what,
            beside: beside.to_owned(),
            spelled: spelled.to_owned(),
        }),
        (beside, spelled) => Ok(beside.or(spelled)),
    }
}

fn split(server: &str) -> Result<KeyText<'_>, TargetError> {
    let Some(rest) = server.strip_prefix("endpoint://") else {
        return Ok(KeyText::parse(server)?);
    };
    let (registry_namespace, host) = rest
        .split_once('/')
        .ok_or_else(|| TargetError::NoHost(server.to_owned()))?;
    let mut parts = KeyText::parse(host)?;
    if parts.registry_namespace.is_some() {
        return Err(TargetError::TwoInText(server.to_owned()));
    }
    parts.registry_namespace = Some(RegistryNamespace::new(registry_namespace)?);
    Ok(parts)
}

/// Whoever writes `HOST/PATH` means the host, or repositories at it; an image has them too.
fn explain_path(server: &str) -> Option<TargetError> {
    let bare = server.split_once("://").map_or(server, |(_, rest)| rest);
    let (host, path) = bare.split_once('/')?;
    let path = path
        .strip_prefix("v2/")
        .unwrap_or(path)
        .trim_end_matches('/');
    let path = path.split('@').next().unwrap_or_default();
    let path = match path.rsplit_once(':') {
        Some((before, tag)) if !tag.contains('/') => before,
        _ => path,
    };
    Authority::parse(host).ok()?;
    Repository::new(path).ok()?;
    Some(TargetError::HostWithPath {
        text: server.to_owned(),
        host: host.to_owned(),
        path: path.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        server: Option<&str>,
        registry_namespace: Option<&str>,
    ) -> Result<LoginTarget, TargetError> {
        let limits = Limits {
            registry_namespace,
            repository: None,
            profile: &Profile::DEFAULT,
        };
        LoginTarget::read(server, limits)
    }

    #[test]
    fn three_spellings_name_one_mirror_of_one_registry_namespace() {
        for (server, flag) in [
            ("mirror:5000", Some("foo.com")),
            ("mirror:5000/?ns=foo.com", None),
            ("mirror:5000?ns=foo.com", Some("foo.com")),
            ("endpoint://foo.com/mirror:5000", None),
        ] {
            let target = read(Some(server), flag).unwrap();
            assert_eq!(target.host, "mirror:5000");
            assert_eq!(target.registry_namespace.unwrap().as_str(), "foo.com");
        }
    }

    #[test]
    fn without_an_argument_it_is_docker_hub() {
        assert!(read(None, None).unwrap().authority.is_docker_hub());
        for name in ["index.docker.io", "https://index.docker.io/v1/"] {
            assert_eq!(read(Some(name), None).unwrap(), read(None, None).unwrap());
        }
    }

    #[test]
    fn contradictions_are_refused() {
        for (server, flag) in [
            ("m?ns=a", Some("b")),
            ("m?x=1", None),
            ("endpoint://a", None),
            ("m/team", None),
            ("m/team?ns=a", None),
            ("m?ns=a&ns=a", None),
            ("m?ns=a&x=1", None),
            ("m?ns=", None),
            ("m?path=/", None),
            ("m?profile=ci", None),
            ("endpoint://a/m?ns=a", None),
        ] {
            assert!(read(Some(server), flag).is_err(), "{server}");
        }
    }

    #[test]
    fn a_key_s_text_is_read_as_it_is_shown() {
        let ci = Profile::new("ci").unwrap();
        let limits = |registry_namespace, repository, profile| Limits {
            registry_namespace,
            repository,
            profile,
        };
        for (server, limits) in [
            ("m:1?ns=a b&path=t/u&profile=ci", limits(None, None, &ci)),
            ("m:1?ns=a%20b&path=t/u", limits(None, None, &ci)),
            ("m:1?path=t%2Fu", limits(Some("a b"), Some("t/u"), &ci)),
            ("endpoint://a b/m:1?path=t/u", limits(None, None, &ci)),
        ] {
            let target = LoginTarget::read(Some(server), limits).unwrap();
            let key = target.key(target.authority.clone()).to_string();
            assert_eq!(key, "m:1?ns=a%20b&path=t/u&profile=ci");
            assert_eq!(target.host, "m:1");
        }
        let plain = limits(None, None, &Profile::DEFAULT);
        let kept = LoginTarget::read(Some("m?ns=reg.test:443"), plain).unwrap();
        assert_eq!(kept.registry_namespace.unwrap().as_str(), "reg.test:443");
        for (server, limits) in [
            ("m?path=a", limits(None, Some("b"), &ci)),
            ("m?profile=cd", limits(None, None, &ci)),
        ] {
            assert!(LoginTarget::read(Some(server), limits).is_err(), "{server}");
        }
    }
}
