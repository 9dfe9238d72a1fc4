use std::fmt;
use std::net::IpAddr;

use super::cut::{cut, has};
use containerd_hosts::{NameError, RegistryNamespace};

const DOCKER_HUB: &str = "docker.io";
const DOCKER_HUB_NAMES: [&str; 3] = [DOCKER_HUB, "index.docker.io", "registry-1.docker.io"];

/// Host name and port that a credential is stored for, after normalisation.
///
/// `h`, `h:443`, `https://h`, `https://h/v1/` and `https://h/v2/` are one authority, host names
/// compare in lower case, and Docker Hub's names (`docker.io`, `index.docker.io`,
/// `registry-1.docker.io`, `https://index.docker.io/v1/`) are one, on port 443 only.
/// It prints in the portless form: `docker.io`, `reg.test`, `reg.test:5000`, `[::1]:5000`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Authority {
    host: String,
    port: u16,
}

impl Authority {
    /// Port of an authority that names none.
    pub const DEFAULT_PORT: u16 = 443;

    /// Reads `HOST`, `HOST:PORT` or a URL whose path is none, `/`, `/v1`, `/v1/`, `/v2` or `/v2/`.
    /// A host without a port in an `http://` URL has port 80.
    ///
    /// # Errors
    /// Where the text holds a path, a query, user information, or no host name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let refused = |problem| NameError::new("host", text, problem);
        let Some((before, after)) = cut(text, b'/') else {
            return Self::with_default_port(text, Self::DEFAULT_PORT).map_err(refused);
        };
        let scheme = before.strip_suffix(':').zip(after.strip_prefix('/'));
        let (default_port, authority, path) = match scheme {
            None => (Self::DEFAULT_PORT, before, after),
            Some((scheme, rest)) => {
                let default_port = match scheme.to_ascii_lowercase().as_str() {
                    "https" => Self::DEFAULT_PORT,
                    "http" => 80,
                    _ => return Err(refused("the scheme is neither https nor http")),
                };
                let (authority, path) = cut(rest, b'/').unwrap_or((rest, ""));
                (default_port, authority, path)
            }
        };
        if !matches!(path, "" | "v1" | "v1/" | "v2" | "v2/") {
            return Err(refused("a host has no path"));
        }
        Self::with_default_port(authority, default_port).map_err(refused)
    }

    /// The authority of a host that a plan reaches over `scheme`, from its text in `hosts.toml`.
    ///
    /// # Errors
    /// As [`Authority::parse`].
    pub fn of_host(scheme: &str, text: &str) -> Result<Self, NameError> {
        let default_port = if scheme == "http" {
            80
        } else {
            Self::DEFAULT_PORT
        };
        Self::with_default_port(text, default_port)
            .map_err(|problem| NameError::new("host", text, problem))
    }

    /// The authority that a credential for a registry namespace's own host is kept under; `None`
    /// where its text is no host name.
    pub fn of_registry_namespace(registry_namespace: &RegistryNamespace) -> Option<Self> {
        Self::parse(registry_namespace.as_str()).ok()
    }

    /// The one authority of Docker Hub.
    pub fn docker_hub() -> Self {
        Self {
            host: DOCKER_HUB.to_owned(),
            port: Self::DEFAULT_PORT,
        }
    }

    /// Host name in lower case, IPv6 in brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Port number; 443 where none was written.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Whether that is how it prints.
    pub(crate) fn is_written_as(&self, text: &str) -> bool {
        match (text.strip_prefix(&*self.host), self.port) {
            (Some(rest), Self::DEFAULT_PORT) => rest.is_empty(),
            (Some(rest), port) => {
                let digits = rest.strip_prefix(':').unwrap_or_default();
                !digits.starts_with(['0', '+']) && digits.parse() == Ok(port)
            }
            (None, _) => false,
        }
    }

    /// Whether this is Docker Hub.
    pub fn is_docker_hub(&self) -> bool {
        self.host == DOCKER_HUB && self.port == Self::DEFAULT_PORT
    }

    /// Whether traffic to this host stays on this machine: `localhost`, `127.0.0.0/8`, `[::1]`.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        bare == "localhost"
            || bare
                .parse::<IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }

    fn with_default_port(text: &str, default_port: u16) -> Result<Self, &'static str> {
        // Where an `@` stands, there is no host: it need be looked for only then.
        Self::of_text(text, default_port).map_err(|problem| match has(text, b'@') {
            true => "user and password do not belong into a host",
            false => problem,
        })
    }

    fn of_text(text: &str, default_port: u16) -> Result<Self, &'static str> {
        let (host, port) = split_port(text)?;
        let port = match port {
            None => default_port,
            Some(digits) => read_port(digits)?,
        };
        let mut host = read_host_name(host)?;
        if port == Self::DEFAULT_PORT && DOCKER_HUB_NAMES.contains(&&*host) {
            DOCKER_HUB.clone_into(&mut host);
        }
        Ok(Self { host, port })
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Self::DEFAULT_PORT => f.write_str(&self.host),
            port => write!(f, "{}:{port}", self.host),
        }
    }
}

impl std::str::FromStr for Authority {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

fn split_port(text: &str) -> Result<(&str, Option<&str>), &'static str> {
    if text.starts_with('[') {
        let end = text
            .find(']')
            .ok_or("the bracket of the IPv6 address is not closed")?;
        let (host, rest) = text.split_at(end + 1);
        return match rest.strip_prefix(':') {
            None if rest.is_empty() => Ok((host, None)),
            None => Err("text after the IPv6 address"),
            Some(port) => Ok((host, Some(port))),
        };
    }
    match cut(text, b':') {
        Some((_, port)) if has(port, b':') => Err("an IPv6 address stands in brackets"),
        Some((host, port)) => Ok((host, Some(port))),
        None => Ok((text, None)),
    }
}

fn read_port(digits: &str) -> Result<u16, &'static str> {
    match digits.parse() {
        Ok(port) if port > 0 && !digits.starts_with('+') => Ok(port),
        _ if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err("the port is not between 1 and 65535")
        }
        _ => Err("the port is not a number"),
    }
}

const DOT: u8 = 1;
const CAPITAL: u8 = 2;
const OTHER: u8 = 4;

/// What each byte is in the name of a host, or in a glob over such names: nothing of note, a dot, a
/// capital, or one that may not stand there.
static KINDS: [u8; 256] = {
    let mut kinds = [OTHER; 256];
    let mut byte = 0;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'.' => DOT,
            b'A'..=b'Z' => CAPITAL,
            b'-' | b'_' | b'*' | b'0'..=b'9' | b'a'..=b'z' => 0,
            _ => OTHER,
        };
        byte += 1;
    }
    kinds
};

/// In lower case.
fn read_host_name(host: &str) -> Result<String, &'static str> {
    if let Some(inner) = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        return match inner.parse::<std::net::Ipv6Addr>() {
            Ok(_) => Ok(host.to_ascii_lowercase()),
            Err(_) => Err("not an IPv6 address between the brackets"),
        };
    }
    if host.is_empty() {
        return Err("the host name is empty");
    }
    let (mut found, mut before) = (0, DOT);
    for byte in host.bytes() {
        let kind = KINDS[usize::from(byte)];
        // A dot counts behind another.
        found |= kind & (before | CAPITAL | OTHER);
        before = kind;
    }
    if found & OTHER != 0 {
        return Err("a host name has letters, digits, dots, hyphens and underscores only");
    }
    if (found | before) & DOT != 0 {
        return Err("the host name has an empty label");
    }
    Ok(match found & CAPITAL {
        0 => host.to_owned(),
        _ => host.to_ascii_lowercase(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_authority_are_equal() {
        let groups: [(&str, &[&str]); 5] = [
            (
                "reg.test",
                &[
                    "reg.test",
                    "REG.test",
                    "reg.test:443",
                    "https://reg.test/v2/",
                ],
            ),
            (
                "reg.test:80",
                &["reg.test:80", "http://reg.test", "http://reg.test:80/v1"],
            ),
            ("[::1]:5000", &["[::1]:5000", "https://[::1]:5000"]),
            (
                "docker.io",
                &[
                    "index.docker.io",
                    "registry-1.docker.io:443",
                    "https://index.docker.io/v1/",
                ],
            ),
            ("index.docker.io:5000", &["index.docker.io:5000"]),
        ];
        for (printed, spellings) in groups {
            for spelling in spellings {
                assert_eq!(
                    Authority::parse(spelling).unwrap().to_string(),
                    printed,
                    "{spelling}"
                );
            }
        }
    }

    #[test]
    fn what_is_no_host_is_refused_without_quoting_a_password() {
        for text in [
            "",
            "reg.test/team",
            "::1",
            "[::1",
            "reg:x",
            "reg:0",
            "ftp://reg",
            "a..b",
            "a?b",
        ] {
            assert!(Authority::parse(text).is_err(), "{text:?}");
        }
        let error = Authority::parse("https://user:hunter2@reg.test").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn a_portless_host_reached_over_http_is_port_80() {
        assert_eq!(Authority::of_host("http", "reg.test").unwrap().port(), 80);
        assert_eq!(Authority::of_host("https", "reg.test").unwrap().port(), 443);
    }

    #[test]
    fn an_authority_knows_how_it_is_written() {
        for text in [
            "reg.test",
            "REG.test",
            "reg.test:443",
            "reg.test:5000",
            "reg.test:05000",
            "https://reg.test:5000/v2/",
            "[::1]:5000",
            "index.docker.io",
            "docker.io",
        ] {
            let authority = Authority::parse(text).unwrap();
            let is_written = authority.to_string() == text;
            assert_eq!(authority.is_written_as(text), is_written, "{text}");
            assert!(!authority.is_written_as(&format!("{text}1")), "{text}");
        }
    }

    #[test]
    fn loopback_is_recognised() {
        for (text, loopback) in [
            ("localhost:5000", true),
            ("127.1.2.3", true),
            ("[::1]", true),
            ("reg.test", false),
        ] {
            assert_eq!(
                Authority::parse(text).unwrap().is_loopback(),
                loopback,
                "{text}"
            );
        }
    }
}
