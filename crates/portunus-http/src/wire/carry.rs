use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use portunus::authorizer::{Payload, Received, Sending, TlsProblem, Trouble};
use portunus::printable::system_words;
use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, RequestBuilder, Response};
use tracing::debug;
use url::Url;

use crate::wire::client::Client;
use crate::wire::failure::to_trouble;
use crate::wire::read_bounded::read_bounded;
use crate::wire::request::Request;
use crate::wire::time_limit::within;
use crate::wire::trace::{RedactedUrl, milliseconds};

/// How long the words of a refusal are waited for.
const PATIENCE: Duration = Duration::from_secs(2);

/// An answer; without a response, the machine has read it.
pub(crate) type Carried = Received<Option<Response>>;

impl Client {
    /// Carries one request of the machine, and waits for the headers of the answer; of a refusal for
    /// its words too, of a token request for all of it. No redirect is followed.
    pub(crate) async fn carry(
        &self,
        sending: &Sending,
        request: &Request,
    ) -> Result<Carried, Trouble> {
        let clock = &self.options().clock;
        let started = clock.now();
        let carried = match sending.payload {
            Payload::Callers => self.carry_request(sending, request).await,
            Payload::Token(_) => self.carry_token_request(sending, request).await,
        };
        let carried = carried.map_err(|trouble| self.name_proxy(&sending.url, trouble));
        self.tell(sending, &carried, started);
        carried
    }

    /// Where a proxy stands between, it is what was not reached, or did not reach the host.
    fn name_proxy(&self, url: &Url, trouble: Trouble) -> Trouble {
        let Some(proxy) = self.options().proxies.name_for(url) else {
            return trouble;
        };
        let through = |problem: String| format!("through the proxy {proxy}: {problem}");
        match trouble {
            Trouble::NobodyThere(problem) => Trouble::NobodyThere(through(problem)),
            Trouble::Unreachable { problem, connected } => Trouble::Unreachable {
                problem: through(problem),
                connected,
            },
            other => other,
        }
    }

    async fn carry_request(
        &self,
        sending: &Sending,
        request: &Request,
    ) -> Result<Carried, Trouble> {
        let mut builder = self.builder(sending, request)?;
        let timeouts = &self.options().timeouts;
        let mut limit = Some(match request.ask.preliminary {
            true => timeouts.preliminary(),
            false => timeouts.answer,
        });
        if let Some(body) = &request.body {
            let (body, length) = body.open().map_err(|error| {
                Trouble::Local(format!("cannot read: {}", system_words(&error)))
            })?;
            builder = builder.header(CONTENT_LENGTH, length).body(body);
            limit = None;
        }
        let mut response = in_time(limit, builder.send()).await?;
        let mut received = self.received(&sending.url, &response);
        let most = sending.reads(received.status);
        if most > 0 {
            // Words that do not come are not waited for: the status tells enough.
            let reading = read_bounded(&mut response, &mut received.body, most);
            let _ = within(Some(PATIENCE), reading).await;
        }
        received.response = Some(response);
        Ok(received)
    }

    async fn carry_token_request(
        &self,
        sending: &Sending,
        request: &Request,
    ) -> Result<Carried, Trouble> {
        let mut builder = self.builder(sending, request)?;
        if let Payload::Token(Some(form)) = &sending.payload {
            builder = builder.body(Body::from(form.expose().to_owned()));
        }
        in_time(Some(self.options().timeouts.token), async {
            let mut response = builder.send().await?;
            let mut received = self.received(&sending.url, &response);
            let most = sending.reads(received.status) + 1;
            read_bounded(&mut response, &mut received.body, most).await?;
            Ok(received)
        })
        .await
    }

    fn builder(&self, sending: &Sending, request: &Request) -> Result<RequestBuilder, Trouble> {
        if sending.route.dial_timeout == Some(Duration::ZERO) {
            // On loopback a connection may be quicker than no time at all.
            return Err(Trouble::unreachable(
                "its dial_timeout is over before it begins",
            ));
        }
        let client = self.connect(&sending.route);
        let client =
            client.map_err(|problem| Trouble::Tls(Box::new(TlsProblem::Settings { problem })))?;
        let headers = sending.header_map(&request.headers);
        let builder = client.request(sending.method.into(), sending.url.clone());
        Ok(builder.headers(headers))
    }

    fn received(&self, url: &Url, response: &Response) -> Carried {
        let headers = response.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()));
        let status = response.status().as_u16();
        let mut received = Received::new(status, headers.collect(), None);
        received.peer = self.peer(url, response.remote_addr());
        received
    }

    /// Who answered. Behind a proxy the address is the proxy's.
    fn peer(&self, url: &Url, address: Option<SocketAddr>) -> Option<IpAddr> {
        let address = address.filter(|_| !self.options().proxies.concern(url))?;
        Some(address.ip())
    }

    fn tell(&self, sending: &Sending, carried: &Result<Carried, Trouble>, started: Instant) {
        let elapsed = self.options().clock.now().duration_since(started);
        let permit = sending.permit.as_ref();
        let key = permit.map(|permit| &permit.candidate().entry.key);
        let status = carried.as_ref().ok().map(|received| received.status);
        let problem = carried.as_ref().err().map(ToString::to_string);
        let (method, ms) = (sending.method.as_str(), milliseconds(elapsed));
        let url = RedactedUrl(&sending.url);
        match sending.payload {
            Payload::Callers => {
                let key = key.map(tracing::field::display);
                debug!(method, %url, status, problem, ms, key, "request");
            }
            Payload::Token(_) => {
                let anonymous = key.is_none();
                debug!(method, %url, status, problem, ms, anonymous, "token request");
            }
        }
    }
}

async fn in_time<T>(
    limit: Option<Duration>,
    sending: impl Future<Output = reqwest::Result<T>>,
) -> Result<T, Trouble> {
    let sent = within(limit, sending).await;
    let sent = sent.map_err(|_| Trouble::Late("no answer in time".to_owned()))?;
    sent.map_err(|error| to_trouble(&error))
}

#[cfg(test)]
mod tests {
    use portunus::secret::Secret;

    use super::*;
    use crate::options::Options;
    use crate::options::proxies::Proxies;

    #[test]
    fn the_address_of_a_host_is_noted_where_no_proxy_stands_between() {
        for (proxied, except, noted) in [
            (false, None, true),
            (true, Some("reg.test"), true),
            (true, Some("other.test"), false),
            (true, None, false),
        ] {
            let mut proxies = Proxies::none();
            proxies.https = proxied.then(|| Secret::new("http://proxy.test:3128"));
            proxies.except = except.map(str::to_owned);
            let client = Client::new(Options {
                proxies,
                ..Options::default()
            });
            let url = "https://reg.test/v2/".parse().unwrap();
            let peer = client.peer(&url, "10.0.0.7:443".parse().ok());
            let told = format!("proxied: {proxied}, but not {except:?}");
            assert_eq!(peer.is_some(), noted, "{told}");
        }
    }
}
