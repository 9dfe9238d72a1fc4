use std::time::Duration;

use portunus::authorizer::{Conduct, HostFailure, Method, Target};
use portunus::hosts::Host;
use portunus::name::RegistryNamespace;
use portunus::token::trust::{Consent, Refusal, TrustRule};
use portunus::token::{Authentication, Challenge};
use reqwest::header::{HeaderValue, WWW_AUTHENTICATE};

use crate::ask::web_page::refuse_web_page;
use crate::outcome::Outcome;
use crate::wire::client::Client;
use crate::wire::remote::Remote;
use crate::wire::request::Request;
use crate::wire::time_limit::within;

/// What a host asks for, found out without showing it anything but the headers that
/// `hosts.toml` gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Probe {
    /// Scheme and host, as it was asked in the end: over http where it speaks no TLS.
    pub host: String,
    /// Whether it answered.
    pub reachable: bool,
    /// The status of its answer.
    pub status: Option<u16>,
    /// `Basic` or `Bearer`; `None`: it asks for nothing, or for nothing that is known here.
    pub challenge: Option<&'static str>,
    /// The realm, as a URL.
    pub realm: Option<String>,
    /// What the realm knows the registry by, where the host says that.
    pub service: Option<String>,
    /// Whether the realm may see a secret, and by which rule. `None`: there is no realm.
    pub realm_trust: Option<Result<TrustRule, Refusal>>,
    /// Why it did not answer, asks for what cannot be answered, or is no registry.
    pub problem: Option<Outcome>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Client {
    /// Asks a host what it wants to be shown: `GET` of its path with `?ns=`, and of `/v2/` where
    /// a path mirror knows nothing there. `consent` is what the operator agreed to for the
    /// credential that would be sent.
    pub async fn probe(
        &self,
        host: &Host,
        registry_namespace: &RegistryNamespace,
        consent: &Consent<'_>,
    ) -> Probe {
        let clock = &self.options().clock;
        let started = clock.now();
        let ledger = self.ledger_without_plan();
        let remote = Remote::new(self, ledger.stranger(host, registry_namespace));
        let knock = Request::to(Method::Get, Target::Door).with_conduct(Conduct::Knock);
        let asked = within(Some(self.options().timeouts.probe), remote.ask(&knock)).await;
        let elapsed = clock.now().duration_since(started);
        let (response, refusal) = match asked.and_then(|asked| asked) {
            Ok(answer) => {
                let helps = answer.is_success();
                let refusal = (!helps).then(|| answer.refusal());
                (answer.response, refusal)
            }
            Err(problem) => {
                return Probe {
                    host: remote.name(),
                    reachable: false,
                    status: None,
                    challenge: None,
                    realm: None,
                    service: None,
                    realm_trust: None,
                    problem: Some(problem),
                    elapsed,
                };
            }
        };
        let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenges = Challenge::parse_all(challenges.map(HeaderValue::as_bytes));
        let (authentication, problem) = match Authentication::choose(&challenges) {
            Ok(authentication) => {
                let refusal = refusal.filter(|_| authentication.is_none());
                let web_page = || refuse_web_page(&response).err();
                (authentication, refusal.or_else(web_page))
            }
            Err(error) => (None, Some(HostFailure::Challenge(error).into())),
        };
        let realm = authentication.as_ref().and_then(Authentication::realm);
        let service = match &authentication {
            Some(Authentication::Bearer(bearer)) => Some(bearer.service.clone()),
            _ => None,
        };
        let judged = realm.and_then(|realm| remote.authorizer.judge_realm(realm, consent));
        Probe {
            host: remote.name(),
            reachable: true,
            status: Some(response.status().as_u16()),
            challenge: authentication.as_ref().map(Authentication::scheme),
            realm: realm.map(|realm| realm.as_str().to_owned()),
            service: service.filter(|service| !service.is_empty()),
            realm_trust: judged,
            problem,
            elapsed,
        }
    }
}
