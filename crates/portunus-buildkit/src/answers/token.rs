use std::sync::Arc;

use portunus::authorizer::{HandedToken, HostFailure};
use portunus::resolve::Candidate;
use portunus::token::Bearer;
use portunus_http::Outcome;

use crate::answers::desk::Desk;
use crate::answers::note::BuildNote;
use crate::answers::refused::Refused;
use crate::answers::seat::Seat;
use crate::answers::settings::TokensBy;
use crate::answers::wanted::Wanted;

/// What a builder was told by a host, and passes on.
#[derive(Debug)]
pub(crate) struct TokenQuestion {
    pub(crate) host: String,
    pub(crate) realm: String,
    pub(crate) service: String,
    pub(crate) scopes: Vec<String>,
}

impl Desk {
    /// A token for what a builder is about to do.
    ///
    /// Several repositories stand in one question where a layer of one is to be mounted into
    /// another. That is asked as it is only where one credential holds for all of them. Where it is
    /// refused as a whole, and before that where no credential does, the repository that is pushed
    /// is asked for alone: the registry then refuses the mount, and the builder uploads.
    pub(crate) async fn token(
        self: &Arc<Self>,
        question: &TokenQuestion,
    ) -> Result<HandedToken, Refused> {
        if self.tokens == TokensBy::Builder {
            return Err(Refused::NotHere);
        }
        let host = &question.host;
        let view = self.view(host).await?;
        if view.is_mixed {
            return Err(self.note_ambiguous(host, &view));
        }
        let challenge = Bearer::at(&question.realm, &question.service);
        let challenge = challenge.map_err(|_| Refused::Realm)?;
        let seats = self.seats(host);
        let may_push = |name: &str| seats.iter().any(|it| it.is_push() && it.names(name));
        let wanted = Wanted::read(&question.scopes, may_push).ok_or(Refused::Scopes)?;
        self.count()?;
        let (seat, main) = self.choose(&seats, &wanted).ok_or(Refused::Scopes)?;
        let trust = &self.client.options().trust;
        let holds = |candidate: &Candidate| seat.may_show(candidate, trust, main);
        let holds_for_all = |candidate: &Candidate| {
            let mut names = wanted.names();
            names.all(|name| seat.may_show(candidate, trust, name))
        };
        let candidates = &seat.prepared.attempt().candidates;
        let best = candidates.iter().find(|candidate| holds(candidate));
        let alone = self.no_mount && wanted.pushed().is_some();
        if wanted.is_several() && !alone && best.is_none_or(holds_for_all) {
            let scopes = wanted.scopes(None);
            let errand =
                self.ledger
                    .errand(&seat.prepared, holds_for_all, challenge.clone(), scopes);
            match self.client.run_errand(&mut { errand }).await {
                Ok(token) => return Ok(token),
                Err(outcome) if !is_refusal(&outcome) => return Err(self.failed(host, outcome)),
                Err(_) => {}
            }
        }
        if wanted.is_several() {
            self.notes.add(BuildNote::Narrowed {
                host: host.clone(),
                repository: main.to_owned(),
            });
        }
        let scopes = wanted.scopes(Some(main));
        let mut errand = self.ledger.errand(&seat.prepared, holds, challenge, scopes);
        let outcome = self.client.run_errand(&mut errand).await;
        for warning in errand.take_warnings() {
            self.notes.add(BuildNote::Warning {
                host: host.clone(),
                message: warning.to_string(),
            });
        }
        outcome.map_err(|outcome| self.failed(host, outcome))
    }

    /// What the token is for in the first place, and the image that it belongs to.
    fn choose<'a, 'w>(
        &self,
        seats: &[Seat<'a>],
        wanted: &'w Wanted,
    ) -> Option<(Seat<'a>, &'w str)> {
        let find = |name: &str, push: bool| {
            let mut found = seats.iter().filter(|it| it.names(name));
            let by_kind = found.clone().find(|it| it.is_push() == push);
            by_kind.or_else(|| found.next()).copied()
        };
        if let Some(pushed) = wanted.pushed() {
            return Some((find(pushed, true)?, pushed));
        }
        let named = wanted
            .names()
            .find_map(|name| Some((find(name, false)?, name)));
        named.or_else(|| {
            // No image of the build: whoever has a login that holds for it.
            let name = wanted.names().next()?;
            let trust = &self.client.options().trust;
            let has_login = |seat: &&Seat<'a>| {
                let mut candidates = seat.prepared.attempt().candidates.iter();
                candidates.any(|candidate| seat.may_show(candidate, trust, name))
            };
            let seat = seats.iter().find(has_login).or_else(|| seats.first())?;
            Some((*seat, name))
        })
    }

    fn failed(&self, host: &str, outcome: Outcome) -> Refused {
        self.notes.add(BuildNote::Failed {
            host: host.to_owned(),
            outcome: outcome.clone(),
        });
        Refused::NoToken(host.to_owned(), Box::new(outcome))
    }
}

/// Whether it is about what was asked for, rather than about how it was asked.
fn is_refusal(outcome: &Outcome) -> bool {
    matches!(
        outcome.failure(),
        Some(
            HostFailure::Rejected { .. }
                | HostFailure::Denied { .. }
                | HostFailure::LacksScope { .. }
                | HostFailure::NotLoggedIn { .. }
        )
    )
}
