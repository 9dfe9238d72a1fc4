use std::collections::BTreeSet;

use portunus::hosts::{Host, HostsDirectories, Reading};
use portunus::name::{Authority, NameError, RegistryNamespace};

use crate::exit::Exit;
use crate::failure::Failure;

const DOCKER_HUB: &str = "docker.io";

/// The host a login is for, and the registry namespace it is limited to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Host and port as typed; for each of Docker Hub's names `docker.io`.
    pub(crate) host: String,
    pub(crate) authority: Authority,
    pub(crate) registry_namespace: Option<RegistryNamespace>,
}

impl Target {
    /// Reads the argument of a login or logout: `HOST[:PORT]`, `HOST[:PORT]/?ns=NAMESPACE` or
    /// `endpoint://NAMESPACE/HOST[:PORT]`; none is Docker Hub.
    pub(crate) fn read(server: Option<&str>, flag: Option<&str>) -> Result<Self, Failure> {
        let (host, spelled) = match server {
            None => (DOCKER_HUB, None),
            Some(server) => split(server)?,
        };
        let registry_namespace = match (flag, spelled) {
            (Some(flag), Some(spelled)) if flag != spelled => {
                let message = format!("two registry namespaces are named: {flag} and {spelled}");
                return Err(Failure::new(Exit::Usage, message).help("name one of them"));
            }
            (flag, spelled) => flag.or(spelled).map(registry_namespace_of).transpose()?,
        };
        let authority = Authority::parse(host)?;
        let host = if authority.is_docker_hub() {
            DOCKER_HUB
        } else {
            host
        };
        let host = host.split_once("://").map_or(host, |(_, rest)| rest);
        let host = host.split('/').next().unwrap_or_default().to_owned();
        Ok(Self {
            host,
            authority,
            registry_namespace,
        })
    }

    /// Whether a listed host is the one that was typed. A host without a port is found whatever
    /// its scheme makes of that.
    pub(crate) fn is(&self, host: &Host) -> bool {
        host.host.eq_ignore_ascii_case(&self.host)
            || Authority::of_host(&host.scheme, &host.host).is_ok_and(|it| it == self.authority)
    }

    /// Every authority that a login at this host may have been stored for: the one that was typed,
    /// and what `hosts.toml` makes of it for a registry namespace; `None`: for the host's own.
    ///
    /// A `hosts.toml` is read as containerd reads it, and says nothing where that fails.
    pub(crate) fn authorities(
        &self,
        registry_namespace: Option<&RegistryNamespace>,
        directories: &HostsDirectories,
    ) -> BTreeSet<Authority> {
        let namespaces = match registry_namespace {
            Some(registry_namespace) => vec![registry_namespace.clone()],
            // The directories are told apart by case, hosts are not.
            None => [self.host.clone(), self.host.to_ascii_lowercase()]
                .into_iter()
                .filter_map(|name| RegistryNamespace::new(name).ok())
                .collect(),
        };
        let hosts: Vec<Host> = namespaces
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

fn split(server: &str) -> Result<(&str, Option<&str>), Failure> {
    if let Some(rest) = server.strip_prefix("endpoint://") {
        let (registry_namespace, host) = rest.split_once('/').ok_or_else(|| {
            Failure::new(Exit::Usage, format!("no host in `{server}`"))
                .help("write endpoint://NAMESPACE/HOST[:PORT]")
        })?;
        return Ok((host, Some(registry_namespace)));
    }
    match server.split_once('?') {
        Some((host, query)) => {
            let registry_namespace = query.strip_prefix("ns=").ok_or_else(|| {
                Failure::new(
                    Exit::Usage,
                    "a host is followed by ?ns=NAMESPACE or by nothing",
                )
            })?;
            Ok((host.trim_end_matches('/'), Some(registry_namespace)))
        }
        None => Ok((server, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_spellings_name_one_mirror_of_one_registry_namespace() {
        for (server, flag) in [
            ("mirror:5000", Some("foo.com")),
            ("mirror:5000/?ns=foo.com", None),
            ("mirror:5000?ns=foo.com", Some("foo.com")),
            ("endpoint://foo.com/mirror:5000", None),
        ] {
            let target = Target::read(Some(server), flag).unwrap();
            assert_eq!(target.host, "mirror:5000");
            assert_eq!(target.registry_namespace.unwrap().as_str(), "foo.com");
        }
    }

    #[test]
    fn without_an_argument_it_is_docker_hub() {
        assert!(Target::read(None, None).unwrap().authority.is_docker_hub());
        for name in ["index.docker.io", "https://index.docker.io/v1/"] {
            assert_eq!(
                Target::read(Some(name), None).unwrap(),
                Target::read(None, None).unwrap()
            );
        }
    }

    #[test]
    fn contradictions_are_refused() {
        for (server, flag) in [
            ("m?ns=a", Some("b")),
            ("m?x=1", None),
            ("endpoint://a", None),
            ("m/team", None),
        ] {
            assert_eq!(
                Target::read(Some(server), flag).unwrap_err().exit,
                Exit::Usage,
                "{server}"
            );
        }
    }
}
