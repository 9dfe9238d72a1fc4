//! A wrong password is sent once: what is already known to be rejected is passed over.

use portunus::credential::Credential;
use portunus::token::Authentication;
use portunus::token::trust::Origin;

use super::account::Account;
use super::{Authorizer, State};
use crate::auth::credential_trials::Turn;
use crate::outcome::Outcome;
use crate::outcome::shown::Shown;

impl Authorizer {
    /// Waits for the first answer to the login of an account, unless this is the first request
    /// that carries it.
    pub(super) async fn await_turn(
        &self,
        authentication: &Authentication,
        account: &Account,
    ) -> Turn {
        let credential = account.credential.as_ref();
        let judged =
            credential.and_then(|login| Some((self.judge_of(authentication, login)?, login)));
        match judged {
            Some((judge, credential)) => self.trials.begin(&judge, credential).await,
            None => Turn::Free,
        }
    }

    /// Who has rejected a credential that would be sent there again.
    pub(super) fn rejected_by(
        &self,
        authentication: &Authentication,
        credential: &Credential,
    ) -> Option<String> {
        let judge = self.judge_of(authentication, credential);
        let judge = judge.filter(|judge| self.trials.is_rejected(judge, credential));
        let by_path = || self.trials.is_rejected(&self.path_judge(), credential);
        judge.or_else(|| by_path().then(|| self.remote.name()))
    }

    /// The host has no use for a credential, whoever judged it. That says nothing about the
    /// host's other paths: a token may be for one repository only.
    pub(super) fn note_rejected_here(&self, credential: &Credential) {
        self.trials.note_rejection(&self.path_judge(), credential);
    }

    /// The account in use was rejected while this request waited for the answer.
    pub(super) fn pass_over_account(
        &self,
        state: &mut State,
        authentication: &Authentication,
    ) -> Result<(), Outcome> {
        state.generation += 1;
        if let Some(account) = state.account.take()
            && let (Some(shown), Some(credential)) = (account.shown, account.credential)
        {
            let judge = self.judge_of(authentication, &credential);
            self.pass_over(state, &shown, &judge.unwrap_or_else(|| self.remote.name()));
        }
        if !self.rotates {
            state.failed = Some(Outcome::Rejected);
            return Err(Outcome::Rejected);
        }
        Ok(())
    }

    /// Notes that a login is not sent again.
    pub(super) fn pass_over(&self, state: &mut State, shown: &Shown, judge: &str) {
        state.rejected.push(shown.clone());
        state.warnings.push(format!(
            "{}: {shown} is the same login as the one that {judge} rejected; it is not sent again",
            self.remote.name()
        ));
    }

    /// The origin that sees a login and says whether it is right; `None`: nobody does, a registry
    /// token is no login.
    fn judge_of(&self, authentication: &Authentication, credential: &Credential) -> Option<String> {
        let judge = match (authentication, credential) {
            (_, Credential::RegistryToken { .. }) => None,
            (Authentication::Bearer(bearer), _) => Origin::of(&bearer.realm),
            _ => self.remote.origin().ok(),
        };
        judge.map(|origin| origin.to_string())
    }

    /// What lies below the path of the host: no origin.
    fn path_judge(&self) -> String {
        format!("{}{}/", self.remote.name(), self.remote.path())
    }
}
