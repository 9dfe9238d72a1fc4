//! Identity tokens that a realm hands out: in place of a password, or of one another.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::call::Call;
use super::realm::TokenTalk;
use super::shown::Shown;
use super::signal::Ticket;
use super::single_flight::Flight;
use super::state::{InUse, State};
use super::verdicts::LoginVerdict;
use super::work::{Work, WriteBack};
use crate::credential::Credential;
use crate::secret::Secret;
use crate::store::Hold;
use crate::token::Token;

/// Leave to use an identity token: no other call does meanwhile, and no other program.
#[derive(Debug)]
pub(super) struct IdentityLeave {
    identity: Credential,
    _flight: Flight<Credential>,
    pub(super) hold: Option<Hold>,
}

/// Where work leaves it for the call that it was done for.
#[derive(Debug, Clone, Default)]
pub(super) struct LeaveSlot(Arc<Mutex<Option<IdentityLeave>>>);

impl LeaveSlot {
    pub(super) fn put(&self, leave: IdentityLeave) {
        *self.lock() = Some(leave);
    }

    /// Takes it back, or gives it up.
    pub(super) fn take(&self) -> Option<IdentityLeave> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<IdentityLeave>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a call may use an identity token.
pub(super) enum IdentityTurn {
    /// While it holds this.
    Taken(IdentityLeave),
    /// It is another one by now.
    Replaced,
    /// Its store is asked first what it has by now.
    Reread(Work),
    /// Another call uses it.
    Wait(Ticket),
}

impl Call {
    /// Leave to use an identity token, once it is known to be the newest.
    pub(super) fn take_identity(&mut self, in_use: &InUse, identity: &Credential) -> IdentityTurn {
        let shared = &self.host.shared;
        let left = self.leave.take();
        let leave = match left.filter(|leave| leave.identity == *identity) {
            Some(leave) => leave,
            None => match shared.tokens.identity_tokens().take(identity) {
                Err(ticket) => return IdentityTurn::Wait(ticket),
                Ok(flight) => IdentityLeave {
                    identity: identity.clone(),
                    _flight: flight,
                    hold: None,
                },
            },
        };
        // It may have been replaced between the look and the flight, or in another session.
        let newest = shared.tokens.newest_identity(identity);
        if newest != *identity {
            shared.session.replace(identity, &newest);
        }
        if self.host.credential(in_use).as_ref() != Some(identity) {
            return IdentityTurn::Replaced;
        }
        // Or by another program: a realm may take a second use of the old one for theft.
        let candidate = in_use.candidate.and_then(|at| self.host.candidates.get(at));
        match candidate.filter(|_| self.reread.as_ref() != Some(identity)) {
            None => IdentityTurn::Taken(leave),
            Some(candidate) => {
                let (session, tokens) = (Arc::clone(&shared.session), shared.tokens.clone());
                let (candidate, slot) = (candidate.clone(), self.leave.clone());
                let work = Work::reread(session, candidate, tokens, leave, slot);
                self.reread = Some(identity.clone());
                IdentityTurn::Reread(work)
            }
        }
    }

    /// A login is given an identity token in place of its password; a realm may replace one with
    /// each use (RFC 6749, section 6), and the old one is dead then.
    pub(super) fn note_identity_token(
        &self,
        state: &mut State,
        talk: &mut TokenTalk,
        token: &Token,
    ) -> Option<(Credential, Credential)> {
        let hold = talk.leave.as_mut().and_then(|leave| leave.hold.take());
        let given = token.identity_token.as_ref()?;
        let of = |username: Option<&str>, token: &Secret| Credential::IdentityToken {
            username: username.map(str::to_owned),
            token: token.clone(),
        };
        let permit = talk.permit.as_ref();
        let candidate = permit.map(|permit| &permit.candidate);
        let username = candidate.and_then(|candidate| candidate.entry.username.as_deref());
        if talk.asks_for_identity_token() {
            state.identity_token = Some(of(username, given));
        }
        let (old, candidate) = (talk.identity_token()?, candidate?);
        let new = of(old.username(), given);
        if new == *old {
            return None;
        }
        let shared = &self.host.shared;
        shared.session.replace(old, &new);
        shared.tokens.replace_identity(old, &new);
        let realm = talk.realm()?;
        let verdicts = &shared.verdicts;
        verdicts.note(&realm.to_string(), &new, LoginVerdict::Accepted);
        if self.host.is_login {
            state.identity_token = Some(new.clone());
        } else {
            shared.write_backs().push(WriteBack {
                candidate: candidate.clone(),
                account: Shown::of(candidate, new.username()),
                realm,
                warnings: Arc::clone(&self.host.warnings),
                _hold: hold,
            });
        }
        Some((old.clone(), new))
    }
}
