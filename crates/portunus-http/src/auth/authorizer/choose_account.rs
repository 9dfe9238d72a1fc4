use portunus::credential::Credential;
use portunus::resolve::Candidate;
use portunus::token::Authentication;
use tracing::debug;

use super::account::Account;
use super::{Authorizer, State};
use crate::auth::trust::may_see;
use crate::outcome::Outcome;
use crate::outcome::shown::Shown;

impl Authorizer {
    /// The next candidate that the host may be shown; after the last one nobody in particular,
    /// where the host takes that.
    pub(super) async fn choose_account(
        &self,
        state: &mut State,
        authentication: &Authentication,
    ) -> Result<Account, Outcome> {
        while let Some(candidate) = self.candidates.get(state.next) {
            let at = state.next;
            state.next += 1;
            let credential = match self.fetch(candidate).await {
                Ok(Some(credential)) => credential,
                Ok(None) => continue,
                Err(outcome) => {
                    state.warnings.push(outcome.to_string());
                    state.refused.get_or_insert(outcome);
                    continue;
                }
            };
            if let Err(outcome) = self.may_see(candidate, &credential, authentication) {
                state.warnings.push(outcome.to_string());
                if matches!(outcome, Outcome::Refused(_)) {
                    state.refused = Some(outcome);
                }
                continue;
            }
            let shown = Shown::of(candidate, credential.username());
            if let Some(judge) = self.rejected_by(authentication, &credential) {
                self.pass_over(state, &shown, &judge);
                continue;
            }
            let host = self.remote.name();
            debug!(host, key = %shown.key, location = shown.location, "credential in use");
            let account = Account {
                candidate: Some(at),
                credential: Some(credential),
                shown: Some(shown),
                widened: None,
            };
            state.account = Some(account.clone());
            return Ok(account);
        }
        let outcome = self.outcome_after_last(state);
        let anonymous = matches!(authentication, Authentication::Bearer(_));
        let fallback = self.remote.client().options().anonymous_fallback;
        match outcome {
            Outcome::NotLoggedIn | Outcome::Source(_) if anonymous => {}
            Outcome::Rejected if anonymous && fallback => {
                state
                    .warnings
                    .push(format!("asking {} anonymously", self.remote.name()));
            }
            outcome => {
                state.failed = Some(outcome.clone());
                return Err(outcome);
            }
        }
        if let Authentication::Bearer(bearer) = authentication {
            let host = self.remote.origin()?;
            let trust = &self.remote.client().options().trust;
            let asked = trust.realm_may_be_asked(&host, &bearer.realm);
            asked.map_err(Outcome::Refused)?;
        }
        let account = Account {
            candidate: None,
            credential: None,
            shown: None,
            widened: None,
        };
        state.account = Some(account.clone());
        Ok(account)
    }

    fn outcome_after_last(&self, state: &State) -> Outcome {
        let lacking = state.lacking.clone();
        let rejected = (!state.rejected.is_empty()).then_some(Outcome::Rejected);
        let outcome = lacking.or(rejected).or_else(|| state.refused.clone());
        outcome.unwrap_or(Outcome::NotLoggedIn)
    }

    async fn fetch(&self, candidate: &Candidate) -> Result<Option<Credential>, Outcome> {
        let session = self.session.clone();
        let candidate = candidate.clone();
        // A helper process or a keyring may take its time.
        let fetched = tokio::task::spawn_blocking(move || session.credential(&candidate)).await;
        let fetched = fetched.map_err(|_| Outcome::bad_content("a credential source panicked"))?;
        fetched.map_err(Outcome::Source)
    }

    fn may_see(
        &self,
        candidate: &Candidate,
        credential: &Credential,
        authentication: &Authentication,
    ) -> Result<(), Outcome> {
        let consent = candidate.consent_at(self.remote.listed_authority().as_ref());
        may_see(&self.remote, credential, authentication, &consent)
    }
}
