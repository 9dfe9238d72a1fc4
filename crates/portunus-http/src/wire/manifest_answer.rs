//! What a host says of a manifest, and how much of it is read.

use std::time::Duration;

use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, HeaderName};

use crate::image::digest::is_digest;
use crate::image::manifest::MAX_MANIFEST;
use crate::outcome::Outcome;
use crate::wire::read_bounded::read_bounded;
use crate::wire::time_limit::within;

const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// The digest that a host tells with a manifest, where it does.
pub(crate) fn told_digest(response: &Response) -> Result<Option<String>, Outcome> {
    let told = response.headers().get(CONTENT_DIGEST);
    match told.and_then(|value| value.to_str().ok()) {
        Some(digest) if !is_digest(digest) => Err(Outcome::bad_content(
            "the Docker-Content-Digest is no digest",
        )),
        told => Ok(told.map(str::to_owned)),
    }
}

/// The media type, without what follows it; empty where none is told.
pub(crate) fn media_type(response: &Response) -> &str {
    let told = response.headers().get(CONTENT_TYPE);
    let told = told.and_then(|value| value.to_str().ok());
    let told = told.unwrap_or_default().split(';').next();
    told.unwrap_or_default().trim()
}

/// The bytes of a manifest, no more than a manifest may have.
pub(crate) async fn read_manifest(response: Response, whole: Duration) -> Result<Vec<u8>, Outcome> {
    within(Some(whole), read_whole(response)).await?
}

async fn read_whole(mut response: Response) -> Result<Vec<u8>, Outcome> {
    let too_large = || Outcome::bad_content("the manifest is larger than 4 MiB");
    let announced = response.content_length().unwrap_or_default();
    if announced > MAX_MANIFEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let most = usize::try_from(MAX_MANIFEST + 1).unwrap_or(usize::MAX);
    let read = read_bounded(&mut response, &mut bytes, most).await;
    read.map_err(|_| Outcome::bad_content("the manifest broke off"))?;
    match bytes.len() == most {
        true => Err(too_large()),
        false => Ok(bytes),
    }
}
