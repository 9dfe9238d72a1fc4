use portunus::authorizer::{Conduct, Method, Onward, Target};
use portunus::name::ImageReference;
use reqwest::Response;
use reqwest::header::{CONTENT_LENGTH, LOCATION};
use url::Url;

use crate::image::digest::digest_like;
use crate::image::manifest::{Manifest, is_manifest_type};
use crate::outcome::Outcome;
use crate::wire::manifest_answer::{media_type, read_manifest, told_digest};
use crate::wire::manifest_request::manifest_request;
use crate::wire::remote::{Answer, Remote};
use crate::wire::request::Request;

/// The digest of the manifest that a host has, from its own answer to `head` on. Only where that does
/// not tell, the manifest itself is asked for, as containerd would: a `GET` counts as a pull at
/// some registries.
///
/// `None`: it has asked back, so that a third request would be needed, which is more than it is worth
/// to know before. Or it says that the manifest is empty: containerd takes that for true of a digest,
/// and not of a tag.
pub(super) async fn find_manifest(
    remote: &Remote,
    image: &ImageReference,
    head: &Request,
    answer: Answer,
) -> Option<Result<String, Outcome>> {
    let has_asked_back = remote.authorizer.settled().authentication.is_some();
    let response = match redirect_target(&answer.response) {
        Some(_) => match answer.onward() {
            Ok(onward) if has_asked_back && !onward.is_away() => return None,
            Ok(onward) => follow(remote, head, onward).await,
            Err(outcome) => Err(outcome),
        },
        None => Ok(answer.response),
    };
    let response = match response {
        Ok(response) => response,
        Err(outcome) => return Some(Err(outcome)),
    };
    match read_digest(image, &response).transpose() {
        Some(told) => Some(told),
        None if has_asked_back || is_empty(&response) => None,
        None => Some(fetch_digest(remote, image, head).await),
    }
}

/// Where an answer sends us; `None`: it is no redirect.
pub(super) fn redirect_target(answer: &Response) -> Option<Url> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers().get(LOCATION)?.to_str().ok()?;
    answer.url().join(location).ok()
}

fn is_empty(answer: &Response) -> bool {
    let length = answer.headers().get(CONTENT_LENGTH);
    answer.status().is_success() && length.is_some_and(|length| length == "0")
}

async fn follow(remote: &Remote, head: &Request, onward: Onward) -> Result<Response, Outcome> {
    let mut request = head.clone().with_conduct(Conduct::Follow);
    request.ask.target = Target::Onward(onward);
    remote.send(&request).await
}

/// What an answer to `HEAD` tells; `None`: that there may be a manifest, and not which.
fn read_digest(image: &ImageReference, answer: &Response) -> Result<Option<String>, Outcome> {
    if answer.status().as_u16() == 405 {
        return Ok(None);
    }
    expect_success(answer)?;
    if !is_manifest_type(media_type(answer)) {
        return Ok(None);
    }
    let told = told_digest(answer)?;
    told.map(|told| expect_digest(image, told)).transpose()
}

async fn fetch_digest(
    remote: &Remote,
    image: &ImageReference,
    head: &Request,
) -> Result<String, Outcome> {
    let get =
        manifest_request(Method::Get, image, image.manifest()).with_scopes(head.ask.scopes.clone());
    let answer = remote.send(&get).await?;
    expect_success(&answer)?;
    let whole = remote.client.options().timeouts.answer;
    let bytes = read_manifest(answer, whole).await?;
    Manifest::parse(&bytes).map_err(Outcome::bad_content)?;
    let like = image.digest().unwrap_or("sha256:");
    expect_digest(image, digest_like(like, &bytes))
}

fn expect_success(answer: &Response) -> Result<(), Outcome> {
    match answer.status() {
        status if status.is_success() => Ok(()),
        status => Err(Outcome::Status {
            status: status.as_u16(),
        }),
    }
}

fn expect_digest(image: &ImageReference, found: String) -> Result<String, Outcome> {
    match image.digest() {
        Some(digest) if digest != found => Err(Outcome::bad_content(format!(
            "the manifest {digest} has the digest {found}"
        ))),
        _ => Ok(found),
    }
}
