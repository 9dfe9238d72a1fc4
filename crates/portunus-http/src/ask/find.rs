use portunus::authorizer::{Conduct, Method};
use portunus::name::ImageReference;
use portunus::token::Scopes;
use reqwest::header::LOCATION;
use url::Url;

use crate::image::answer::refuse_no_manifest;
use crate::image::digest::digest_like;
use crate::image::manifest::{Manifest, is_manifest_type};
use crate::outcome::Outcome;
use crate::wire::manifest_answer::{media_type, read_manifest, told_digest};
use crate::wire::manifest_request::manifest_request;
use crate::wire::remote::{Answer, Remote, is_no_verdict};
use crate::wire::request::Request;

/// What a host says of a manifest.
pub(super) struct Found {
    /// The status of its last answer.
    pub(super) status: u16,
    /// The digest, or why it has none to give.
    pub(super) digest: Result<String, Outcome>,
    /// Where it has sent us.
    pub(super) target: Option<Url>,
}

/// Asks a host which manifest it has. `HEAD` first, the request that containerd begins with; the
/// manifest itself only where that does not tell, or fails: a `GET` counts as a pull at some
/// registries.
///
/// # Errors
/// Where the host lets nobody in, or gives no answer. What fails behind its door is about the image.
pub(super) async fn find_manifest(
    remote: &Remote,
    image: &ImageReference,
    scopes: Scopes,
) -> Result<Found, Outcome> {
    let request =
        |method| manifest_request(method, image, image.manifest()).with_scopes(scopes.clone());
    let head = request(Method::Head).preliminary();
    let get = request(Method::Get);
    let asked = remote.ask(&head.clone().with_conduct(Conduct::Stay)).await;
    if let Ok(answer) = &asked
        && answer.status() < 400
    {
        let (status, target) = (answer.status(), redirect_target(answer));
        let asked = match target {
            Some(_) => remote.ask(&head).await,
            None => asked,
        };
        let digest = go_on(remote, image, asked, &get).await;
        return Ok(Found {
            status,
            digest,
            target,
        });
    }
    let answer = match is_no_verdict(&asked) {
        true => remote.ask(&get).await?,
        false => asked?,
    };
    Ok(Found {
        status: answer.status(),
        target: redirect_target(&answer),
        digest: digest_of(remote, image, answer).await,
    })
}

/// What the `HEAD` tells, or the manifest itself.
async fn go_on(
    remote: &Remote,
    image: &ImageReference,
    asked: Result<Answer, Outcome>,
    get: &Request,
) -> Result<String, Outcome> {
    if !is_no_verdict(&asked) {
        let answer = asked?;
        if !answer.is_success() {
            return Err(answer.refusal());
        }
        if let Some(told) = told_digest(&answer.response)?
            && is_manifest_type(media_type(&answer.response))
        {
            return expect_digest(image, told);
        }
    }
    digest_of(remote, image, remote.ask(get).await?).await
}

async fn digest_of(
    remote: &Remote,
    image: &ImageReference,
    answer: Answer,
) -> Result<String, Outcome> {
    if !answer.is_success() {
        return Err(answer.refusal());
    }
    let media_type = media_type(&answer.response).to_owned();
    let whole = remote.client.options().timeouts.answer;
    let bytes = read_manifest(answer.response, whole).await?;
    refuse_no_manifest(&media_type, &bytes)?;
    Manifest::parse(&bytes).map_err(Outcome::bad_content)?;
    let like = image.digest().unwrap_or("sha256:");
    expect_digest(image, digest_like(like, &bytes))
}

/// Where an answer sends us; `None`: it is no redirect.
fn redirect_target(answer: &Answer) -> Option<Url> {
    let answer = &answer.response;
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
