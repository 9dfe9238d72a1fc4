use portunus::authorizer::{Account, Conduct, Method, Target};
use portunus::name::Repository;
use portunus::resolve::Candidate;
use portunus::token::Scopes;

use super::Push;
use crate::image::descriptor::Descriptor;
use crate::transfer::walk::Stop;
use crate::wire::remote::Answer;
use crate::wire::request::Request;

impl Push<'_> {
    /// Asks the host to take a blob from another of its repositories. `None`: it may not be
    /// asked, or refused; the blob is uploaded then. The answer may also be that an upload has
    /// begun.
    pub(super) async fn try_mount(
        &self,
        stop: &Stop<'_>,
        descriptor: &Descriptor,
        mount_from: &[Repository],
    ) -> Option<Answer> {
        let own = stop.attempt.repository.as_ref()?;
        let account = stop.remote.authorizer.settled().account;
        let candidate = match &account {
            Account::Permitted(permit) => Some(permit.candidate()),
            _ => None,
        };
        let repository = self.walk.plan.reference.repository();
        // A path mirror has its own part before every repository.
        let prefix = own.as_str().strip_suffix(repository.as_str())?;
        let mut sources = mount_from
            .iter()
            .filter_map(|from| Repository::new(format!("{prefix}{from}")).ok());
        let from = sources.find(|from| covers(candidate, own) && covers(candidate, from))?;
        let mut scopes = self.scopes(stop);
        scopes.merge(&Scopes::repository(&from, &["pull"]));
        let target = Target::Path {
            path: format!("/{repository}/blobs/uploads/"),
            query: vec![
                ("mount".to_owned(), descriptor.digest.clone()),
                ("from".to_owned(), from.as_str().to_owned()),
            ],
        };
        let request = Request::to(Method::Post, target)
            .with_scopes(scopes)
            .with_conduct(Conduct::Try);
        let answer = stop.remote.ask(&request).await.ok()?;
        answer.is_success().then_some(answer)
    }
}

/// Whether a credential may be used for a repository; nobody in particular covers them all.
fn covers(candidate: Option<&Candidate>, repository: &Repository) -> bool {
    let prefix = candidate.and_then(|candidate| candidate.entry.key.repository());
    prefix.is_none_or(|prefix| prefix.covers(repository))
}
