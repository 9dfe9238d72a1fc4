use portunus::authorizer::{Conduct, Method, Onward, Target};
use portunus::name::ImageReference;
use portunus::token::Scopes;
use reqwest::Response;
use reqwest::header::{CONTENT_LENGTH, LOCATION};
use url::Url;

use crate::image::answer::refuse_no_image;
use crate::image::digest::digest_like;
use crate::image::manifest::is_manifest_type;
use crate::outcome::Outcome;
use crate::wire::manifest_answer::{media_type, read_manifest, told_digest};
use crate::wire::manifest_request::manifest_request;
use crate::wire::remote::{Answer, Remote, is_no_verdict};
use crate::wire::request::Request;

/// What a host says of a manifest.
pub(super) struct Found {
    /// The status of its first answer that is not about a login.
    pub(super) status: u16,
    /// The digest, or why it has none to give. `None`: it has asked back, so that a third request
    /// would be needed, which was to be spared. Or it says that the manifest
    /// is empty: containerd takes that for true of a digest, and not of a tag.
    pub(super) digest: Option<Result<String, Outcome>>,
    /// Where it has sent us.
    pub(super) target: Option<Url>,
}

/// Asks a host which manifest it has. `HEAD` first, the request that containerd begins with; the
/// manifest itself only where that fails, or does not tell: a `GET` counts as a pull at some
/// registries.
///
/// `sparing`: a host that has asked back is not asked a third time.
///
/// # Errors
/// Where the host lets nobody in, or gives no answer. What fails behind its door is about the image.
pub(super) async fn find_manifest(
    remote: &Remote,
    image: &ImageReference,
    scopes: Scopes,
    sparing: bool,
) -> Result<Found, Outcome> {
    let request =
        |method| manifest_request(method, image, image.manifest()).with_scopes(scopes.clone());
    let (head, get) = (request(Method::Head).preliminary(), request(Method::Get));
    let asked = remote.ask(&head.clone().with_conduct(Conduct::Stay)).await;
    if let Ok(answer) = &asked
        && (answer.status() < 400 || answer.status() == 405 && sparing && has_asked_back(remote))
    {
        let spares = sparing && has_asked_back(remote);
        let (status, target) = (answer.status(), redirect_target(answer));
        let digest = go_on(remote, image, [&head, &get], asked?, spares)
            .await
            .transpose();
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
        digest: Some(digest_of(remote, image, answer).await),
    })
}

/// What the answer to a `HEAD` tells, there or where it leads, or the manifest itself.
async fn go_on(
    remote: &Remote,
    image: &ImageReference,
    [head, get]: [&Request; 2],
    answer: Answer,
    spares: bool,
) -> Result<Option<String>, Outcome> {
    let asked = match redirect_target(&answer) {
        Some(_) => match answer.onward()? {
            onward if spares && !onward.is_away() => return Ok(None),
            onward => follow(remote, head, onward).await,
        },
        None => Ok(answer),
    };
    if !is_no_verdict(&asked) {
        let answer = asked?;
        if !answer.is_success() {
            return Err(answer.refusal());
        }
        if let Some(told) = told_digest(&answer.response)?
            && is_manifest_type(media_type(&answer.response))
        {
            return expect_digest(image, told).map(Some);
        }
        if spares || is_empty(&answer.response) {
            return Ok(None);
        }
    } else if spares && asked.is_ok_and(|answer| answer.status() == 405) {
        return Ok(None);
    }
    let answer = remote.ask(get).await?;
    digest_of(remote, image, answer).await.map(Some)
}

fn has_asked_back(remote: &Remote) -> bool {
    remote.authorizer.settled().authentication.is_some()
}

async fn follow(remote: &Remote, head: &Request, onward: Onward) -> Result<Answer, Outcome> {
    let mut request = head.clone().with_conduct(Conduct::Follow);
    request.ask.target = Target::Onward(onward);
    remote.ask(&request).await
}

fn is_empty(answer: &Response) -> bool {
    let length = answer.headers().get(CONTENT_LENGTH);
    length.is_some_and(|length| length == "0")
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
    refuse_no_image(&media_type, &bytes)?;
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
