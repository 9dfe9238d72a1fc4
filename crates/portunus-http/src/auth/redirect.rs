use portunus::token::trust::Origin;
use portunus::token::{Authentication, Exchange, Scopes};
use reqwest::Response;
use reqwest::header::LOCATION;
use url::Url;

use crate::auth::authorizer::Authorizer;
use crate::auth::challenge::authentication_of;
use crate::auth::exchange::exchange_at;
use crate::outcome::Outcome;
use crate::outcome::token_failure::TokenFailure;
use crate::wire::authorization::Authorization;
use crate::wire::remote::Remote;
use crate::wire::request::{Request, Target};

const MOST_REDIRECTS: usize = 10;

/// Sends a `GET` or `HEAD` and follows redirects: with the credential inside the host's origin,
/// with nothing of the host's anywhere else.
pub(crate) async fn send_following(
    authorizer: &Authorizer,
    request: &Request,
    scopes: &Scopes,
) -> Result<Response, Outcome> {
    let response = authorizer.send(request, scopes).await?;
    follow(authorizer, request, scopes, response).await
}

/// The same from the host's first answer on.
pub(crate) async fn follow(
    authorizer: &Authorizer,
    request: &Request,
    scopes: &Scopes,
    mut response: Response,
) -> Result<Response, Outcome> {
    let mut request = request.clone();
    for _ in 0..MOST_REDIRECTS {
        let Some(target) = redirect_target(&response)? else {
            return Ok(response);
        };
        if Origin::of(&target) != authorizer.remote.origin().ok() {
            return follow_elsewhere(&authorizer.remote, request, target).await;
        }
        request.target = Target::Given(target);
        response = authorizer.send(&request, scopes).await?;
    }
    match redirect_target(&response)? {
        Some(_) => Err(Outcome::bad_content("too many redirects")),
        None => Ok(response),
    }
}

/// Where an answer sends us; `None`: it is no redirect.
pub(crate) fn redirect_target(response: &Response) -> Result<Option<Url>, Outcome> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    read_location(response).map(Some)
}

/// The `Location` of an answer, as an absolute URL.
pub(crate) fn read_location(response: &Response) -> Result<Url, Outcome> {
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|value| value.to_str().ok());
    let target = location.and_then(|location| response.url().join(location).ok());
    target.ok_or_else(|| Outcome::bad_content("the answer has no usable Location"))
}

/// Once away from the host, nothing of its trust comes back: no secret is sent even where the
/// way leads back to it.
async fn follow_elsewhere(
    from: &Remote,
    mut request: Request,
    mut target: Url,
) -> Result<Response, Outcome> {
    for _ in 0..MOST_REDIRECTS {
        let remote = redirect_remote(from, &target)?;
        request.target = Target::Given(target);
        let mut response = remote.send(&request, None).await?;
        if response.status().as_u16() == 401 {
            response = answer_anonymously(&remote, &request, response).await?;
        }
        match redirect_target(&response)? {
            Some(next) => target = next,
            None => return Ok(response),
        }
    }
    Err(Outcome::bad_content("too many redirects"))
}

/// The other origin that a host names.
pub(crate) fn redirect_remote(from: &Remote, target: &Url) -> Result<Remote, Outcome> {
    let origin = Origin::of(target)
        .ok_or_else(|| Outcome::bad_content("redirected to what is no http or https URL"))?;
    from.may_lead_to(&origin).map_err(Outcome::Refused)?;
    if from.scheme() == "https" && !origin.is_https() {
        return Err(Outcome::bad_content(format!(
            "redirected to {origin}, which has no TLS"
        )));
    }
    Ok(Remote::of_redirect_target(from, target))
}

async fn answer_anonymously(
    remote: &Remote,
    request: &Request,
    response: Response,
) -> Result<Response, Outcome> {
    let Some(Authentication::Bearer(bearer)) = authentication_of(&response)? else {
        return Err(Outcome::NotLoggedIn);
    };
    let trust = &remote.client().options().trust;
    let origin = remote.origin()?;
    trust
        .realm_may_be_asked(&origin, &bearer.realm)
        .map_err(Outcome::Refused)?;
    let scopes = Scopes::parse(&bearer.scopes.join(" "));
    let token = exchange_at(remote, &Exchange::new(&bearer, &scopes, None)).await;
    let token = token.map_err(|failure| match failure {
        TokenFailure::Rejected { .. } => Outcome::NotLoggedIn,
        TokenFailure::Failed(outcome) => outcome,
    })?;
    let response = remote
        .send(request, Some(&Authorization::bearer(&token.value, None)))
        .await?;
    match response.status().as_u16() {
        401 | 403 => Err(Outcome::NotLoggedIn),
        _ => Ok(response),
    }
}
