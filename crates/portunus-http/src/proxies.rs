use portunus::secret::Secret;
use reqwest::{NoProxy, Proxy};
use url::Url;

/// Never proxied, whatever the operator excludes besides.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// Where requests go through. Loopback is never proxied.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Proxies {
    /// For `http` URLs; may hold a password.
    pub http: Option<Secret>,
    /// For `https` URLs; may hold a password.
    pub https: Option<Secret>,
    /// Hosts, domains and networks that are reached directly, separated by commas
    /// (`NO_PROXY`).
    pub except: Option<String>,
}

impl Proxies {
    /// No proxy.
    pub fn none() -> Self {
        Self::default()
    }

    /// What the variables of an environment say: `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` and
    /// their lower-case forms, which win. The lookup is the caller's.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let either = |lower: &str, upper: &str| {
            let found = lookup(lower).or_else(|| lookup(upper));
            found.filter(|value| !value.is_empty())
        };
        Self {
            http: either("http_proxy", "HTTP_PROXY").map(Secret::new),
            https: either("https_proxy", "HTTPS_PROXY").map(Secret::new),
            except: either("no_proxy", "NO_PROXY"),
        }
    }

    /// Whether requests for an `http` or `https` URL may go through a proxy.
    pub(crate) fn concern(&self, https: bool) -> bool {
        if https {
            self.https.is_some()
        } else {
            self.http.is_some()
        }
    }

    /// The names of the proxies, which are resolved like hosts.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let proxies = self.http.iter().chain(&self.https);
        proxies
            .filter_map(|proxy| host_of(proxy.expose()))
            .collect()
    }

    pub(crate) fn build(&self) -> Result<Vec<Proxy>, &'static str> {
        let mut excepted = LOOPBACK.to_owned();
        if let Some(more) = &self.except {
            excepted = format!("{more},{excepted}");
        }
        let http = self.http.as_ref().map(|url| Proxy::http(url.expose()));
        let https = self.https.as_ref().map(|url| Proxy::https(url.expose()));
        let mut proxies = Vec::new();
        for proxy in http.into_iter().chain(https) {
            let proxy = proxy.map_err(|_| "a proxy is no usable URL")?;
            proxies.push(proxy.no_proxy(NoProxy::from_string(&excepted)));
        }
        Ok(proxies)
    }
}

fn host_of(proxy: &str) -> Option<String> {
    let url = match Url::parse(proxy) {
        Ok(url) if url.has_host() => url,
        _ => Url::parse(&format!("http://{proxy}")).ok()?,
    };
    url.host_str().map(str::to_owned)
}
