//! The keys of a Kubernetes pull secret, as the kubelet reads them (`pkg/credentialprovider`,
//! `keyring.go`).
//!
//! It knows `*` in the labels of a host, and a path whatever is before the host. It takes a path
//! for a prefix that ends anywhere; here it ends at a segment. What it can never match (`?` and
//! `[…]` as globs, other schemes) names no host here either.

use super::key::{self, NERDCTL};
use crate::name::{CredentialKey, HostPattern, Repository, percent_decoded};

/// What a key stands for; `None` where it answers for no host.
///
/// `?ns=` and `nerdctl-experimental://` are read as everywhere else: for one registry namespace.
/// The kubelet passes every query over.
pub(super) fn credential_key(text: &str) -> Option<CredentialKey> {
    if is_scoped(text) {
        return key::credential_key(text);
    }
    let (host, path) = parts(text).ok()?;
    let key = CredentialKey::plain(HostPattern::parse(host).ok()?);
    // A bare `/v2` is a path to the kubelet.
    let path = percent_decoded(path)?;
    let versions = ["v1/", "v2/"];
    let path = match versions.iter().find_map(|it| path.strip_prefix(it)) {
        Some("") => return Some(key),
        Some(below) => below,
        None => &path,
    };
    match path.strip_suffix('/').unwrap_or(path) {
        "" if path.is_empty() => Some(key),
        path => Some(key.with_repository(Repository::new(path).ok()?)),
    }
}

/// Whether a node finds a key for images whose registry is spelled as usual: it compares hosts letter by
/// letter, and ports as text.
pub(super) fn is_looked_up(text: &str) -> bool {
    let host = parts(text).map_or("", |(host, _)| host);
    let is_canonical = || HostPattern::parse(host).is_ok_and(|it| it.to_string() == host);
    is_scoped(text) || host == "docker.io" || is_canonical()
}

/// Whether a node finds it for Docker Hub where no other key matches.
pub(super) fn is_fallback(text: &str) -> bool {
    let is_one = |(host, path)| host == "index.docker.io" && ["", "v1/", "v2/"].contains(&path);
    parts(text).is_ok_and(is_one)
}

/// Why a key answers for no host.
pub(super) fn why_no_host(text: &str) -> &'static str {
    if text.starts_with(NERDCTL) {
        return "it is not what nerdctl writes";
    }
    if is_scoped(text) {
        return "it names no host, or no registry namespace";
    }
    let (host, _) = match parts(text) {
        Ok(parts) => parts,
        Err(why) => return why,
    };
    match HostPattern::parse(host) {
        Ok(_) => "its path is no repository, which has neither tag, digest nor glob",
        Err(_) if host.contains(['[', '{', '\\']) => {
            "the only glob of a host is `*`, which stands for a label or a part of one"
        }
        Err(_) => "it names none",
    }
}

fn is_scoped(text: &str) -> bool {
    text.starts_with(NERDCTL) || text.contains("?ns=")
}

/// Host and path, without what the kubelet passes over: user information, query, fragment, an
/// empty port.
fn parts(text: &str) -> Result<(&str, &str), &'static str> {
    let rest = match text.split_once("://") {
        Some(("http" | "https", rest)) => rest,
        Some(_) => return Err("the kubelet knows no other scheme than http and https"),
        None => text,
    };
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let rest = match rest.split_once('?') {
        Some((before, query)) if query.contains('=') => before,
        Some(_) => return Err("`?` begins the query of a URL, and is no glob"),
        None => rest,
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    Ok((host.strip_suffix(':').unwrap_or(host), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_and_paths_are_the_kubelet_s() {
        for (text, canonical) in [
            ("*.reg.test", Some("*.reg.test")),
            ("https://*.reg.test/v1/", Some("*.reg.test")),
            (
                "*.reg.test:5000/team/app",
                Some("*.reg.test:5000?path=team/app"),
            ),
            ("https://reg.test/team/", Some("reg.test?path=team")),
            ("https://reg.test/v2/team", Some("reg.test?path=team")),
            ("https://reg.test/v2", Some("reg.test?path=v2")),
            ("reg.test/v2/v1/", Some("reg.test?path=v1")),
            ("reg.test/", Some("reg.test")),
            ("reg.test/v2x", Some("reg.test?path=v2x")),
            ("reg.test/te%61m", Some("reg.test?path=team")),
            ("https://u:p@reg.test/v2/?x=1#y", Some("reg.test")),
            ("reg.test:", Some("reg.test")),
            ("mirror.test?ns=reg.test", Some("mirror.test?ns=reg.test")),
        ] {
            let key = credential_key(text).map(|key| key.to_string());
            assert_eq!(key.as_deref(), canonical, "{text}");
        }
    }

    #[test]
    fn each_key_that_answers_for_nobody_has_its_reason() {
        for (text, reason) in [
            ("oci://reg.test", "no other scheme"),
            ("HTTPS://reg.test", "no other scheme"),
            ("re?.test", "is no glob"),
            ("[a-z]eg.test", "the only glob"),
            ("{a,b}.test", "the only glob"),
            ("reg.test/team/*", "neither tag, digest nor glob"),
            ("reg.test/team//", "neither tag, digest nor glob"),
            ("reg.test//", "neither tag, digest nor glob"),
            (" reg.test", "names none"),
            ("", "names none"),
            ("mirror.test?ns=a b", "no registry namespace"),
        ] {
            assert_eq!(credential_key(text), None, "{text}");
            assert!(why_no_host(text).contains(reason), "{text}");
        }
    }
}
