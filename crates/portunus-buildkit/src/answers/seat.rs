use portunus::authorizer::Permit;
use portunus::credential::Credential;
use portunus::name::Repository;
use portunus::resolve::{Candidate, Operation, PreparedAttempt, PreparedOperation};
use portunus::token::trust::TrustPolicy;

/// One image at one host.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seat<'a> {
    pub(super) prepared: PreparedAttempt<'a>,
    operation: &'a PreparedOperation,
}

/// What came of asking a source for a secret.
pub(super) struct Held<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) credential: Credential,
}

impl<'a> Seat<'a> {
    /// The seats of an operation. A builder pushes to the registry's own host, whatever mirror a
    /// push would go to otherwise: it knows nothing of them.
    pub(super) fn of(operation: &'a PreparedOperation) -> impl Iterator<Item = Self> {
        let attempts = operation.attempts();
        let has_part = |it: &PreparedAttempt<'_>| {
            !it.attempt().phases.is_empty() || it.attempt().host.is_server
        };
        attempts.filter(has_part).map(move |prepared| Self {
            prepared,
            operation,
        })
    }

    pub(super) fn is_push(&self) -> bool {
        self.prepared.plan().operation == Operation::Push
    }

    /// Whether a builder calls the image's repository at this host by that name.
    pub(super) fn names(&self, repository: &str) -> bool {
        let asked = self.prepared.plan().reference.repository();
        let requested = self.prepared.attempt().repository.as_ref();
        let names = [requested, Some(asked)].into_iter().flatten();
        names.map(Repository::as_str).any(|name| name == repository)
    }

    /// Whether a candidate may be handed over, and holds for that repository.
    pub(super) fn may_show(
        &self,
        candidate: &Candidate,
        trust: &TrustPolicy,
        repository: &str,
    ) -> bool {
        let key = &candidate.entry.key;
        let holds = self.names(repository)
            || key.repository().is_none_or(|prefix| {
                let asked = Repository::new(repository);
                asked.is_ok_and(|asked| prefix.covers(&asked))
            });
        holds && Permit::hand_over(self.prepared.attempt(), candidate, trust).is_ok()
    }

    /// Every credential that may be shown there, best first. Blocks while sources are asked.
    pub(super) fn fetch(
        &self,
        trust: &TrustPolicy,
        mut failed: impl FnMut(String),
    ) -> Vec<Held<'a>> {
        let attempt = self.prepared.attempt();
        let mut held = Vec::new();
        for candidate in &attempt.candidates {
            let permit = match Permit::hand_over(attempt, candidate, trust) {
                Ok(permit) => permit,
                Err(failure) => {
                    failed(failure.to_string());
                    continue;
                }
            };
            match permit.reveal(self.operation.session()) {
                Ok(Some(credential)) => held.push(Held {
                    candidate,
                    credential,
                }),
                Ok(None) => {}
                Err(error) => failed(error.to_string()),
            }
        }
        held
    }
}
