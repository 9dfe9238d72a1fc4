mod send;

use std::net::SocketAddr;
use std::sync::OnceLock;

use portunus::hosts::Host;
use portunus::name::{Authority, RegistryNamespace};
use portunus::token::trust::{AddressClass, Origin, Refusal, refuse_target};
use reqwest::header::HeaderMap;
use url::Url;

use crate::outcome::Outcome;
use crate::wire::client::Client;
use crate::wire::connection_settings::ConnectionSettings;
use crate::wire::headers::headers_of;
use crate::wire::scheme::Scheme;

/// One host on the wire: its URLs, its headers, its connection.
#[derive(Debug)]
pub(crate) struct Remote {
    client: Client,
    scheme: Scheme,
    authority: String,
    path: String,
    registry_namespace: Option<String>,
    headers: HeaderMap,
    settings: ConnectionSettings,
    address_class: OnceLock<AddressClass>,
}

impl Remote {
    /// The host of a registry namespace.
    pub(crate) fn new(
        client: &Client,
        host: &Host,
        registry_namespace: &RegistryNamespace,
    ) -> Self {
        let sent = host
            .sends_ns
            .then(|| registry_namespace.as_str().to_owned());
        Self {
            client: client.clone(),
            scheme: Scheme::new(&host.scheme, host.http_fallback > 0),
            authority: host.host.clone(),
            path: host.path.trim_end_matches('/').to_owned(),
            registry_namespace: sent,
            headers: headers_of(host),
            settings: ConnectionSettings::of_host(host),
            address_class: OnceLock::new(),
        }
    }

    /// Where a host sends us: without anything that was meant for the host.
    pub(crate) fn of_redirect_target(from: &Self, target: &Url) -> Self {
        let registry = from.address_class();
        let dial_timeout = from.settings.dial_timeout;
        let address = target.host_str().unwrap_or_default();
        let authority = match target.port() {
            Some(port) => format!("{address}:{port}"),
            None => address.to_owned(),
        };
        Self {
            client: from.client.clone(),
            scheme: Scheme::new(target.scheme(), false),
            authority,
            path: String::new(),
            registry_namespace: None,
            headers: HeaderMap::new(),
            settings: ConnectionSettings::of_redirect_target(dial_timeout, registry),
            address_class: OnceLock::from(registry),
        }
    }

    /// The same host below another path.
    pub(crate) fn at_path(self, path: &str) -> Self {
        Self {
            path: path.to_owned(),
            ..self
        }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// What `?ns=` says, where it is sent.
    pub(crate) fn registry_namespace(&self) -> Option<&str> {
        self.registry_namespace.as_deref()
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn settings(&self) -> &ConnectionSettings {
        &self.settings
    }

    /// The scheme that is used, after a fall back to http.
    pub(crate) fn scheme(&self) -> &str {
        self.scheme.in_use()
    }

    /// Scheme and host in words.
    pub(crate) fn name(&self) -> String {
        self.name_over(self.scheme())
    }

    fn name_over(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.authority)
    }

    pub(crate) fn origin(&self) -> Result<Origin, Outcome> {
        let url = Url::parse(&self.name()).ok();
        url.as_ref()
            .and_then(Origin::of)
            .ok_or_else(cannot_be_requested)
    }

    /// What tokens for it are kept under.
    pub(crate) fn authority(&self) -> Result<Authority, Outcome> {
        self.origin()?.authority().ok_or_else(cannot_be_requested)
    }

    /// What credentials for it are stored under: a fall back to http changes nothing about that.
    pub(crate) fn listed_authority(&self) -> Option<Authority> {
        Authority::of_host(self.scheme.as_written(), &self.authority).ok()
    }

    /// Whether the host may send us to another origin, as far as that is written as an address.
    pub(crate) fn may_lead_to(&self, target: &Origin) -> Result<(), Refusal> {
        match target.literal_address() {
            Some(address) if self.origin().ok().as_ref() != Some(target) => {
                refuse_target(self.address_class(), address)
            }
            _ => Ok(()),
        }
    }

    /// Who the registry itself is, once it has answered.
    pub(crate) fn address_class(&self) -> AddressClass {
        if let Some(class) = self.address_class.get() {
            return *class;
        }
        let literal = self
            .origin()
            .ok()
            .and_then(|origin| origin.literal_address());
        literal.map_or(AddressClass::Public, AddressClass::of)
    }

    /// Behind a proxy the address is the proxy's.
    fn note_address(&self, url: &Url, address: Option<SocketAddr>) {
        if self.client.options().proxies.concern(url) {
            return;
        }
        if let Some(address) = address {
            self.address_class
                .get_or_init(|| AddressClass::of(address.ip()));
        }
    }
}

fn cannot_be_requested() -> Outcome {
    Outcome::unreachable("the host is no URL that can be requested")
}

#[cfg(test)]
mod tests {
    use portunus::secret::Secret;

    use super::*;
    use crate::options::Options;
    use crate::options::proxies::Proxies;

    #[test]
    fn the_address_of_a_host_is_noted_where_no_proxy_stands_between() {
        for (proxied, except, class) in [
            (false, None, AddressClass::Private),
            (true, Some("reg.test"), AddressClass::Private),
            (true, Some("other.test"), AddressClass::Public),
            (true, None, AddressClass::Public),
        ] {
            let mut proxies = Proxies::none();
            proxies.https = proxied.then(|| Secret::new("http://proxy.test:3128"));
            proxies.except = except.map(str::to_owned);
            let remote = Remote {
                client: Client::new(Options {
                    proxies,
                    ..Options::default()
                }),
                scheme: Scheme::new("https", false),
                authority: "reg.test".to_owned(),
                path: "/v2".to_owned(),
                registry_namespace: None,
                headers: HeaderMap::new(),
                settings: ConnectionSettings::default(),
                address_class: OnceLock::new(),
            };
            let url = "https://reg.test/v2/".parse().unwrap();
            remote.note_address(&url, "10.0.0.7:443".parse().ok());
            let told = format!("proxied: {proxied}, but not {except:?}");
            assert_eq!(remote.address_class(), class, "{told}");
        }
    }
}
