use std::fmt;

use super::authority::Authority;
use super::repository::Repository;
use containerd_hosts::{NameError, RegistryNamespace};

/// An image as it is asked for: registry namespace, repository, and a tag or a digest or both.
///
/// Read as docker does (`distribution/reference`, `ParseNormalizedNamed`): `alpine` is
/// `docker.io/library/alpine:latest`. Every name of Docker Hub becomes `docker.io`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ImageReference {
    registry_namespace: RegistryNamespace,
    repository: Repository,
    tag: Option<String>,
    digest: Option<String>,
}

impl ImageReference {
    /// Reads a reference as typed.
    ///
    /// # Errors
    /// Where the registry, the repository, the tag or the digest is not well formed.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refused = |problem| NameError::new("image reference", text, problem);
        if text.contains("://") {
            return Err(refused("a reference has no scheme"));
        }
        if is_identifier(text) {
            return Err(refused("it is the identifier of an image, not a name"));
        }
        let (rest, digest) = match text.split_once('@') {
            Some((rest, digest)) => (rest, Some(checked_digest(digest).map_err(refused)?)),
            None => (text, None),
        };
        let last_segment = rest.rfind('/').map_or(0, |at| at + 1);
        let (name, tag) = match rest[last_segment..].rfind(':') {
            // `localhost:5000` alone is a repository with a tag, as docker reads it.
            Some(at) => {
                let (name, tag) = rest.split_at(last_segment + at);
                (name, Some(checked_tag(&tag[1..]).map_err(refused)?))
            }
            None => (rest, None),
        };
        let (registry, path) = match name.split_once('/') {
            Some((first, path)) if names_a_registry(first) => (first, path),
            _ => ("docker.io", name),
        };
        let authority = Authority::parse(registry)
            .map_err(|error| NameError::new("image reference", text, error.problem()))?;
        check_host(authority.host()).map_err(refused)?;
        let hub = authority.is_docker_hub();
        let registry = if hub { "docker.io" } else { registry };
        let path = if hub && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        let tag = if tag.is_none() && digest.is_none() {
            Some("latest".to_owned())
        } else {
            tag
        };
        Ok(Self {
            registry_namespace: RegistryNamespace::new(registry)?,
            repository: Repository::new(path)
                .map_err(|error| NameError::new("image reference", text, error.problem()))?,
            tag,
            digest,
        })
    }

    /// The registry part, as written.
    pub fn registry_namespace(&self) -> &RegistryNamespace {
        &self.registry_namespace
    }

    /// The repository at the registry namespace's own host.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The tag; `latest` where neither tag nor digest was written.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// What a manifest is asked for by: the digest where there is one, else the tag.
    pub fn manifest(&self) -> &str {
        self.digest().or_else(|| self.tag()).unwrap_or("latest")
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry_namespace, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

impl std::str::FromStr for ImageReference {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

fn names_a_registry(first: &str) -> bool {
    first.contains(['.', ':'])
        || first == "localhost"
        || first.bytes().any(|b| b.is_ascii_uppercase())
}

/// What docker shows of images that it has, and takes for no name: 64 hexadecimal digits.
fn is_identifier(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(is_digest_digit)
}

/// Of hosts that a credential may be kept for, those that no image is named after: globs, and what docker
/// takes for no domain. Underscores it takes for none either; containerd does take them.
fn check_host(host: &str) -> Result<(), &'static str> {
    if host.contains('*') {
        return Err("a registry is named without globs");
    }
    if host.starts_with('[') {
        return match host.contains('.') {
            true => Err("an IPv6 address is written without dots"),
            false => Ok(()),
        };
    }
    match host
        .split('.')
        .any(|it| it.starts_with('-') || it.ends_with('-'))
    {
        true => Err("a label of the registry's name begins or ends with a hyphen"),
        false => Ok(()),
    }
}

fn is_digest_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn checked_tag(tag: &str) -> Result<String, &'static str> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let fine = (1..=128).contains(&tag.len())
        && tag.starts_with(word)
        && tag.chars().all(|c| word(c) || matches!(c, '.' | '-'));
    if fine {
        Ok(tag.to_owned())
    } else {
        Err("the tag is not well formed")
    }
}

fn checked_digest(digest: &str) -> Result<String, &'static str> {
    let hex = |text: &str| text.bytes().all(is_digest_digit);
    match digest.split_once(':') {
        Some(("sha256", value)) if value.len() == 64 && hex(value) => Ok(digest.to_owned()),
        Some(("sha512", value)) if value.len() == 128 && hex(value) => Ok(digest.to_owned()),
        Some(("sha256" | "sha512", _)) => Err("the digest has the wrong length or characters"),
        _ => Err("the digest is neither sha256 nor sha512"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_understood_as_docker_does() {
        for (typed, canonical) in [
            ("alpine", "docker.io/library/alpine:latest"),
            ("team/app:v1", "docker.io/team/app:v1"),
            ("index.docker.io/team/app", "docker.io/team/app:latest"),
            (
                "registry-1.docker.io/alpine",
                "docker.io/library/alpine:latest",
            ),
            (
                "index.docker.io:5000/team/app",
                "index.docker.io:5000/team/app:latest",
            ),
            ("localhost:5000", "docker.io/library/localhost:5000"),
            ("localhost/app", "localhost/app:latest"),
            ("127.0.0.1:5000/app:v1", "127.0.0.1:5000/app:v1"),
            ("[::1]:5000/app", "[::1]:5000/app:latest"),
            ("reg.test:443/a/b", "reg.test:443/a/b:latest"),
        ] {
            assert_eq!(
                ImageReference::parse(typed).unwrap().to_string(),
                canonical,
                "{typed}"
            );
        }
    }

    #[test]
    fn a_digest_replaces_the_default_tag() {
        let digest = format!("sha256:{}", "a".repeat(64));
        let reference = ImageReference::parse(&format!("reg.test/app:v1@{digest}")).unwrap();
        assert_eq!(
            (reference.tag(), reference.manifest()),
            (Some("v1"), digest.as_str())
        );
        assert_eq!(
            ImageReference::parse(&format!("app@{digest}"))
                .unwrap()
                .tag(),
            None
        );
    }

    #[test]
    fn the_identifier_of_an_image_is_no_name() {
        let identifier = "0123456789abcdef".repeat(4);
        assert!(ImageReference::parse(&identifier).is_err());
        for name in [
            format!("library/{identifier}"),
            format!("{identifier}:v1"),
            identifier[1..].to_owned(),
        ] {
            assert!(ImageReference::parse(&name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_registry_is_no_glob_and_has_a_name_that_docker_takes() {
        for text in [
            "*.test/app",
            "reg.*/app",
            "-a.test/app",
            "a-.test:5000/app",
            "reg.-/app",
            "[::ffff:192.0.2.1]:5000/app",
        ] {
            assert!(ImageReference::parse(text).is_err(), "{text}");
        }
        for text in ["a--b.test/app", "a_b.test/app", "[::ffff:c000:201]/app"] {
            assert!(ImageReference::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn malformed_references_are_refused() {
        let long = "a".repeat(300);
        for text in [
            "",
            "reg.test/",
            "reg.test/App",
            "reg.test/a:",
            "reg.test/a@sha256:12",
            "a/../b",
            "https://reg.test/a",
            "reg.test/a\n",
            "user:pw@reg.test/a",
            &long,
        ] {
            assert!(ImageReference::parse(text).is_err(), "{text:?}");
        }
    }
}
