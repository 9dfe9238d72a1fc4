use portunus::name::ImageReference;
use portunus::token::Scopes;
use reqwest::{Method, Response};

use crate::auth::authorizer::Authorizer;
use crate::auth::redirect::{follow, send_following};
use crate::image::digest::digest_like;
use crate::image::manifest::{Manifest, is_manifest_type};
use crate::outcome::Outcome;
use crate::wire::manifest_answer::{media_type, read_manifest, told_digest};
use crate::wire::manifest_request::manifest_request;
use crate::wire::request::Request;

/// The digest of the manifest that a host has, from its answer to `head` on. Only where that does
/// not tell, the manifest itself is asked for, as containerd would: a `GET` counts as a pull at
/// some registries.
pub(super) async fn find_manifest(
    authorizer: &Authorizer,
    image: &ImageReference,
    scopes: &Scopes,
    head: &Request,
    answer: Response,
) -> Result<String, Outcome> {
    let answer = follow(authorizer, head, scopes, answer).await?;
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
    let get = manifest_request(Method::GET, image, image.manifest());
    let answer = send_following(authorizer, &get, scopes).await?;
    if !answer.status().is_success() {
        return Err(Outcome::Status {
            status: answer.status().as_u16(),
        });
    }
    let idle = authorizer.remote.client().options().timeouts.idle;
    let bytes = read_manifest(answer, idle).await?;
    Manifest::parse(&bytes).map_err(Outcome::bad_content)?;
    let like = image.digest().unwrap_or("sha256:");
    expect_digest(image, digest_like(like, &bytes))
}

fn expect_digest(image: &ImageReference, found: String) -> Result<String, Outcome> {
    match image.digest() {
        Some(digest) if digest != found => Err(Outcome::bad_content(format!(
            "the manifest {digest} has the digest {found}"
        ))),
        _ => Ok(found),
    }
}
