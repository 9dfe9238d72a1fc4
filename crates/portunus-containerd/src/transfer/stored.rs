//! What a pull leaves in containerd under the image's name.

use std::future::Future;

use containerd_client::services::v1::Image;
use containerd_client::types::Descriptor;
use portunus::name::ImageReference;
use portunus_http::{is_manifest_type, why_no_manifest};

use crate::daemon::containerd_namespace::ContainerdNamespace;
use crate::daemon::content::read_content;
use crate::daemon::daemon_error::GrpcCode;
use crate::daemon::images::{name_image, remove_name};
use crate::lease::Lease;
use crate::transfer::ended::Ended;
use crate::transfer::running::Running;

/// The containerd namespace of Kubernetes.
const KUBERNETES: &str = "k8s.io";

/// Bytes of a manifest at most (distribution specification, "Pushing manifests").
const LARGEST: usize = 4 << 20;

/// The second name of an image where Kubernetes looks for it: without that, what names the image by
/// its digest finds nothing (`PullImage` in `internal/cri/server/images/image_pull.go`).
pub(crate) fn digest_name(
    containerd_namespace: &ContainerdNamespace,
    reference: &ImageReference,
    digest: &str,
) -> Option<String> {
    let name = by_digest(reference, digest);
    let wanted = containerd_namespace.as_str() == KUBERNETES && name != reference.to_string();
    wanted.then_some(name)
}

/// An image by its digest, without a tag.
pub(crate) fn by_digest(reference: &ImageReference, digest: &str) -> String {
    let (registry_namespace, repository) = (reference.registry_namespace(), reference.repository());
    format!("{registry_namespace}/{repository}@{digest}")
}

/// What a host has given for a manifest.
#[derive(Debug)]
pub(crate) enum Fetched {
    Nothing,
    Manifest,
    /// Something else, and why it is none.
    NoManifest(&'static str),
}

impl<C: Future<Output = ()>> Running<'_, C> {
    /// The image that has the name before a host is asked. It is kept until the end, so that it can be
    /// put back.
    pub(crate) async fn keep_named(&mut self, lease: &Lease) -> Result<Option<Image>, Ended> {
        let image = self.stored_image().await?;
        if let Some(target) = image.as_ref().and_then(|image| image.target.as_ref()) {
            self.call(lease.hold(&target.digest)).await?;
        }
        Ok(image)
    }

    /// Looks at what is stored after a transfer: containerd takes any page for an image. What is
    /// none loses the name to what had it before. Gives the digest of the image.
    pub(crate) async fn look_at_stored(
        &mut self,
        reference: &ImageReference,
        containerd_namespace: &ContainerdNamespace,
        before: Option<Image>,
    ) -> Result<Result<String, Ended>, Ended> {
        let target = self.stored_target().await?;
        let (channel, context) = (self.channel(), self.context());
        let reading = read_content(channel.clone(), &context, &target.digest, LARGEST + 1);
        let bytes = self.call(reading).await?;
        if let Some(problem) = why_no_image(&target, &bytes) {
            let name = reference.to_string();
            match before.and_then(|image| image.target) {
                Some(before) => {
                    self.call(name_image(channel, &context, name, before))
                        .await?
                }
                None => self.call(remove_name(channel, &context, name)).await?,
            }
            return Ok(Err(Ended::NoImage(problem)));
        }
        if let Some(name) = digest_name(containerd_namespace, reference, &target.digest) {
            let naming = name_image(channel, &context, name, target.clone());
            self.call(naming).await?;
        }
        Ok(Ok(target.digest))
    }

    /// What has arrived for a manifest in a transfer that failed.
    pub(crate) async fn look_at_fetched(&mut self, digest: &str) -> Result<Fetched, Ended> {
        let (channel, context) = (self.channel(), self.context());
        let reading = read_content(channel, &context, digest, LARGEST);
        match self.call(reading).await {
            Ok(bytes) => Ok(match why_no_manifest("", &bytes) {
                Some(problem) => Fetched::NoManifest(problem),
                None => Fetched::Manifest,
            }),
            Err(Ended::Daemon(error)) if error.grpc == GrpcCode::NotFound => Ok(Fetched::Nothing),
            Err(ended) => Err(ended),
        }
    }
}

/// What it is instead of an image; `None`: it may be one.
fn why_no_image(target: &Descriptor, bytes: &[u8]) -> Option<String> {
    if bytes.len() > LARGEST {
        return Some("what it gave is larger than a manifest may be".to_owned());
    }
    match (
        why_no_manifest(&target.media_type, bytes),
        target.media_type.as_str(),
    ) {
        (Some(problem), _) => Some(problem.to_owned()),
        (None, media_type) if is_manifest_type(media_type) => None,
        (None, "") => Some("what it gave is no image".to_owned()),
        (None, media_type) => Some(format!("what it gave is no image, but {media_type}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kubernetes drops a tag that stands before a digest.
    #[test]
    fn kubernetes_has_one_name_by_the_digest_and_no_other_namespace_has() {
        let digest = format!("sha256:{}", "0".repeat(64));
        let by_digest = format!("reg.test/app@{digest}");
        let tagged = format!("reg.test/app:v1@{digest}");
        for (containerd_namespace, reference, expected) in [
            ("k8s.io", "reg.test/app:v1", Some(&by_digest)),
            ("k8s.io", &tagged, Some(&by_digest)),
            ("k8s.io", &by_digest, None),
            ("default", "reg.test/app:v1", None),
        ] {
            let containerd_namespace = ContainerdNamespace::new(containerd_namespace).unwrap();
            let reference = ImageReference::parse(reference).unwrap();
            let name = digest_name(&containerd_namespace, &reference, &digest);
            assert_eq!(name.as_ref(), expected, "{reference}");
        }
    }
}
