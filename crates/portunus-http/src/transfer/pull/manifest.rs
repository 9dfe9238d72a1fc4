use futures_util::FutureExt as _;
use portunus::authorizer::Method;
use portunus::resolve::Phase;
use portunus::token::Scopes;
use portunus::token::trust::Origin;
use tracing::info;

use super::Pull;
use crate::image::answer::{refuse_no_image, refuse_no_manifest};
use crate::image::descriptor::Descriptor;
use crate::image::digest::digest_like;
use crate::image::manifest::MAX_MANIFEST;
use crate::outcome::Outcome;
use crate::outcome::error::Error;
use crate::transfer::progress::Event;
use crate::transfer::walk::Stop;
use crate::wire::manifest_answer::{media_type, read_manifest, told_digest};
use crate::wire::manifest_request::manifest_request;
use crate::wire::remote::is_no_verdict;
use crate::wire::time_limit::within;

impl Pull<'_> {
    /// The manifest of the image: its tag is resolved by the hosts that may, then it is fetched
    /// by digest.
    pub(super) async fn fetch_top_manifest(&self) -> Result<(Descriptor, Vec<u8>), Error> {
        let digest = match self.walk.plan.reference.digest() {
            Some(digest) => digest.to_owned(),
            None => {
                let (digest, host) = self.resolve().await?;
                info!(host, digest, "resolved");
                let event = Event::Resolved {
                    host: &host,
                    digest: &digest,
                };
                self.walk.progress.report(event);
                digest
            }
        };
        let visit = |stop| self.fetch_image_at(stop, &digest).boxed();
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

    /// What the tag means, and who said so. Where nobody does, those that do not know it are asked by
    /// `GET` as well before that is the last word.
    async fn resolve(&self) -> Result<(String, String), Error> {
        let visit = |stop| self.resolve_at(stop).boxed();
        let mut error = match self.walk.try_hosts(Phase::Resolve, visit).await {
            Ok(resolved) => return Ok(resolved),
            Err(error) => error,
        };
        for (stop, report) in self
            .walk
            .stops_of(Phase::Resolve)
            .zip(&mut error.hosts)
            .filter(|(_, report)| report.outcome.is_not_found())
        {
            match self.resolve_by_get(stop).await {
                Ok(digest) => {
                    self.walk.warn(stop);
                    return Ok((digest, stop.remote.name()));
                }
                // Only this one has a body that says why.
                Err(outcome) if outcome.is_not_found() && says_why(&outcome) => {
                    report.outcome = outcome;
                }
                Err(_) => {}
            }
        }
        Err(error)
    }

    /// `HEAD`, and `GET` where a host refuses that, does not answer it, or tells no digest.
    async fn resolve_at(&self, stop: &Stop<'_>) -> Result<String, Outcome> {
        let what = self.walk.plan.reference.manifest();
        let head = manifest_request(Method::Head, &self.walk.plan.reference, what)
            .with_scopes(scopes(stop))
            .preliminary();
        let asked = stop.send(&head).await;
        let timeouts = &stop.remote.client.options().timeouts;
        let was_late = asked.as_ref().is_err_and(Outcome::is_late);
        // That is asked for again where nobody else has it either.
        let is_absent = asked
            .as_ref()
            .is_ok_and(|answer| answer.status() == 404 && answer.refusal().is_not_found());
        if is_absent || !is_no_verdict(&asked) {
            let answer = asked?;
            if !answer.is_success() {
                return Err(answer.refusal());
            }
            if let Some(digest) = told_digest(&answer.response)? {
                return Ok(digest);
            }
        }
        let resolving = self.resolve_by_get(stop);
        match was_late {
            // All in all no longer than one answer.
            true => within(Some(timeouts.answer - timeouts.preliminary()), resolving).await?,
            false => resolving.await,
        }
    }

    async fn resolve_by_get(&self, stop: &Stop<'_>) -> Result<String, Outcome> {
        let what = self.walk.plan.reference.manifest();
        let found = self.get_manifest(stop, what).await?;
        found.check(refuse_no_image)?;
        Ok(digest_like("sha256:", &found.bytes))
    }

    async fn fetch_sized_manifest_at(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
    ) -> Result<Vec<u8>, Outcome> {
        let Descriptor { digest, size, .. } = descriptor;
        let bytes = self.fetch_manifest_at(stop, digest).await?.bytes;
        if bytes.len() as u64 != *size {
            let found = bytes.len();
            let problem = format!("the manifest {digest} has {found} bytes instead of {size}");
            return Err(Outcome::bad_content(problem));
        }
        Ok(bytes)
    }

    async fn fetch_image_at(
        &self,
        stop: &Stop<'_>,
        digest: &str,
    ) -> Result<(String, Vec<u8>), Outcome> {
        let found = self.fetch_manifest_at(stop, digest).await?;
        found.check(refuse_no_image)?;
        Ok((found.media_type, found.bytes))
    }

    async fn fetch_manifest_at(&self, stop: &Stop<'_>, digest: &str) -> Result<Found, Outcome> {
        let found = self.get_manifest(stop, digest).await?;
        found.check(|_, bytes| match digest_like(digest, bytes) {
            other if other != digest => {
                let problem = format!("the manifest {digest} has the digest {other}");
                Err(Outcome::bad_content(problem))
            }
            _ => Ok(()),
        })?;
        found.check(refuse_no_manifest)?;
        Ok(found)
    }

    async fn get_manifest(&self, stop: &Stop<'_>, what: &str) -> Result<Found, Outcome> {
        let get = manifest_request(Method::Get, &self.walk.plan.reference, what)
            .with_scopes(scopes(stop));
        let answer = stop.send(&get).await?;
        if !answer.is_success() {
            return Err(answer.refusal());
        }
        let way = answer.way();
        let response = answer.response;
        let media_type = media_type(&response).to_owned();
        // A manifest is small: one that drips is no better than one that does not come.
        let whole = stop.remote.client.options().timeouts.answer;
        Ok(Found {
            media_type,
            bytes: read_manifest(response, whole).await?,
            way,
        })
    }
}

/// Whether a host says more than that there is no such manifest, which its status says.
fn says_why(outcome: &Outcome) -> bool {
    let reason = outcome
        .reason()
        .map(|reason| reason.as_str().to_lowercase());
    let reason = reason.unwrap_or_default().replace('_', " ");
    let mut parts = reason.split(": ");
    parts.any(|part| !["", "manifest unknown", "not found"].contains(&part))
}

/// What came for a manifest.
struct Found {
    media_type: String,
    bytes: Vec<u8>,
    /// Where the host sent us for it.
    way: Option<Origin>,
}

impl Found {
    /// What is wrong with it; that is about where it came from.
    fn check(&self, check: impl FnOnce(&str, &[u8]) -> Result<(), Outcome>) -> Result<(), Outcome> {
        check(&self.media_type, &self.bytes).map_err(|outcome| match &self.way {
            Some(origin) => Outcome::bad_content(format!("{outcome}, by way of {origin}")),
            None => outcome,
        })
    }
}

pub(super) fn scopes(stop: &Stop<'_>) -> Scopes {
    stop.attempt.scopes(&["pull"])
}
