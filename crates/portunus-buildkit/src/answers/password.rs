use std::sync::Arc;

use portunus::authorizer::{Permit, Shown};
use portunus::credential::Credential;
use portunus::resolve::Candidate;

use crate::answers::desk::Desk;
use crate::answers::host_view::Meant;
use crate::answers::note::BuildNote;
use crate::answers::refused::Refused;
use crate::answers::settings::TokensBy;

impl Desk {
    /// What a builder shows a host itself; `None`: nothing. It asks so where the host wants a
    /// password in every request.
    pub(crate) async fn password(
        self: &Arc<Self>,
        host: &str,
    ) -> Result<Option<Credential>, Refused> {
        let view = self.view(host).await?;
        let (at, candidate) = match &view.account {
            None => return Err(self.note_ambiguous(host, &view)),
            Some(Meant::Nobody) => return Ok(None),
            Some(Meant::Stored(at, candidate)) => (*at, candidate),
        };
        self.count()?;
        if self.tokens == TokensBy::Client && self.hands_out_tokens(host, at).await {
            self.notes.add(BuildNote::KeptBack {
                host: host.to_owned(),
            });
            return Ok(None);
        }
        let (desk, name, stored) = (Arc::clone(self), host.to_owned(), candidate.clone());
        // It was fetched when the host was looked at; near its end it is fetched again.
        let revealing = tokio::task::spawn_blocking(move || desk.reveal(&name, at, &stored));
        match revealing.await.map_err(|_| Refused::Panicked)? {
            Some(Credential::RegistryToken { .. }) | None => Ok(None),
            Some(credential) => {
                self.notes.add(BuildNote::HandedOver {
                    host: host.to_owned(),
                    account: Shown::of(candidate, credential.username()),
                });
                Ok(Some(credential))
            }
        }
    }

    /// The secret of a login, where it may be handed over. Blocks while its source is asked.
    fn reveal(&self, host: &str, at: usize, candidate: &Candidate) -> Option<Credential> {
        let seats = self.seats(host);
        let attempt = seats.get(at)?.prepared.attempt();
        let permit = Permit::hand_over(attempt, candidate, &self.client.options().trust);
        let session = self.operations.first()?.session();
        permit.ok()?.reveal(session).ok().flatten()
    }

    /// Whether the host itself says that it takes tokens. A builder that asks for its password all
    /// the same does so to compare it with that of somebody else.
    async fn hands_out_tokens(&self, host: &str, at: usize) -> bool {
        let seats = self.seats(host);
        let Some(seat) = seats.get(at) else {
            return false;
        };
        let (plan, attempt) = (seat.prepared.plan(), seat.prepared.attempt());
        let Some(candidate) = attempt.candidates.first() else {
            return false;
        };
        let consent = candidate.consent_at(attempt.authority.as_ref());
        let registry_namespace = plan.reference.registry_namespace();
        let probing = self
            .client
            .probe(seat.prepared.host(), registry_namespace, &consent);
        probing.await.challenge == Some("Bearer")
    }
}
