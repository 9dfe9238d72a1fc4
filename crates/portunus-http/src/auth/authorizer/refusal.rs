use portunus::token::{Authentication, Bearer, Scopes};
use reqwest::Response;

use super::account::{Account, wanted_scopes};
use super::{Authorized, Authorizer, State};
use crate::auth::challenge::authentication_of;
use crate::outcome::Outcome;

impl Authorizer {
    /// Works out what to do after a 401 or 403: an error ends it, else the request is repeated.
    pub(super) async fn handle_refusal(
        &self,
        authorized: &Authorized,
        response: &Response,
        scopes: &Scopes,
    ) -> Result<(), Outcome> {
        let status = response.status().as_u16();
        let found = authentication_of(response);
        let mut state = self.state.lock().await;
        if state.generation != authorized.generation {
            // Somebody else has changed the answer meanwhile.
            return Ok(());
        }
        if state.authentication.is_none() {
            if status == 403 {
                return Err(Outcome::Status { status });
            }
            let authentication = found?.ok_or(Outcome::BadChallenge { error: None })?;
            state.authentication = Some(authentication);
            state.generation += 1;
            return Ok(());
        }
        let challenged = match found {
            Ok(Some(Authentication::Bearer(bearer))) => Some(bearer),
            _ => None,
        };
        let account = state.account.clone();
        if let (Some(Authentication::Bearer(bearer)), Some(account)) =
            (state.authentication.clone(), account)
        {
            let wanted = wanted_scopes(&bearer, &account, scopes);
            let credential = account.credential.as_ref();
            self.tokens
                .forget(&self.remote, &bearer, &wanted, credential);
            let narrow = challenged
                .as_ref()
                .is_some_and(Bearer::is_insufficient_scope);
            if narrow || (status == 403 && challenged.is_some()) {
                let needed = challenged.map(|bearer| Scopes::parse(&bearer.scopes.join(" ")));
                let needed = needed.filter(|needed| !needed.is_empty());
                let needed = needed.unwrap_or_else(|| scopes.clone());
                return self.widen(&mut state, account, scopes, needed);
            }
            if authorized.kept && status == 401 {
                // The token may have been withdrawn: one fresh token before the next account.
                state.generation += 1;
                return Ok(());
            }
        }
        if status == 403 {
            return self.pass_over_lacking(&mut state, scopes.clone());
        }
        self.reject(&mut state)
    }

    /// Asks once for exactly the scopes that the host misses, then goes to the next account.
    fn widen(
        &self,
        state: &mut State,
        account: Account,
        scopes: &Scopes,
        needed: Scopes,
    ) -> Result<(), Outcome> {
        if account
            .widened
            .as_ref()
            .is_some_and(|(before, _)| before == scopes)
        {
            return self.pass_over_lacking(state, needed);
        }
        state.generation += 1;
        state.account = Some(Account {
            widened: Some((scopes.clone(), needed)),
            ..account
        });
        Ok(())
    }

    /// The account in use is known, and may not do this: the next one.
    fn pass_over_lacking(&self, state: &mut State, scopes: Scopes) -> Result<(), Outcome> {
        state.generation += 1;
        let Some(account) = state.account.take() else {
            return Err(Outcome::Status { status: 403 });
        };
        let outcome = match account.shown {
            Some(account) => Outcome::LacksScope {
                account: Box::new(account),
                scopes,
            },
            None => Outcome::NotLoggedIn,
        };
        if account.candidate.is_none() || self.candidates.len() <= state.next {
            state.failed = Some(outcome.clone());
            return Err(outcome);
        }
        state
            .warnings
            .push(format!("{}: {outcome}", self.remote.name()));
        state.lacking = Some(outcome);
        Ok(())
    }

    /// The account in use is not accepted: the next one on a pull, the end of a push.
    pub(super) fn reject(&self, state: &mut State) -> Result<(), Outcome> {
        state.generation += 1;
        let Some(account) = state.account.take() else {
            return Err(Outcome::NotLoggedIn);
        };
        if let Some(credential) = &account.credential {
            self.note_rejected_here(credential);
        }
        let Some(shown) = account.shown else {
            state.failed = Some(Outcome::NotLoggedIn);
            return Err(Outcome::NotLoggedIn);
        };
        state
            .warnings
            .push(format!("{} rejected {shown}", self.remote.name()));
        state.rejected.push(shown);
        if !self.rotates {
            state.failed = Some(Outcome::Rejected);
            return Err(Outcome::Rejected);
        }
        Ok(())
    }
}
