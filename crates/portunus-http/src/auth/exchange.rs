use portunus::credential::Credential;
use portunus::token::trust::Origin;
use portunus::token::{
    Bearer, Exchange, ExchangeError, MAX_RESPONSE, Scopes, Step, Token, TokenKey, TokenMethod,
    TokenRequest,
};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, Response};
use tracing::debug;

use crate::options::tokens::{Obtained, Tokens};
use crate::outcome::token_failure::TokenFailure;
use crate::outcome::{Outcome, TokenProblem};
use crate::wire::headers::to_sensitive;
use crate::wire::remote::Remote;
use crate::wire::time_limit::within;
use crate::wire::trace::{RedactedUrl, milliseconds};
use crate::wire::{basic, failure};

impl Tokens {
    /// A token for `remote`, kept or asked for.
    pub(crate) async fn get(
        &self,
        remote: &Remote,
        bearer: &Bearer,
        scopes: &Scopes,
        credential: Option<&Credential>,
    ) -> Result<Obtained, TokenFailure> {
        let exchange = Exchange::new(bearer, scopes, credential);
        let fetch = exchange_at(remote, &exchange);
        if self.is_off() {
            let token = fetch.await?;
            return Ok(Obtained { token, fresh: true });
        }
        let clock = &remote.client().options().clock;
        let key = key_of(remote, &exchange).map_err(TokenFailure::Failed)?;
        self.get_or_fetch(&key, clock, fetch).await
    }

    /// Drops a token that `remote` did not want.
    pub(crate) fn forget(
        &self,
        remote: &Remote,
        bearer: &Bearer,
        scopes: &Scopes,
        credential: Option<&Credential>,
    ) {
        if let Ok(key) = key_of(remote, &Exchange::new(bearer, scopes, credential)) {
            self.drop_token(&key, remote.client().options().clock.now());
        }
    }
}

fn key_of(remote: &Remote, exchange: &Exchange<'_>) -> Result<TokenKey, Outcome> {
    Ok(TokenKey::new(
        exchange.credential.cloned(),
        remote.authority()?,
        exchange.bearer.realm.clone(),
        exchange.bearer.service.clone(),
        exchange.scopes.clone(),
    ))
}

/// Talks to the realm of a host until it gives a token. Redirects are not followed, and headers
/// of `hosts.toml` are not sent.
pub(crate) async fn exchange_at(
    remote: &Remote,
    exchange: &Exchange<'_>,
) -> Result<Token, TokenFailure> {
    let limit = remote.client().options().timeouts.token;
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
            let (status, body) = send(remote, &request).await?;
            step = exchange
                .next(&request, status, &body)
                .map_err(|error| match error {
                    ExchangeError::Rejected { status, .. } => TokenFailure::Rejected { status },
                    other => token_server_failure(&request, TokenProblem::Answer(other)),
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

async fn send(remote: &Remote, request: &TokenRequest) -> Result<(u16, Vec<u8>), TokenFailure> {
    let client = connect(remote, request).map_err(TokenFailure::Failed)?;
    let method = match request.method {
        TokenMethod::Post => Method::POST,
        TokenMethod::Get => Method::GET,
    };
    let mut builder = client.request(method.clone(), request.url.clone());
    if let Some((username, password)) = &request.basic {
        let value = to_sensitive(&basic::authorization(username, password));
        builder = builder.header(AUTHORIZATION, value.map_err(TokenFailure::Failed)?);
    }
    if let Some(form) = &request.form {
        builder = builder
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form.expose().to_owned());
    }
    let unanswered = |error: &reqwest::Error| match failure::to_outcome(error) {
        Outcome::Unreachable { problem, .. } | Outcome::Tls { problem } => {
            token_server_failure(request, TokenProblem::Unreachable(problem))
        }
        other => TokenFailure::Failed(other),
    };
    let clock = &remote.client().options().clock;
    let started = clock.now();
    let sent = builder.send().await.map_err(|error| unanswered(&error));
    debug!(
        method = method.as_str(),
        url = %RedactedUrl(&request.url),
        status = sent.as_ref().ok().map(|response| response.status().as_u16()),
        ms = milliseconds(clock.now().duration_since(started)),
        anonymous = request.basic.is_none() && request.form.is_none(),
        "token request"
    );
    let response = sent?;
    let status = response.status().as_u16();
    let body = read_bounded(response)
        .await
        .map_err(|error| unanswered(&error))?;
    Ok((status, body))
}

/// The host's own settings hold at its own origin only.
fn connect(remote: &Remote, request: &TokenRequest) -> Result<reqwest::Client, Outcome> {
    let own = remote.origin()?;
    let target = Origin::of(&request.url);
    if target.as_ref() == Some(&own) {
        return remote.client().connect(remote.settings());
    }
    if let Some(target) = target {
        remote.may_lead_to(&target).map_err(Outcome::Refused)?;
    }
    let registry = remote.address_class();
    remote
        .client()
        .connect(&remote.settings().of_realm(registry))
}

/// One byte more than what is accepted, so that a larger answer is recognised as such.
async fn read_bounded(mut response: Response) -> reqwest::Result<Vec<u8>> {
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

fn token_server_failure(request: &TokenRequest, problem: TokenProblem) -> TokenFailure {
    let realm = request.url.origin().ascii_serialization();
    TokenFailure::Failed(Outcome::TokenServer { realm, problem })
}
