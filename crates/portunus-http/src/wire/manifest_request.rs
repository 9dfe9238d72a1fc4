use portunus::authorizer::Method;
use portunus::name::ImageReference;
use reqwest::header::ACCEPT;

use crate::wire::request::Request;

/// In the order containerd asks for them, which decides what a registry with several answers.
const ACCEPTED: &str = "application/vnd.docker.distribution.manifest.v2+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, \
     application/vnd.oci.image.manifest.v1+json, \
     application/vnd.oci.image.index.v1+json, */*";

/// A request for a manifest of the image, by tag or digest.
pub(crate) fn manifest_request(method: Method, image: &ImageReference, what: &str) -> Request {
    let path = format!("/{}/manifests/{what}", image.repository());
    Request::new(method, path).with_header(ACCEPT, ACCEPTED)
}
