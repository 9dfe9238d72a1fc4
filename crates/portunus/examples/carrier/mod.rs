//! Carries the requests of the authorizer with ureq, and refuses what it cannot do.

use std::error::Error;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

use portunus::authorizer::{Addresses, Call, Method, Received, Route, Sending, Trouble};
use ureq::config::Config;
use ureq::http::{HeaderMap, Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver as Resolve};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Carries requests.
pub(crate) struct Client(TlsConfig);

impl Client {
    /// One that trusts the certificate authorities of this machine.
    pub(crate) fn new() -> Self {
        Self(roots())
    }

    /// Has a call done, with this body where it takes one.
    pub(crate) fn drive(&self, call: &mut Call, body: &[u8]) -> Result<Response<Body>> {
        Ok(call.drive(Instant::now, |sending| self.carry(sending, body))?)
    }

    fn carry(&self, sending: &Sending, body: &[u8]) -> Carried {
        let body = sending.body(body);
        let (agent, request) = (
            self.agent(&sending.route)?,
            sending.request(&HeaderMap::new()),
        );
        let answer = match sending.method {
            Method::Get | Method::Head | Method::Delete => request.body(()).map(|it| agent.run(it)),
            _ => request.body(body).map(|it| agent.run(it)),
        };
        let answer = answer.map_err(Trouble::unreachable)?;
        let mut received = Received::from(answer.map_err(Trouble::unreachable)?);
        let most = sending.reads(received.status);
        if most > 0 {
            let body = received.response.body_mut().as_reader();
            let read = body.take(most as u64 + 1).read_to_end(&mut received.body);
            read.map_err(Trouble::unreachable)?;
        }
        Ok(received)
    }

    fn agent(&self, route: &Route) -> std::result::Result<Agent, Trouble> {
        if !route.ca.is_empty() || !route.client.is_empty() || route.skip_verify {
            let problem = "this client knows no `ca`, client certificate or `skip_verify`";
            return Err(Trouble::Local(problem.to_owned()));
        }
        let config = Agent::config_builder()
            .tls_config(self.0.clone())
            .timeout_connect(route.dial_timeout)
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .build();
        let (connector, resolver) = (DefaultConnector::default(), Guard(route.addresses));
        Ok(Agent::with_parts(config, connector, resolver))
    }
}

type Carried = std::result::Result<Received<Response<Body>>, Trouble>;

/// Asks whether the addresses of a name may be connected to, between the name and the socket.
#[derive(Debug)]
struct Guard(Addresses);

impl Resolve for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> std::result::Result<ResolvedSocketAddrs, ureq::Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let judged = self.0.admit(found.iter().map(|address| address.ip()));
        judged.map_err(|refusal| ureq::Error::Io(std::io::Error::other(refusal)))?;
        Ok(found)
    }
}

/// The certificate authorities of this machine.
fn roots() -> TlsConfig {
    let found = rustls_native_certs::load_native_certs().certs;
    let roots = found
        .iter()
        .map(|root| Certificate::from_der(root).to_owned());
    TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&roots.collect::<Vec<_>>()))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build()
}
