use std::fmt;
use std::net::IpAddr;

use url::{Host as UrlHost, Url};

use super::authority::Authority;

/// Scheme, host and port of a URL: what may share a secret without a further question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: UrlHost<String>,
    port: u16,
}

impl Origin {
    /// The origin of an `http` or `https` URL; `None` for any other.
    pub fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        Some(Self {
            scheme: url.scheme().to_owned(),
            host: url.host()?.to_owned(),
            port: url.port_or_known_default()?,
        })
    }

    /// Whether it is reached over TLS.
    pub fn is_https(&self) -> bool {
        self.scheme == "https"
    }

    /// Whether traffic to it stays on this machine.
    pub fn is_loopback(&self) -> bool {
        match &self.host {
            UrlHost::Domain(name) => name == "localhost",
            UrlHost::Ipv4(address) => address.is_loopback(),
            UrlHost::Ipv6(address) => address.is_loopback(),
        }
    }

    /// The address, where the host is written as one.
    pub fn literal_address(&self) -> Option<IpAddr> {
        match &self.host {
            UrlHost::Domain(_) => None,
            UrlHost::Ipv4(address) => Some((*address).into()),
            UrlHost::Ipv6(address) => Some((*address).into()),
        }
    }

    /// What a credential for it is kept under.
    pub fn authority(&self) -> Option<Authority> {
        Authority::of_host(&self.scheme, &format!("{}:{}", self.host, self.port)).ok()
    }

    /// The same host and port, without TLS.
    #[must_use]
    pub fn without_tls(&self) -> Self {
        Self {
            scheme: "http".to_owned(),
            ..self.clone()
        }
    }

    /// The DNS name; `None` where the host is an address.
    pub(crate) fn dns_name(&self) -> Option<&str> {
        match &self.host {
            UrlHost::Domain(name) => Some(name.trim_end_matches('.')),
            UrlHost::Ipv4(_) | UrlHost::Ipv6(_) => None,
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { scheme, host, port } = self;
        match (scheme.as_str(), port) {
            ("https", 443) | ("http", 80) => write!(f, "{scheme}://{host}"),
            _ => write!(f, "{scheme}://{host}:{port}"),
        }
    }
}
