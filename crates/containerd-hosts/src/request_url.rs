use crate::go::{self, Url};
use crate::host::Host;
use crate::registry_namespace::RegistryNamespace;

/// Why no request can be made to a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestError {
    /// Scheme, host and path make no URL.
    Unparsable,
    /// The URL names no host.
    NoHost,
    /// The scheme is neither `http` nor `https`.
    BadScheme,
}

impl RequestError {
    /// The name in JSON: `unparsable`, `no_host`, `bad_scheme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unparsable => "unparsable",
            Self::NoHost => "no_host",
            Self::BadScheme => "bad_scheme",
        }
    }
}

impl Host {
    /// The URL of a request to this host, as containerd builds it: path and parts joined, then
    /// `?ns=` where the host is asked for another's content
    /// (`request` in `core/remotes/docker/resolver.go`). `parts` is what stands behind the host's
    /// path: `library/alpine`, `manifests/latest`.
    pub fn request_url(&self, parts: &[&str], registry_namespace: &RegistryNamespace) -> String {
        let mut path = go::join(&[&["/", &*self.path], parts].concat());
        if parts.last().is_some_and(|last| last.ends_with('/')) {
            path.push('/');
        }
        let mut url = format!("{}://{}{path}", self.scheme, self.host);
        if self.sends_ns {
            url.push(if path.contains('?') { '&' } else { '?' });
            url.push_str(&ns_query(registry_namespace));
        }
        url
    }

    /// Why requests to this host fail before they are sent; `None`: they do not.
    pub fn request_error(&self) -> Option<RequestError> {
        let text = format!(
            "{}://{}{}",
            self.scheme,
            self.host,
            go::join(&["/", &self.path])
        );
        match Url::parse_as(&text, self.bare_ipv6) {
            Err(_) => Some(RequestError::Unparsable),
            // Go drops a colon without a port, and then looks for a host.
            Ok(url) if matches!(&*url.host, "" | ":") => Some(RequestError::NoHost),
            Ok(url) if !matches!(&*url.scheme, "http" | "https") => Some(RequestError::BadScheme),
            Ok(_) => None,
        }
    }
}

/// `ns=` and the registry namespace, encoded as containerd does.
fn ns_query(registry_namespace: &RegistryNamespace) -> String {
    format!("ns={}", go::query_escape(registry_namespace.as_str()))
}
