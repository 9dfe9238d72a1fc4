use portunus::name::Repository;
use portunus::resolve::Candidate;
use portunus::token::Scopes;
use reqwest::{Method, Response};

use super::Push;
use crate::image::descriptor::Descriptor;
use crate::transfer::walk::Stop;
use crate::wire::request::{Request, Target};

impl Push<'_> {
    /// Asks the host to take a blob from another of its repositories. `None`: it may not be
    /// asked, or refused; the blob is uploaded then. The answer may also be that an upload has
    /// begun.
    pub(super) async fn try_mount(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        mount_from: &[Repository],
    ) -> Option<Response> {
        let own = &stop.attempt.repository;
        let (candidate, _) = stop.authorizer.account_in_use().await;
        let candidate = candidate.and_then(|at| stop.attempt.candidates.get(at));
        let repository = self.walk.plan.reference.repository();
        // A path mirror has its own part before every repository.
        let prefix = own.as_str().strip_suffix(repository.as_str())?;
        let mut sources = mount_from
            .iter()
            .filter_map(|from| Repository::new(format!("{prefix}{from}")).ok());
        let from = sources.find(|from| covers(candidate, own) && covers(candidate, from))?;
        let mut request = Request::new(Method::POST, format!("/{repository}/blobs/uploads/"));
        if let Target::Path { query, .. } = &mut request.target {
            query.push(("mount", descriptor.digest.clone()));
            query.push(("from", from.as_str().to_owned()));
        }
        let mut scopes = self.scopes(stop);
        scopes.merge(&Scopes::repository(&from, &["pull"]));
        stop.authorizer.try_send(&request, &scopes).await
    }
}

/// Whether a credential may be used for a repository; nobody in particular covers them all.
fn covers(candidate: Option<&Candidate>, repository: &Repository) -> bool {
    let prefix = candidate.and_then(|candidate| candidate.entry.key.repository());
    prefix.is_none_or(|prefix| prefix.covers(repository))
}
