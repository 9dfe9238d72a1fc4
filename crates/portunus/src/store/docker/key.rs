//! The keys of docker's `auths`: what each stands for, and which one docker writes.

use crate::name::{Authority, CredentialKey, RegistryNamespace, Repository, cut, has};

pub(super) const NERDCTL: &str = "nerdctl-experimental://";

/// What Docker Hub's login is stored under (docker `cli/config/configfile/file.go`).
pub(super) const DOCKER_HUB: &str = "https://index.docker.io/v1/";

/// What docker stores beside Docker Hub's login after a login in the browser.
pub const DOCKER_HUB_TOKENS: [&str; 2] = [
    "https://index.docker.io/v1/access-token",
    "https://index.docker.io/v1/refresh-token",
];

/// The key docker stores a plain login of a host under: the portless form, and
/// `https://index.docker.io/v1/` for Docker Hub.
pub fn write_key(authority: &Authority) -> String {
    if authority.is_docker_hub() {
        DOCKER_HUB.to_owned()
    } else {
        authority.to_string()
    }
}

/// The keys a plain login of a host may be stored under in a helper, most likely first.
pub(crate) fn spellings(authority: &Authority) -> Vec<String> {
    let names = if authority.is_docker_hub() {
        vec!["docker.io", "index.docker.io", "registry-1.docker.io"]
    } else {
        vec![authority.host()]
    };
    let mut spellings = vec![write_key(authority)];
    for name in names {
        spellings.extend(match authority.port() {
            Authority::DEFAULT_PORT => vec![
                name.to_owned(),
                format!("{name}:443"),
                format!("https://{name}"),
            ],
            port => vec![
                format!("https://{name}:{port}"),
                format!("http://{name}:{port}"),
            ],
        });
    }
    let first = spellings[0].clone();
    spellings.dedup_by(|later, _| *later == first);
    spellings
}

/// What a key in `auths` stands for; `None` where it answers for no host.
///
/// - `reg.test`, `reg.test:443`, `http://reg.test`, `https://reg.test/v1/`: the host. docker
///   compares without the scheme, so `http` says nothing about the port here.
/// - `reg.test/team`: repositories under a prefix, as containers/image reads it. docker would
///   answer for the whole host; a URL with a path answers for nothing.
/// - `mirror.test:5000/v2/proxy?ns=docker.io` and
///   `nerdctl-experimental://docker.io/host/mirror.test:5000/v2/proxy`: the host for one registry
///   namespace, as nerdctl writes and reads it.
pub fn credential_key(text: &str) -> Option<CredentialKey> {
    if let Some(rest) = text.strip_prefix(NERDCTL) {
        let (namespace, host) = rest.split_once("/host/")?;
        return parse_scoped(host, namespace);
    }
    let (is_url, rest) = without_scheme(text);
    if let Some((host, query)) = cut(rest, b'?') {
        return parse_scoped(host, query.strip_prefix("ns=")?);
    }
    let (host, path) = cut(rest, b'/').unwrap_or((rest, ""));
    let plain = if is_url {
        plain(&url_host(host))
    } else {
        plain(host)
    }?;
    match path {
        "" | "v1" | "v1/" | "v2" | "v2/" => Some(plain),
        path if !is_url => Some(plain.with_repository(Repository::new(path).ok()?)),
        _ => None,
    }
}

/// The text behind the scheme, without a fragment, and whether there is one: a URL.
pub(super) fn without_scheme(text: &str) -> (bool, &str) {
    // To search for all three takes longer than to read the rest of a usual key.
    let scheme = has(text, b'/').then(|| text.split_once("://"));
    match scheme.flatten() {
        Some((_, rest)) => (
            true,
            rest.split_once('#').map_or(rest, |(before, _)| before),
        ),
        None => (false, text),
    }
}

/// The host of a URL as docker reads it (`ConvertToHostname` in `cli/config/credentials`): without
/// user information, without an empty port, IPv6 with or without brackets.
pub(super) fn url_host(text: &str) -> String {
    let host = text.rsplit_once('@').map_or(text, |(_, host)| host);
    let host = host.strip_suffix(':').unwrap_or(host);
    match host.rsplit_once(':') {
        Some((address, port)) if address.contains(':') && !host.starts_with('[') => {
            format!("[{address}]:{port}")
        }
        _ => host.to_owned(),
    }
}

/// The key of a login at `host` and its path for one registry namespace.
fn parse_scoped(host: &str, namespace: &str) -> Option<CredentialKey> {
    let namespace = match Authority::parse(namespace) {
        Ok(authority) => RegistryNamespace::new(authority.to_string()).ok()?,
        Err(_) => return None,
    };
    let (host, path) = host.split_once('/').unwrap_or((host, ""));
    let key = plain(host)?.with_registry_namespace(namespace);
    let prefix = path
        .strip_prefix("v2/")
        .unwrap_or(path)
        .trim_end_matches('/');
    match prefix {
        "" | "v2" => Some(key),
        prefix => Some(key.with_repository(Repository::new(prefix).ok()?)),
    }
}

/// docker knows no globs, so a `*` names no host.
fn plain(host: &str) -> Option<CredentialKey> {
    let authority = Authority::parse(host).ok()?;
    (!has(host, b'*')).then(|| CredentialKey::plain(authority))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_docker_containers_and_nerdctl_are_understood() {
        for (text, canonical) in [
            ("reg.test", Some("reg.test")),
            ("REG.test:443", Some("reg.test")),
            ("http://reg.test", Some("reg.test")),
            ("HTTPS://reg.test/v2/", Some("reg.test")),
            ("reg.test:5000/v1", Some("reg.test:5000")),
            ("https://index.docker.io/v1/", Some("docker.io")),
            ("registry-1.docker.io", Some("docker.io")),
            ("reg.test/team/app", Some("reg.test?path=team/app")),
            ("https://reg.test/team", None),
            ("https://index.docker.io/v1/access-token", None),
            (
                "mirror.test:5000?ns=docker.io",
                Some("mirror.test:5000?ns=docker.io"),
            ),
            (
                "mirror.test:443/v2/proxy?ns=reg.test:443",
                Some("mirror.test?ns=reg.test&path=proxy"),
            ),
            (
                "https://mirror.test/?ns=reg.test",
                Some("mirror.test?ns=reg.test"),
            ),
            ("mirror.test?x=1", None),
            (
                "nerdctl-experimental://https://index.docker.io/v1//host/mirror.test:443",
                Some("mirror.test?ns=docker.io"),
            ),
            (
                "nerdctl-experimental://reg.test:5000/host/mirror.test:5000/v2/p",
                Some("mirror.test:5000?ns=reg.test:5000&path=p"),
            ),
            ("https://user:pw@reg.test:/#x", Some("reg.test")),
            ("http://::1:5000/", Some("[::1]:5000")),
            ("*.test", None),
            ("", None),
            ("user@reg.test", None),
        ] {
            let key = credential_key(text).map(|key| key.to_string());
            assert_eq!(key.as_deref(), canonical, "{text}");
        }
    }

    #[test]
    fn helpers_are_asked_for_the_portless_form_first() {
        let of = |text: &str| spellings(&Authority::parse(text).unwrap());
        assert_eq!(
            of("reg.test"),
            ["reg.test", "reg.test:443", "https://reg.test"]
        );
        assert_eq!(of("docker.io")[..2], [DOCKER_HUB, "docker.io"]);
        assert_eq!(of("reg.test:5000")[0], "reg.test:5000");
    }
}
