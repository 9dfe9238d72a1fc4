//! Identity tokens that a realm hands out: in place of a password, or of one another.

use std::sync::Arc;

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
use crate::token::Token;

/// Whether a call may use an identity token.
pub(super) enum IdentityTurn {
    /// While it holds this.
    Taken(Flight<Credential>),
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
        let flight = match shared.tokens.identity_tokens().take(identity) {
            Err(ticket) => return IdentityTurn::Wait(ticket),
            Ok(flight) => flight,
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
            None => IdentityTurn::Taken(flight),
            Some(candidate) => {
                let (session, tokens) = (Arc::clone(&shared.session), shared.tokens.clone());
                let work = Work::reread(session, candidate.clone(), tokens, flight);
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
        talk: &TokenTalk,
        token: &Token,
    ) -> Option<(Credential, Credential)> {
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
            });
        }
        Some((old.clone(), new))
    }
}
