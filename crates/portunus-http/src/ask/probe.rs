use std::time::Duration;

use portunus::hosts::Host;
use portunus::name::RegistryNamespace;
use portunus::token::Authentication;
use portunus::token::trust::{Consent, Refusal};
use reqwest::{Method, Response};

use crate::auth::challenge::authentication_of;
use crate::auth::trust::realm_may_see;
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
    /// Whether it answered.
    pub reachable: bool,
    /// The status of its answer.
    pub status: Option<u16>,
    /// `Basic` or `Bearer`; `None`: it asks for nothing.
    pub challenge: Option<&'static str>,
    /// The realm, as a URL.
    pub realm: Option<String>,
    /// Whether the realm may see a secret, and by which rule. `None`: there is no realm.
    pub realm_trust: Option<Result<&'static str, Refusal>>,
    /// Why it did not answer, or asks for what cannot be answered.
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
        let remote = Remote::new(self, host, registry_namespace);
        let asked = within(Some(self.options().timeouts.probe), ask_anonymously(remote)).await;
        let elapsed = clock.now().duration_since(started);
        let (remote, response) = match asked.and_then(|asked| asked) {
            Ok(answer) => answer,
            Err(problem) => {
                return Probe {
                    reachable: false,
                    status: None,
                    challenge: None,
                    realm: None,
                    realm_trust: None,
                    problem: Some(problem),
                    elapsed,
                };
            }
        };
        let (authentication, problem) = match authentication_of(&response) {
            Ok(authentication) => (authentication, None),
            Err(problem) => (None, Some(problem)),
        };
        let realm = authentication.as_ref().and_then(Authentication::realm);
        let origin = remote.origin().ok();
        let judged = realm.zip(origin);
        Probe {
            reachable: true,
            status: Some(response.status().as_u16()),
            challenge: authentication.as_ref().map(Authentication::scheme),
            realm: realm.map(|realm| realm.as_str().to_owned()),
            realm_trust: judged.map(|(realm, host)| realm_may_see(&remote, &host, realm, consent)),
            problem,
            elapsed,
        }
    }
}

/// The first, unauthenticated request: at the host's own path, and where a path mirror answers
/// 404 without a challenge, at `/v2/` of the same origin.
pub(crate) async fn ask_anonymously(remote: Remote) -> Result<(Remote, Response), Outcome> {
    let request = Request::new(Method::GET, "/");
    let response = remote.send(&request, None).await?;
    let nothing_there =
        response.status().as_u16() == 404 && authentication_of(&response)?.is_none();
    if !nothing_there || remote.path() == "/v2" {
        return Ok((remote, response));
    }
    let remote = remote.at_path("/v2");
    let response = remote.send(&request, None).await?;
    Ok((remote, response))
}
