use hyper_util::client::proxy::matcher::Matcher;
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

    /// Whether requests for a URL go through a proxy: what the HTTP library decides, by the matcher
    /// that it uses.
    pub(crate) fn concern(&self, url: &Url) -> bool {
        // Which proxy it is does not matter here, so its password stays out of this.
        let present = |proxy: &Option<Secret>| if proxy.is_some() { "http://proxy" } else { "" };
        let matcher = Matcher::builder()
            .http(present(&self.http))
            .https(present(&self.https))
            .no(self.exceptions())
            .build();
        let url = url.as_str().parse();
        url.is_ok_and(|url| matcher.intercept(&url).is_some())
    }

    /// The proxy that requests for a URL go through, without what it may hold of a login.
    pub(crate) fn name_for(&self, url: &Url) -> Option<String> {
        let proxy = match url.scheme() {
            "https" => &self.https,
            _ => &self.http,
        };
        let proxy = proxy.as_ref().filter(|_| self.concern(url))?;
        let proxy = parsed(proxy.expose())?;
        let (scheme, host) = (proxy.scheme(), proxy.host_str()?);
        Some(match proxy.port() {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        })
    }

    /// The names of the proxies, which are resolved like hosts.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let proxies = self.http.iter().chain(&self.https);
        proxies
            .filter_map(|proxy| Some(parsed(proxy.expose())?.host_str()?.to_owned()))
            .collect()
    }

    pub(crate) fn build(&self) -> Result<Vec<Proxy>, &'static str> {
        let excepted = self.exceptions();
        let http = self.http.as_ref().map(|url| Proxy::http(url.expose()));
        let https = self.https.as_ref().map(|url| Proxy::https(url.expose()));
        let mut proxies = Vec::new();
        for proxy in http.into_iter().chain(https) {
            let proxy = proxy.map_err(|_| "a proxy is no usable URL")?;
            proxies.push(proxy.no_proxy(NoProxy::from_string(&excepted)));
        }
        Ok(proxies)
    }

    fn exceptions(&self) -> String {
        match &self.except {
            Some(more) => format!("{more},{LOOPBACK}"),
            None => LOOPBACK.to_owned(),
        }
    }
}

fn parsed(proxy: &str) -> Option<Url> {
    match Url::parse(proxy) {
        Ok(url) if url.has_host() => Some(url),
        _ => Url::parse(&format!("http://{proxy}")).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_concerns_what_is_not_excepted() {
        let proxies = Proxies {
            http: None,
            https: Some(Secret::new("http://alice:canary@proxy.test:3128")),
            except: Some("reg.test, .corp.test,10.0.0.0/8,fd00::/8".to_owned()),
        };
        for (url, proxied) in [
            ("https://reg.example/v2/", true),
            ("https://reg.example:5000/v2/?ns=reg.test", true),
            ("http://reg.example/v2/", false),
            ("https://reg.test/v2/", false),
            ("https://REG.test:5000/v2/", false),
            ("https://eu.reg.test/v2/", false),
            ("https://notreg.test/v2/", true),
            ("https://hub.corp.test/v2/", false),
            ("https://10.1.2.3:5000/v2/", false),
            ("https://11.1.2.3/v2/", true),
            ("https://[fd00::7]:5000/v2/", false),
            ("https://[2001:db8::7]/v2/", true),
            ("https://localhost:5000/v2/", false),
            ("https://127.0.0.5/v2/", false),
            ("https://[::1]:5000/v2/", false),
        ] {
            let url: Url = url.parse().unwrap();
            assert_eq!(proxies.concern(&url), proxied, "{url}");
        }
        let reg = Url::parse("https://reg.example/").unwrap();
        assert!(!Proxies::none().concern(&reg));
    }
}
