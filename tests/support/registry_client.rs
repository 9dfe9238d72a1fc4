//! Puts images into registries, to be pulled by what is tested.

use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use ureq::{Agent, RequestBuilder};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::image::Image;

/// What is shown to the registry with each request.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Login {
    /// Nothing.
    Anonymous,
    /// User name and password.
    Basic(String, String),
    /// A bearer token.
    Bearer(String),
}

/// Pushes an image to `http://ADDRESS/v2/REPOSITORY` under that tag.
pub fn push(address: &str, repository: &str, tag: &str, image: &Image, login: &Login) {
    let base = format!("http://{address}/v2/{repository}");
    let agent = Agent::new_with_defaults();
    for blob in image.blobs() {
        let started = with(login, agent.post(format!("{base}/blobs/uploads/")))
            .send_empty()
            .unwrap();
        let location = started.headers()[LOCATION].to_str().unwrap();
        let location = if location.starts_with('/') {
            format!("http://{address}{location}")
        } else {
            location.to_owned()
        };
        let separator = if location.contains('?') { '&' } else { '?' };
        let request = agent.put(format!("{location}{separator}digest={}", blob.digest));
        with(login, request)
            .header(CONTENT_TYPE, "application/octet-stream")
            .send(&blob.bytes[..])
            .unwrap();
    }
    with(login, agent.put(format!("{base}/manifests/{tag}")))
        .header(CONTENT_TYPE, &image.manifest.media_type)
        .send(&image.manifest.bytes[..])
        .unwrap();
}

fn with<B>(login: &Login, request: RequestBuilder<B>) -> RequestBuilder<B> {
    match login {
        Login::Anonymous => request,
        Login::Basic(user, password) => {
            let pair = STANDARD.encode(format!("{user}:{password}"));
            request.header(AUTHORIZATION, format!("Basic {pair}"))
        }
        Login::Bearer(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
    }
}
