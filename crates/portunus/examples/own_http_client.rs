//! Another HTTP client (ureq) with the decisions of this library:
//! `own_http_client pull|push CERTS_D IMAGE CONFIG_JSON…` asks each host for the manifest, or puts
//! one byte into the first that is pushed to. What is sent where, and whether, is decided by the
//! authorizer; this program only carries it, and refuses what it cannot do.

use std::error::Error;
use std::io::Read as _;
use std::sync::Arc;
use std::time::Instant;

use portunus::authorizer::{
    Addresses, Ask, Authorizer, Call, Conduct, Ledger, Method, Received, Route, Rules, Sending,
    Target, Trouble,
};
use portunus::hosts::HostsTree;
use portunus::name::{ImageReference, Profile};
use portunus::resolve::{Attempt, Operation, Resolver};
use portunus::store::{DockerConfig, HelperPrograms};
use ureq::config::Config;
use ureq::http::{HeaderMap, Response, Uri};
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver as Resolve};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The digest of one byte `x`.
const DIGEST: &str = "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

#[expect(clippy::print_stdout, reason = "an example shows what it finds")]
fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [verb, hosts, image, logins @ ..] = arguments.as_slice() else {
        return Err("own_http_client pull|push CERTS_D IMAGE CONFIG_JSON…".into());
    };
    let mut resolver = Resolver::new(HostsTree::new(vec![hosts.into()]));
    for path in logins {
        let docker = DockerConfig::new(path, HelperPrograms::new([]));
        resolver = resolver.with_source(Arc::new(docker));
    }
    let image = ImageReference::parse(image)?;
    let operation = match verb.as_str() {
        "push" => Operation::Push,
        _ => Operation::Pull,
    };
    let prepared = resolver.prepare(&image, operation, &Profile::DEFAULT)?;
    let ledger = Ledger::new(&prepared, Rules::default());
    let client = Client(roots());
    for prepared in prepared.attempts() {
        let (host, attempt) = (ledger.host(&prepared), prepared.attempt());
        if attempt.phases.is_empty() {
            continue;
        }
        let name = &attempt.host.host;
        let told = match operation {
            Operation::Push => upload(&client, &host, &image, attempt),
            _ => manifest(&client, &host, &image, attempt),
        };
        match told {
            Ok(status) => println!("{name}: {status}"),
            Err(error) => println!("{name}: {error}"),
        }
    }
    Ok(())
}

fn manifest(
    client: &Client,
    host: &Authorizer,
    image: &ImageReference,
    attempt: &Attempt,
) -> Result<u16> {
    let path = format!("/{}/manifests/{}", image.repository(), image.manifest());
    let scopes = attempt.scopes(&["pull"]);
    let ask = Ask::new(Method::Get, Target::path(path)).with_scopes(scopes);
    let answer = client.drive(&mut host.call(ask), b"")?;
    Ok(answer.status().as_u16())
}

fn upload(
    client: &Client,
    host: &Authorizer,
    image: &ImageReference,
    attempt: &Attempt,
) -> Result<u16> {
    let scopes = attempt.scopes(&["pull", "push"]);
    let to = |method, target| {
        let ask = Ask::new(method, target).with_scopes(scopes.clone());
        ask.with_conduct(Conduct::Stay)
    };
    let uploads = format!("/{}/blobs/uploads/", image.repository());
    let mut begun = host.call(to(Method::Post, Target::path(uploads)));
    client.drive(&mut begun, b"")?;
    let location = begun.onward()?.with_query("digest", DIGEST);
    let mut put = host.call(to(Method::Put, Target::Onward(location)));
    let answer = client.drive(&mut put, b"x")?;
    Ok(answer.status().as_u16())
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

/// Carries requests.
struct Client(TlsConfig);

impl Client {
    fn drive(&self, call: &mut Call, body: &[u8]) -> Result<Response<Body>> {
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
