//! Which account a host is shown: candidate after candidate, best first.

use std::sync::Arc;

use super::allowed::Allowed;
use super::conversation::Conversation;
use super::failure::HostFailure;
use super::shown::Shown;
use super::signal::Ticket;
use super::state::{InUse, State};
use super::verdicts::LoginVerdict;
use super::warnings::Warning;
use super::work::Work;
use crate::credential::Credential;
use crate::token::trust::{Origin, TrustRule};
use crate::token::{Authentication, Scopes};

/// The next account, or what is to be done before it can be told.
#[derive(Debug)]
pub(super) enum NextAccount {
    InUse(Box<InUse>),
    Fetch(Work),
    Wait(Ticket),
}

impl Conversation {
    /// The next candidate that the host may be shown; after the last one nobody in particular, where
    /// the host takes that.
    pub(super) fn choose(
        &self,
        state: &mut State,
        authentication: &Authentication,
    ) -> Result<NextAccount, HostFailure> {
        let shared = &self.shared;
        while let Some(candidate) = self.candidates.get(state.next) {
            let at = state.next;
            let is_ready = !shared.session.is_to_be_fetched(candidate);
            let fetched = shared.session.fetched(candidate);
            let Some(fetched) = fetched.filter(|_| is_ready) else {
                let place = candidate.secret_place();
                return Ok(match shared.fetches.take(&place) {
                    Ok(flight) => {
                        let session = Arc::clone(&shared.session);
                        NextAccount::Fetch(Work::fetch(session, candidate.clone(), flight))
                    }
                    Err(ticket) => NextAccount::Wait(ticket),
                });
            };
            state.next += 1;
            let credential = match fetched {
                Ok(Some(credential)) => credential,
                Ok(None) => continue,
                Err(error) => {
                    let failure = HostFailure::Source(error);
                    self.pass(failure.clone());
                    state.refused.get_or_insert(failure);
                    continue;
                }
            };
            let allowed = match self.may_see(state, candidate, &credential, authentication) {
                Ok(allowed) => allowed,
                Err(failure) => {
                    self.pass(failure.clone());
                    if matches!(failure, HostFailure::Refused(_)) || self.is_login {
                        state.refused = Some(failure);
                    }
                    continue;
                }
            };
            let shown = Shown::of(candidate, credential.username());
            if let Some(judge) = self.rejected_by(state, &allowed, &credential) {
                self.pass_over(state, &shown, judge);
                continue;
            }
            let in_use = InUse {
                candidate: Some(at),
                shown: Some(shown),
                allowed,
                widened: Vec::new(),
            };
            state.in_use = Some(in_use.clone());
            return Ok(NextAccount::InUse(Box::new(in_use)));
        }
        self.nobody_in_particular(state, authentication)
            .map(|in_use| NextAccount::InUse(Box::new(in_use)))
    }

    fn nobody_in_particular(
        &self,
        state: &mut State,
        authentication: &Authentication,
    ) -> Result<InUse, HostFailure> {
        let rejected = !state.report.rejected.is_empty();
        let rejected = rejected.then(|| state.rejected());
        let last = state.lacking.clone().or(rejected);
        let last = last.or_else(|| state.refused.clone());
        let Authentication::Bearer(bearer) = authentication else {
            let last = last.unwrap_or_else(|| state.not_logged_in());
            return Err(self.fail(state, last));
        };
        match last {
            // A login is about this one credential.
            Some(failure) if self.is_login => return Err(self.fail(state, failure)),
            None | Some(HostFailure::NotLoggedIn { .. } | HostFailure::Source(_)) => {}
            Some(HostFailure::Rejected { .. } | HostFailure::TokenRefused { .. })
                if self.shared.rules.anonymous_fallback =>
            {
                let host = self.name(state);
                self.warnings.add(Warning::AskedAnonymously { host });
            }
            Some(failure) => return Err(self.fail(state, failure)),
        }
        let realm = self.may_be_asked(state, bearer)?;
        let in_use = InUse {
            candidate: None,
            shown: None,
            allowed: Allowed {
                rules: [TrustRule::NothingSecret; 2],
                realm: Some(realm),
            },
            widened: Vec::new(),
        };
        state.in_use = Some(in_use.clone());
        Ok(in_use)
    }

    /// The end of the conversation: later calls are told the same.
    pub(super) fn fail(&self, state: &mut State, failure: HostFailure) -> HostFailure {
        self.warnings.retract(&failure);
        state.failed = Some(failure.clone());
        failure
    }

    /// The account in use was rejected while this call waited to show it.
    pub(super) fn pass_over_in_use(
        &self,
        state: &mut State,
        credential: &Credential,
    ) -> Result<(), HostFailure> {
        state.generation += 1;
        if let Some(in_use) = state.in_use.take()
            && let Some(shown) = in_use.shown
        {
            let judge = self.judge(state, &in_use.allowed, credential);
            let judge = judge.unwrap_or_else(|| self.name(state));
            self.pass_over(state, &shown, judge);
        }
        match self.rotates {
            true => Ok(()),
            false => {
                let failure = state.rejected();
                Err(self.fail(state, failure))
            }
        }
    }

    /// The account in use is not accepted: the next one on a pull, the end of a push.
    pub(super) fn reject(&self, state: &mut State) -> Result<(), HostFailure> {
        state.generation += 1;
        let Some(in_use) = state.in_use.take() else {
            return Err(state.not_logged_in());
        };
        self.note_rejected(state, &in_use);
        let Some(account) = in_use.shown else {
            let failure = state.not_logged_in();
            return Err(self.fail(state, failure));
        };
        self.warnings.add(Warning::Rejected {
            host: self.name(state),
            account: account.clone(),
            reason: state.said.clone(),
        });
        state.report.rejected.push(account);
        match self.rotates {
            true => Ok(()),
            false => {
                let failure = state.rejected();
                Err(self.fail(state, failure))
            }
        }
    }

    /// Notes that an account is not let in here. That says nothing about the host's other paths,
    /// whoever judged it: a token may be for one repository only.
    pub(super) fn note_rejected(&self, state: &State, in_use: &InUse) {
        if let Some(credential) = self.credential(in_use) {
            let verdicts = &self.shared.verdicts;
            verdicts.note(&self.here(state), &credential, LoginVerdict::Rejected);
        }
    }

    /// The host does not accept the token that its realm gave for the account in use. Its login is
    /// right, so nothing is held against that.
    pub(super) fn refuse_token(&self, state: &mut State) -> Result<(), HostFailure> {
        let in_use = state.in_use.as_ref();
        let realm = in_use.and_then(|it| Origin::of(&it.allowed.realm.as_ref()?.bearer.realm));
        let account = in_use.and_then(|it| it.shown.clone());
        let (Some(realm), Some(account)) = (realm, account) else {
            return self.reject(state);
        };
        state.generation += 1;
        state.in_use = None;
        let failure = HostFailure::TokenRefused {
            account: Box::new(account),
            realm,
            reason: state.said.clone(),
        };
        self.next_after(state, failure, self.rotates)
    }

    /// Where there is no realm at the place that the host names, and Basic would do as well, that is
    /// what it is shown from now on.
    pub(super) fn turns_to_basic(state: &mut State) -> bool {
        if std::mem::take(&mut state.offers_basic) {
            state.generation += 1;
            state.authentication = Some(Authentication::Basic);
            (state.in_use, state.next) = (None, 0);
        }
        // Another call may have found out first.
        matches!(state.authentication, Some(Authentication::Basic))
    }

    /// The account in use is known, and may not do this, for want of `scopes` where the host says
    /// so: the next one.
    pub(super) fn lacks(
        &self,
        state: &mut State,
        scopes: Option<Scopes>,
    ) -> Result<(), HostFailure> {
        state.generation += 1;
        let reason = state.said.clone();
        let Some(in_use) = state.in_use.take() else {
            return Err(HostFailure::Status {
                status: 403,
                away: None,
                reason,
            });
        };
        let failure = match (in_use.shown.map(Box::new), scopes) {
            (Some(account), Some(scopes)) => HostFailure::LacksScope {
                account,
                scopes,
                reason,
            },
            (Some(account), None) => HostFailure::Denied { account, reason },
            (None, _) => HostFailure::NotLoggedIn { reason },
        };
        self.next_after(state, failure, in_use.candidate.is_some())
    }

    /// The account in use may not do this: the next one, where there is one and `rotates`.
    fn next_after(
        &self,
        state: &mut State,
        failure: HostFailure,
        rotates: bool,
    ) -> Result<(), HostFailure> {
        if !rotates || self.candidates.len() <= state.next {
            return Err(self.fail(state, failure));
        }
        self.warnings.add(Warning::Lacks {
            host: self.name(state),
            failure: failure.clone(),
        });
        state.lacking = Some(failure);
        Ok(())
    }

    /// The origin that sees a login and says whether it is right; `None`: nobody does, a registry
    /// token is no login.
    pub(super) fn judge(
        &self,
        state: &State,
        allowed: &Allowed,
        credential: &Credential,
    ) -> Option<String> {
        let judge = match (&allowed.realm, credential) {
            (_, Credential::RegistryToken { .. }) => None,
            (Some(realm), _) => Origin::of(&realm.bearer.realm),
            (None, _) => self.origin(state),
        };
        judge.map(|origin| origin.to_string())
    }

    /// Notes that the account in use was sent to the host or its realm; whether that is new.
    pub(super) fn note_shown(state: &mut State, in_use: &InUse) -> bool {
        let shown = in_use.shown.as_ref();
        let new = shown.filter(|shown| !state.report.shown.contains(shown));
        state.report.shown.extend(new.cloned());
        new.is_some()
    }

    /// Who has rejected a credential that would be sent there again.
    fn rejected_by(
        &self,
        state: &State,
        allowed: &Allowed,
        credential: &Credential,
    ) -> Option<String> {
        let verdicts = &self.shared.verdicts;
        let judge = self.judge(state, allowed, credential);
        let judge = judge.filter(|judge| verdicts.is_rejected(judge, credential));
        let here = || verdicts.is_rejected(&self.here(state), credential);
        judge.or_else(|| here().then(|| self.name(state)))
    }

    fn pass(&self, failure: HostFailure) {
        if !self.is_login {
            self.warnings.add(Warning::Passed { failure });
        }
    }

    /// Notes that a login is not sent again.
    fn pass_over(&self, state: &mut State, shown: &Shown, judge: String) {
        state.report.rejected.push(shown.clone());
        self.warnings.add(Warning::SameLogin {
            host: self.name(state),
            account: shown.clone(),
            judge,
        });
    }
}
