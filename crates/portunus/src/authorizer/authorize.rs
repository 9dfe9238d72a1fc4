//! What goes along with the next request to the host: nothing, a password, or a token.

use std::sync::Arc;
use std::time::Instant;

use url::Url;

use super::account::NextAccount;
use super::ask::{Conduct, Target};
use super::call::Call;
use super::conversation::Conversation;
use super::failure::HostFailure;
use super::header;
use super::identity::IdentityTurn;
use super::obtained::Obtained;
use super::permit::{Permit, Purpose};
use super::realm::{TokenTalk, Wanted};
use super::scheme::HTTP;
use super::sending::{Next, Payload, Sending};
use super::signal::Ticket;
use super::stage::{Sent, Stage};
use super::state::{InUse, State};
use super::tokens::{Found, TokenFailure};
use super::verdicts::{Leave, LoginVerdict};
use super::work::Work;
use crate::credential::Credential;
use crate::secret::Secret;
use crate::token::trust::Origin;
use crate::token::{Authentication, Token, TokenKey};

/// What is to be done before the request can be sent, or what goes along with it.
enum Ready {
    Send(Box<Outgoing>),
    AskRealm,
    Work(Work),
    Wait(Ticket),
}

/// What goes along with a request.
struct Outgoing {
    header: Option<(Secret, Option<Permit>)>,
    token: Option<Obtained>,
    generation: u64,
}

impl Ready {
    fn send(
        header: Option<(Secret, Option<Permit>)>,
        token: Option<Obtained>,
        generation: u64,
    ) -> Self {
        Self::Send(Box::new(Outgoing {
            header,
            token,
            generation,
        }))
    }
}

impl Call {
    pub(super) fn next_here(&mut self, now: Instant) -> Result<Next, HostFailure> {
        match self.authorize(now)? {
            Ready::Work(work) => Ok(Next::Work(work)),
            Ready::Wait(ticket) => Ok(Next::Wait(ticket)),
            Ready::AskRealm => self.step(now),
            Ready::Send(outgoing) => self.send(*outgoing),
        }
    }

    fn send(&mut self, outgoing: Outgoing) -> Result<Next, HostFailure> {
        let Outgoing {
            header,
            token,
            generation,
        } = outgoing;
        let host = &self.host;
        let state = host.lock();
        // Where that is not settled yet, http is for the anonymous: what was meant for TLS, headers
        // of `hosts.toml` too, stays where it is.
        let scheme = match self.no_tls {
            Some(_) => HTTP.to_owned(),
            None => state.scheme.in_use().to_owned(),
        };
        let header = header.filter(|_| self.no_tls.is_none());
        let as_written = state.scheme.is_as_written(&scheme);
        let url = self.url(&state, &scheme)?;
        drop(state);
        let (authorization, permit) = match header {
            Some((value, permit)) => (Some(value), permit),
            None => (None, None),
        };
        let sending = Sending {
            method: self.ask.method,
            url: url.clone(),
            headers: match as_written {
                true => host.headers.clone(),
                false => Vec::new(),
            },
            authorization,
            payload: Payload::Callers,
            route: host.route.clone(),
            permit,
        };
        self.stage = Stage::Sent(Box::new(Sent {
            url,
            scheme,
            generation,
            token,
        }));
        Ok(Next::Send(Box::new(sending)))
    }

    fn url(&self, state: &State, scheme: &str) -> Result<Url, HostFailure> {
        if let Some(url) = &self.moved {
            return Ok(url.clone());
        }
        let path = &state.path;
        match &self.ask.target {
            Target::Onward(onward) => Ok(onward.url.clone()),
            Target::Door => self.host.url(scheme, &format!("{path}/"), &[]),
            Target::Path { path: below, query } => {
                self.host.url(scheme, &format!("{path}{below}"), query)
            }
        }
    }

    fn authorize(&mut self, now: Instant) -> Result<Ready, HostFailure> {
        let host = self.host.clone();
        loop {
            let mut state = host.lock();
            let tries = self.ask.conduct == Conduct::Try;
            let failed = state.failed.clone().filter(|_| !tries);
            let authentication = state.authentication.clone();
            let asked = authentication.filter(|_| self.ask.conduct != Conduct::Knock);
            let generation = state.generation;
            if state.in_use.is_none() {
                // What it had a flight for belongs to an account that is not in use any more.
                (self.trial, self.asking) = (None, None);
                self.leave.take();
            }
            let (authentication, in_use) = match (asked, &state.in_use) {
                _ if failed.is_some() => return failed.map_or_else(|| Err(state.rejected()), Err),
                (None, _) => {
                    return Ok(Ready::send(None, None, generation));
                }
                (Some(authentication), Some(in_use)) => (authentication, in_use.clone()),
                (Some(_), None) if tries => return Err(state.not_logged_in()),
                (Some(authentication), None) => match host.choose(&mut state, &authentication)? {
                    NextAccount::InUse(in_use) => (authentication, *in_use),
                    NextAccount::Fetch(work) => return Ok(Ready::Work(work)),
                    NextAccount::Wait(ticket) => return Ok(Ready::Wait(ticket)),
                },
            };
            let credential = host.credential(&in_use);
            match self.leave(&state, &in_use, credential.as_ref()) {
                Leave::Free => self.trial = None,
                Leave::First(trial) => self.trial = Some(trial),
                Leave::Wait(ticket) => {
                    self.asking = None;
                    self.leave.take();
                    return Ok(Ready::Wait(ticket));
                }
                Leave::Rejected if tries => return Err(state.rejected()),
                Leave::Rejected => {
                    let credential = credential.as_ref().ok_or_else(|| state.not_logged_in())?;
                    host.pass_over_in_use(&mut state, credential)?;
                    continue;
                }
            }
            let Authentication::Bearer(_) = authentication else {
                let header = self.basic(&mut state, &in_use, credential.as_ref())?;
                return Ok(Ready::send(Some(header), None, generation));
            };
            if let Some(ready) = self.bearer(&mut state, &in_use, credential, now)? {
                return Ok(ready);
            }
        }
    }

    /// Whether the login of the account in use may be shown, and whether this call finds out.
    fn leave(&mut self, state: &State, in_use: &InUse, credential: Option<&Credential>) -> Leave {
        let judged = credential.and_then(|login| {
            let judge = self.host.judge(state, &in_use.allowed, login)?;
            Some((judge, login))
        });
        let Some((judge, login)) = judged else {
            return Leave::Free;
        };
        match self.trial.take() {
            Some(trial) if trial.is_of(&judge, login) => Leave::First(trial),
            _ => self.host.shared.verdicts.ask(&judge, login),
        }
    }

    fn basic(
        &self,
        state: &mut State,
        in_use: &InUse,
        credential: Option<&Credential>,
    ) -> Result<(Secret, Option<Permit>), HostFailure> {
        let value = credential.and_then(header::basic);
        let value = value.ok_or_else(|| state.not_logged_in())?;
        Conversation::note_shown(state, in_use);
        Ok((value, self.permit_here(state, in_use, Purpose::Basic)))
    }

    /// A token; `None`: the account is another one by now.
    fn bearer(
        &mut self,
        state: &mut State,
        in_use: &InUse,
        credential: Option<Credential>,
        now: Instant,
    ) -> Result<Option<Ready>, HostFailure> {
        if let Some(Credential::RegistryToken { token }) = &credential {
            Conversation::note_shown(state, in_use);
            return self.with_token(state, in_use, token, None).map(Some);
        }
        let shared = Arc::clone(&self.host.shared);
        let realm = in_use.allowed.realm.as_ref();
        let bearer = &realm.ok_or_else(|| state.not_logged_in())?.bearer;
        let scopes = match in_use.widened(&self.ask.scopes) {
            Some(needed) => needed.clone(),
            None => self.host.wanted_scopes(bearer, &self.ask.scopes),
        };
        if in_use.widened(&self.ask.scopes).is_none() {
            state
                .left_out
                .merge(&Conversation::left_out(bearer, &scopes));
        }
        let origin = self.host.origin(state).ok_or(HostFailure::NoUrl)?;
        let key = TokenKey::new(
            credential.clone(),
            origin.authority().ok_or(HostFailure::NoUrl)?,
            bearer.realm.clone(),
            bearer.service.clone(),
            scopes.clone(),
        );
        if let Some(obtained) = self.obtained.take().filter(|obtained| obtained.key == key) {
            let token = obtained.token.value.clone();
            return self
                .with_token(state, in_use, &token, Some(obtained))
                .map(Some);
        }
        let awaited = self.waits_for.take().filter(|(waited, _)| *waited == key);
        if let Some(outcome) = awaited.and_then(|(_, request)| request.outcome()) {
            return self.shared_outcome(state, in_use, key, outcome);
        }
        self.asking = match self.asking.take().filter(|asking| asking.key == key) {
            Some(asking) => Some(asking),
            None => match shared.tokens.find(&key, now) {
                Found::Ask(asking) => Some(*asking),
                Found::Wait(request) => {
                    let ticket = request.ticket();
                    self.waits_for = Some((key, request));
                    return Ok(Some(Ready::Wait(ticket)));
                }
                Found::Kept(token) => {
                    let value = token.value.clone();
                    let obtained = Obtained {
                        key,
                        token,
                        kept: true,
                    };
                    self.accepted_by_realm();
                    Conversation::note_shown(state, in_use);
                    return self
                        .with_token(state, in_use, &value, Some(obtained))
                        .map(Some);
                }
            },
        };
        let mut leave = None;
        if let Some(identity @ Credential::IdentityToken { .. }) = &credential {
            match self.take_identity(in_use, identity) {
                IdentityTurn::Taken(taken) => leave = Some(taken),
                IdentityTurn::Replaced => return Ok(None),
                IdentityTurn::Reread(work) => return Ok(Some(Ready::Work(work))),
                IdentityTurn::Wait(ticket) => return Ok(Some(Ready::Wait(ticket))),
            }
        }
        let talk = TokenTalk::new(Wanted {
            bearer: bearer.clone(),
            scopes,
            wants_identity_token: self.host.is_login
                && matches!(credential, Some(Credential::Password { .. })),
            credential,
            client_id: shared.rules.client_id.clone(),
        });
        let failed = |problem| HostFailure::Realm {
            origin: Origin::of(&bearer.realm).unwrap_or(origin),
            problem,
            reason: None,
        };
        let talk = talk.map_err(failed)?;
        let mut talk = talk.ok_or_else(|| state.not_logged_in())?;
        if let Some(origin) = talk.origin() {
            let rule = in_use.allowed.rules[1];
            talk.permit = self
                .host
                .permit(in_use, &origin, Purpose::TokenRequest, rule);
        }
        talk.asking = self.asking.take();
        talk.leave = leave;
        talk.asker = Some((in_use.clone(), state.generation));
        self.stage = Stage::Realm(Box::new(talk));
        Ok(Some(Ready::AskRealm))
    }

    /// What came of the token request of another call.
    fn shared_outcome(
        &mut self,
        state: &mut State,
        in_use: &InUse,
        key: TokenKey,
        outcome: Result<Token, TokenFailure>,
    ) -> Result<Option<Ready>, HostFailure> {
        match outcome {
            Ok(token) => {
                self.accepted_by_realm();
                self.obtained = Some(Obtained {
                    key,
                    token,
                    kept: false,
                });
                Conversation::note_shown(state, in_use);
            }
            Err(TokenFailure::Failed(failure)) => return Err(failure),
            Err(TokenFailure::Rejected { status, reason }) => {
                state.said = reason;
                let asker = (in_use.clone(), state.generation);
                self.rejected_by_realm(state, &asker, status)?;
            }
        }
        Ok(None)
    }

    fn with_token(
        &self,
        state: &State,
        in_use: &InUse,
        token: &Secret,
        obtained: Option<Obtained>,
    ) -> Result<Ready, HostFailure> {
        let unsendable = || match &in_use.shown {
            Some(shown) => HostFailure::Unsendable(shown.key.clone()),
            None => state.not_logged_in(),
        };
        let value = header::bearer(token).ok_or_else(unsendable)?;
        let permit = self.permit_here(state, in_use, Purpose::Bearer);
        Ok(Ready::send(
            Some((value, permit)),
            obtained,
            state.generation,
        ))
    }

    fn permit_here(&self, state: &State, in_use: &InUse, purpose: Purpose) -> Option<Permit> {
        let origin = self.host.origin(state)?;
        let rule = in_use.allowed.rules[0];
        self.host.permit(in_use, &origin, purpose, rule)
    }

    fn accepted_by_realm(&mut self) {
        if let Some(trial) = self.trial.take() {
            trial.end(LoginVerdict::Accepted);
        }
    }
}
