use futures_util::FutureExt as _;
use portunus::authorizer::Method;
use portunus::resolve::Phase;
use portunus::token::Scopes;
use tracing::info;

use super::Pull;
use crate::image::answer::why_no_manifest;
use crate::image::descriptor::Descriptor;
use crate::image::digest::digest_like;
use crate::image::manifest::MAX_MANIFEST;
use crate::outcome::Outcome;
use crate::outcome::error::Error;
use crate::transfer::progress::Event;
use crate::transfer::walk::Stop;
use crate::wire::manifest_answer::{media_type, read_manifest, told_digest};
use crate::wire::manifest_request::manifest_request;

impl Pull<'_> {
    /// The manifest of the image: its tag is resolved by the hosts that may, then it is fetched
    /// by digest.
    pub(super) async fn fetch_top_manifest(&self) -> Result<(Descriptor, Vec<u8>), Error> {
        let digest = match self.walk.plan.reference.digest() {
            Some(digest) => digest.to_owned(),
            None => {
                let visit = |stop| self.resolve_at(stop).boxed();
                let (digest, host) = self.walk.try_hosts(Phase::Resolve, visit).await?;
                info!(host, digest, "resolved");
                let event = Event::Resolved {
                    host: &host,
                    digest: &digest,
                };
                self.walk.progress.report(event);
                digest
            }
        };
        let visit = |stop| self.fetch_manifest_at(stop, &digest).boxed();
        let ((media_type, bytes), _) = self.walk.try_hosts(Phase::Fetch, visit).await?;
        let descriptor = Descriptor {
            media_type,
            size: bytes.len() as u64,
            digest,
            platform: None,
        };
        Ok((descriptor, bytes))
    }

    /// A manifest that an index names.
    pub(super) async fn fetch_manifest(&self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        if let Ok(bytes) = self.layout.read_blob(&descriptor.digest, MAX_MANIFEST)
            && bytes.len() as u64 == descriptor.size
        {
            return Ok(bytes);
        }
        let visit = |stop| self.fetch_sized_manifest_at(stop, descriptor).boxed();
        let (bytes, _) = self.walk.try_hosts(Phase::Fetch, visit).await?;
        Ok(bytes)
    }

    /// `HEAD`, and `GET` where a host does not know that or tells no digest.
    async fn resolve_at(&self, stop: &Stop<'_>) -> Result<String, Outcome> {
        let what = self.walk.plan.reference.manifest();
        let head = manifest_request(Method::Head, &self.walk.plan.reference, what)
            .with_scopes(scopes(stop));
        let response = stop.send(&head).await?.response;
        let status = response.status().as_u16();
        if !response.status().is_success() && status != 405 {
            return Err(Outcome::Status { status });
        }
        if response.status().is_success()
            && let Some(digest) = told_digest(&response)?
        {
            return Ok(digest);
        }
        let (media_type, bytes) = self.get_manifest(stop, what).await?;
        refuse_no_manifest(&media_type, &bytes)?;
        Ok(digest_like("sha256:", &bytes))
    }

    async fn fetch_sized_manifest_at(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
    ) -> Result<Vec<u8>, Outcome> {
        let Descriptor { digest, size, .. } = descriptor;
        let (_, bytes) = self.fetch_manifest_at(stop, digest).await?;
        if bytes.len() as u64 != *size {
            let found = bytes.len();
            let problem = format!("the manifest {digest} has {found} bytes instead of {size}");
            return Err(Outcome::bad_content(problem));
        }
        Ok(bytes)
    }

    async fn fetch_manifest_at(
        &self,
        stop: &Stop<'_>,
        digest: &str,
    ) -> Result<(String, Vec<u8>), Outcome> {
        let (media_type, bytes) = self.get_manifest(stop, digest).await?;
        let found = digest_like(digest, &bytes);
        if found != digest {
            let problem = format!("the manifest {digest} has the digest {found}");
            return Err(Outcome::bad_content(problem));
        }
        refuse_no_manifest(&media_type, &bytes)?;
        Ok((media_type, bytes))
    }

    async fn get_manifest(
        &self,
        stop: &Stop<'_>,
        what: &str,
    ) -> Result<(String, Vec<u8>), Outcome> {
        let get = manifest_request(Method::Get, &self.walk.plan.reference, what)
            .with_scopes(scopes(stop));
        let response = stop.send(&get).await?.response;
        if !response.status().is_success() {
            let status = response.status().as_u16();
            return Err(Outcome::Status { status });
        }
        let media_type = media_type(&response).to_owned();
        // A manifest is small: one that drips is no better than one that does not come.
        let whole = stop.remote.client.options().timeouts.answer;
        Ok((media_type, read_manifest(response, whole).await?))
    }
}

fn refuse_no_manifest(media_type: &str, bytes: &[u8]) -> Result<(), Outcome> {
    match why_no_manifest(media_type, bytes) {
        Some(problem) => Err(Outcome::bad_content(problem)),
        None => Ok(()),
    }
}

pub(super) fn scopes(stop: &Stop<'_>) -> Scopes {
    stop.attempt.scopes(&["pull"])
}
