use portunus::authorizer::{Conduct, Method};
use portunus::name::ImageReference;
use reqwest::Response;
use reqwest::header::LOCATION;
use url::Url;

use crate::image::digest::digest_like;
use crate::image::manifest::{Manifest, is_manifest_type};
use crate::outcome::Outcome;
use crate::wire::manifest_answer::{media_type, read_manifest, told_digest};
use crate::wire::manifest_request::manifest_request;
use crate::wire::remote::Remote;
use crate::wire::request::Request;

/// The digest of the manifest that a host has, from its own answer to `head` on. Only where that does
/// not tell, the manifest itself is asked for, as containerd would: a `GET` counts as a pull at
/// some registries.
pub(super) async fn find_manifest(
    remote: &Remote,
    image: &ImageReference,
    head: &Request,
    answer: Response,
) -> Result<String, Outcome> {
    let answer = match redirect_target(&answer) {
        Some(_) => {
            remote
                .send(&head.clone().with_conduct(Conduct::Follow))
                .await?
        }
        None => answer,
    };
    let status = answer.status();
    if !status.is_success() && status.as_u16() != 405 {
        return Err(Outcome::Status {
            status: status.as_u16(),
        });
    }
    if status.is_success()
        && is_manifest_type(media_type(&answer))
        && let Some(told) = told_digest(&answer)?
    {
        return expect_digest(image, told);
    }
    let get =
        manifest_request(Method::Get, image, image.manifest()).with_scopes(head.ask.scopes.clone());
    let answer = remote.send(&get).await?;
    if !answer.status().is_success() {
        return Err(Outcome::Status {
            status: answer.status().as_u16(),
        });
    }
    let whole = remote.client.options().timeouts.answer;
    let bytes = read_manifest(answer, whole).await?;
    Manifest::parse(&bytes).map_err(Outcome::bad_content)?;
    let like = image.digest().unwrap_or("sha256:");
    expect_digest(image, digest_like(like, &bytes))
}

/// Where an answer sends us; `None`: it is no redirect.
pub(super) fn redirect_target(answer: &Response) -> Option<Url> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers().get(LOCATION)?.to_str().ok()?;
    answer.url().join(location).ok()
}

fn expect_digest(image: &ImageReference, found: String) -> Result<String, Outcome> {
    match image.digest() {
        Some(digest) if digest != found => Err(Outcome::bad_content(format!(
            "the manifest {digest} has the digest {found}"
        ))),
        _ => Ok(found),
    }
}
