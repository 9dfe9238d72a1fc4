use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portunus::credential::Credential;
use portunus::name::Authority;
use portunus::token::trust::Origin;
use portunus::token::{
    Bearer, Exchange, ExchangeError, MAX_RESPONSE, Scopes, Step, Token, TokenCache, TokenKey,
    TokenMethod, TokenRequest,
};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Response};
use tokio::sync::OnceCell;
use tracing::debug;

use crate::endpoint::{Endpoint, sensitive, within};
use crate::event::{Told, milliseconds};
use crate::outcome::TokenProblem;
use crate::{Outcome, basic, failure};

/// Tokens, each asked for once however many requests wait for it.
#[derive(Debug, Default)]
pub struct Tokens {
    cache: TokenCache,
    in_flight: Mutex<Vec<(TokenKey, Arc<Flight>)>>,
}

type Flight = OnceCell<Result<Token, TokenFailure>>;

/// A token, and whether it was asked for just now.
#[derive(Debug, Clone)]
pub(crate) struct Obtained {
    pub(crate) token: Token,
    pub(crate) fresh: bool,
}

/// Why there is no token.
#[derive(Debug, Clone)]
pub(crate) enum TokenFailure {
    /// The realm does not accept the credential, or gives nothing to the anonymous.
    Rejected {
        /// The status.
        status: u16,
    },
    /// Anything else.
    Failed(Outcome),
}

impl Tokens {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache that keeps nothing.
    pub fn off() -> Self {
        Self {
            cache: TokenCache::off(),
            in_flight: Mutex::default(),
        }
    }

    /// Drops every token for a host: somebody logged in or out there.
    pub fn forget_host(&self, host: &Authority) {
        self.cache.forget_host(host);
    }

    /// A token for `endpoint`, kept or asked for. Requests that wait for the same token share
    /// one answer, and a refusal as well, so that a bad password is tried once.
    pub(crate) async fn get(
        &self,
        endpoint: &Endpoint,
        bearer: &Bearer,
        scopes: &Scopes,
        credential: Option<&Credential>,
    ) -> Result<Obtained, TokenFailure> {
        let exchange = Exchange::new(bearer, scopes, credential);
        if self.cache.is_off() {
            let token = exchange_at(endpoint, &exchange).await?;
            return Ok(Obtained { token, fresh: true });
        }
        let clock = &endpoint.client().options().clock;
        let key = key_of(endpoint, &exchange).map_err(TokenFailure::Failed)?;
        if let Some(token) = self.cache.get(&key, clock.now()) {
            return Ok(Obtained {
                token,
                fresh: false,
            });
        }
        let flight = self.join(&key);
        let fly = async || {
            // An earlier flight may have landed since the first look.
            if let Some(token) = self.cache.get(&key, clock.now()) {
                return Ok(token);
            }
            let token = exchange_at(endpoint, &exchange).await?;
            self.cache.put(key.clone(), token.clone(), clock.now());
            Ok(token)
        };
        let answer = flight.get_or_init(fly).await;
        self.leave(&key, &flight);
        let token = answer.clone()?;
        Ok(Obtained { token, fresh: true })
    }

    /// Drops a token that its host did not want.
    pub(crate) fn forget(
        &self,
        endpoint: &Endpoint,
        bearer: &Bearer,
        scopes: &Scopes,
        credential: Option<&Credential>,
    ) {
        let now = endpoint.client().options().clock.now();
        if let Ok(key) = key_of(endpoint, &Exchange::new(bearer, scopes, credential))
            && let Some(token) = self.cache.get(&key, now)
        {
            self.cache.forget(&key, &token);
        }
    }

    fn join(&self, key: &TokenKey) -> Arc<Flight> {
        let mut flights = self.flights();
        if let Some((_, flight)) = flights.iter().find(|(held, _)| held == key) {
            return flight.clone();
        }
        let flight = Arc::new(Flight::new());
        flights.push((key.clone(), flight.clone()));
        flight
    }

    fn leave(&self, key: &TokenKey, flight: &Arc<Flight>) {
        self.flights()
            .retain(|(held, other)| held != key || !Arc::ptr_eq(flight, other));
    }

    fn flights(&self) -> MutexGuard<'_, Vec<(TokenKey, Arc<Flight>)>> {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn key_of(endpoint: &Endpoint, exchange: &Exchange<'_>) -> Result<TokenKey, Outcome> {
    Ok(TokenKey::new(
        exchange.credential.cloned(),
        endpoint.authority()?,
        exchange.bearer.realm.clone(),
        exchange.bearer.service.clone(),
        exchange.scopes.clone(),
    ))
}

/// Talks to the realm of a host until it gives a token. Redirects are not followed, and headers
/// of `hosts.toml` are not sent.
pub(crate) async fn exchange_at(
    endpoint: &Endpoint,
    exchange: &Exchange<'_>,
) -> Result<Token, TokenFailure> {
    let limit = endpoint.client().options().timeouts.token;
    let talk = async {
        let mut step = exchange.start().map_err(|error| {
            let realm = exchange.bearer.realm.origin().ascii_serialization();
            let problem = TokenProblem::Answer(error);
            TokenFailure::Failed(Outcome::TokenServer { realm, problem })
        })?;
        loop {
            let request = match step {
                Step::Token(token) => return Ok(token),
                Step::Send(request) => request,
            };
            let (status, body) = send(endpoint, &request).await?;
            step = exchange
                .next(&request, status, &body)
                .map_err(|error| match error {
                    ExchangeError::Rejected { status, .. } => TokenFailure::Rejected { status },
                    other => failed(&request, TokenProblem::Answer(other)),
                })?;
        }
    };
    match within(Some(limit), talk).await {
        Ok(answer) => answer,
        Err(_) => {
            let realm = exchange.bearer.realm.origin().ascii_serialization();
            let problem = TokenProblem::Unreachable("no answer in time".to_owned());
            Err(TokenFailure::Failed(Outcome::TokenServer {
                realm,
                problem,
            }))
        }
    }
}

async fn send(endpoint: &Endpoint, request: &TokenRequest) -> Result<(u16, Vec<u8>), TokenFailure> {
    let client = connect(endpoint, request).map_err(TokenFailure::Failed)?;
    let method = match request.method {
        TokenMethod::Post => Method::POST,
        TokenMethod::Get => Method::GET,
    };
    let mut builder = client.request(method.clone(), request.url.clone());
    if let Some((username, password)) = &request.basic {
        let value = sensitive(&basic::authorization(username, password));
        builder = builder.header(AUTHORIZATION, value.map_err(TokenFailure::Failed)?);
    }
    if let Some(form) = &request.form {
        builder = builder
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.expose().to_owned());
    }
    let unanswered = |error: &reqwest::Error| match failure::outcome(error) {
        Outcome::Unreachable { problem, .. } | Outcome::Tls { problem } => {
            failed(request, TokenProblem::Unreachable(problem))
        }
        other => TokenFailure::Failed(other),
    };
    let clock = &endpoint.client().options().clock;
    let started = clock.now();
    let sent = builder.send().await.map_err(|error| unanswered(&error));
    debug!(
        method = method.as_str(),
        url = %Told(&request.url),
        status = sent.as_ref().ok().map(|response| response.status().as_u16()),
        ms = milliseconds(clock.now().duration_since(started)),
        anonymous = request.basic.is_none() && request.form.is_none(),
        "token request"
    );
    let response = sent?;
    let status = response.status().as_u16();
    let body = bounded(response)
        .await
        .map_err(|error| unanswered(&error))?;
    Ok((status, body))
}

/// The host's own settings hold at its own origin only.
fn connect(endpoint: &Endpoint, request: &TokenRequest) -> Result<reqwest::Client, Outcome> {
    let own = endpoint.origin()?;
    let target = Origin::of(&request.url);
    if target.as_ref() == Some(&own) {
        return endpoint.client().connect(endpoint.settings());
    }
    if let Some(target) = target {
        endpoint.may_lead_to(&target).map_err(Outcome::Refused)?;
    }
    let registry = endpoint.address_class();
    endpoint
        .client()
        .connect(&endpoint.settings().of_realm(registry))
}

/// One byte more than what is accepted, so that a larger answer is recognised as such.
async fn bounded(mut response: Response) -> reqwest::Result<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await? {
        let room = (MAX_RESPONSE + 1).saturating_sub(body.len());
        body.extend_from_slice(&piece[..piece.len().min(room)]);
        if body.len() > MAX_RESPONSE {
            break;
        }
    }
    Ok(body)
}

fn failed(request: &TokenRequest, problem: TokenProblem) -> TokenFailure {
    let realm = request.url.origin().ascii_serialization();
    TokenFailure::Failed(Outcome::TokenServer { realm, problem })
}
