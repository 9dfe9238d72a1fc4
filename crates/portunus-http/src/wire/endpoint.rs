use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use portunus::hosts::Host;
use portunus::name::{Authority, RegistryNamespace};
use portunus::secret::Secret;
use portunus::token::trust::{AddressClass, Origin, Refusal, refuse_target};
use reqwest::Response;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use tracing::{debug, info};
use url::Url;

use crate::outcome::Outcome;
use crate::wire::authorization::Authorization;
use crate::wire::client::Client;
use crate::wire::connection::ConnectionSettings;
use crate::wire::event::{Told, milliseconds};
use crate::wire::failure;
use crate::wire::request::{Request, Target};
use crate::wire::scheme::{HTTP, Scheme};

/// One host on the wire: its URLs, its headers, its connection.
#[derive(Debug)]
pub(crate) struct Endpoint {
    client: Client,
    scheme: Scheme,
    authority: String,
    path: String,
    registry_namespace: Option<String>,
    headers: HeaderMap,
    settings: ConnectionSettings,
    address_class: OnceLock<AddressClass>,
}

impl Endpoint {
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

    /// Sends a request, and waits for the headers of the answer. No redirect is followed.
    ///
    /// Where the host speaks no TLS and may be asked over http, the request is repeated there
    /// without a secret.
    pub(crate) async fn send(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
    ) -> Result<Response, Outcome> {
        let scheme = self.scheme();
        let no_tls = match self.send_once(request, authorization, scheme).await {
            Ok(response) => {
                self.scheme.settle(scheme);
                return Ok(response);
            }
            Err(SendError::NoTls(outcome)) if self.scheme.may_fall_back() => outcome,
            Err(error) => return Err(error.into_outcome()),
        };
        match self.send_once(request, None, HTTP).await {
            Ok(response) if self.scheme.settle(HTTP) => {
                info!(host = self.authority, "speaks no TLS: asked over http");
                Ok(response)
            }
            _ => Err(no_tls),
        }
    }

    async fn send_once(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
        scheme: &str,
    ) -> Result<Response, SendError> {
        if self.settings.dial_timeout == Some(Duration::ZERO) {
            // On loopback a connection may be quicker than no time at all.
            return Err(Outcome::unreachable("its dial_timeout is over before it begins").into());
        }
        let client = self.client.connect(&self.settings)?;
        let url = self.url(&request.target, scheme)?;
        let mut builder = client.request(request.method.clone(), url.clone());
        builder = builder.headers(self.headers(request, authorization, scheme)?);
        let mut limit = Some(self.client.options().timeouts.answer);
        if let Some(body) = &request.body {
            let opened = body.open();
            let (body, length) = opened.map_err(|error| {
                SendError::Other(Outcome::bad_content(format!(
                    "cannot read: {}",
                    error.kind()
                )))
            })?;
            builder = builder
                .header(reqwest::header::CONTENT_LENGTH, length)
                .body(body);
            limit = None;
        }
        let clock = &self.client.options().clock;
        let started = clock.now();
        let sent = within(limit, builder.send()).await;
        let sent = sent.map_err(SendError::from).and_then(|sent| {
            sent.map_err(|error| match failure::outcome(&error) {
                outcome if scheme != HTTP && self.has_no_tls(&error) => SendError::NoTls(outcome),
                outcome => SendError::Other(outcome),
            })
        });
        let (status, problem) = match &sent {
            Ok(response) => (Some(response.status().as_u16()), None),
            Err(error) => (None, Some(error.outcome().to_string())),
        };
        debug!(
            method = request.method.as_str(),
            url = %Told(&url),
            status,
            problem,
            ms = milliseconds(clock.now().duration_since(started)),
            key = authorization.and_then(|shown| shown.key.as_ref()).map(tracing::field::display),
            "request"
        );
        let response = sent?;
        self.note_address(&url, response.remote_addr());
        Ok(response)
    }

    fn headers(
        &self,
        request: &Request,
        authorization: Option<&Authorization>,
        scheme: &str,
    ) -> Result<HeaderMap, Outcome> {
        // Headers of `hosts.toml` may be secrets: they too stay off plain http after a fall back.
        let mut headers = match self.scheme.is_as_written(scheme) {
            true => self.headers.clone(),
            false => HeaderMap::new(),
        };
        for (name, value) in &request.headers {
            headers.insert(name, value.clone());
        }
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, sensitive(&authorization.value)?);
        }
        Ok(headers)
    }

    /// What makes containerd try again over http (`HTTPFallback` in
    /// `core/remotes/docker/resolver.go`): an answer without TLS, or nobody at the default port.
    fn has_no_tls(&self, error: &reqwest::Error) -> bool {
        let portless = Url::parse(&self.name()).is_ok_and(|url| url.port().is_none())
            && !self.authority.ends_with(":443");
        failure::speaks_no_tls(error) || (portless && failure::is_not_there(error))
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

    fn url(&self, target: &Target, scheme: &str) -> Result<Url, SendError> {
        let (path, query) = match target {
            Target::Given(url) => return Ok(url.clone()),
            Target::Path { path, query } => (path, query),
        };
        let mut text = self.name_over(scheme);
        let _ = write!(text, "{}{path}", self.path);
        let mut url = Url::parse(&text).map_err(|_| SendError::Other(cannot_be_requested()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(SendError::Other(cannot_be_requested()));
        }
        for (name, value) in query {
            url.query_pairs_mut().append_pair(name, value);
        }
        if let Some(registry_namespace) = &self.registry_namespace {
            url.query_pairs_mut().append_pair("ns", registry_namespace);
        }
        Ok(url)
    }
}

enum SendError {
    NoTls(Outcome),
    Other(Outcome),
}

impl SendError {
    fn outcome(&self) -> &Outcome {
        match self {
            Self::NoTls(outcome) | Self::Other(outcome) => outcome,
        }
    }

    fn into_outcome(self) -> Outcome {
        match self {
            Self::NoTls(outcome) | Self::Other(outcome) => outcome,
        }
    }
}

impl From<Outcome> for SendError {
    fn from(outcome: Outcome) -> Self {
        Self::Other(outcome)
    }
}

/// Waits for an answer, no longer than `limit`.
pub(crate) async fn within<T>(
    limit: Option<Duration>,
    future: impl Future<Output = T>,
) -> Result<T, Outcome> {
    match limit {
        None => Ok(future.await),
        Some(limit) => tokio::time::timeout(limit, future)
            .await
            .map_err(|_| Outcome::unreachable("no answer in time")),
    }
}

/// A header value that the HTTP library does not print either.
pub(crate) fn sensitive(secret: &Secret) -> Result<HeaderValue, Outcome> {
    let mut value = HeaderValue::from_str(secret.expose())
        .map_err(|_| Outcome::bad_content("the credential cannot be put into a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Headers that cannot be sent are left out, names are compared without case.
fn headers_of(host: &Host) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, values) in &host.headers {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            continue;
        };
        for value in values {
            if let Ok(value) = sensitive(value) {
                headers.append(name.clone(), value);
            }
        }
    }
    headers
}

fn cannot_be_requested() -> Outcome {
    Outcome::unreachable("the host is no URL that can be requested")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Options, Proxies};

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
            let endpoint = Endpoint {
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
            endpoint.note_address(&url, "10.0.0.7:443".parse().ok());
            let told = format!("proxied: {proxied}, but not {except:?}");
            assert_eq!(endpoint.address_class(), class, "{told}");
        }
    }
}
