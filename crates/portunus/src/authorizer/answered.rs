//! What an answer of the host, or of its realm, means.

use std::sync::Arc;
use std::time::Instant;

use url::Url;

use super::ask::{Conduct, Target};
use super::call::Call;
use super::conversation::Conversation;
use super::failure::HostFailure;
use super::obtained::Obtained;
use super::realm::{TokenError, TokenTalk, Told};
use super::received::{Heard, Received, Trouble};
use super::stage::{Away, Sent, Stage};
use super::state::{InUse, State};
use super::tokens::TokenFailure;
use super::verdicts::LoginVerdict;
use crate::reason::Reason;
use crate::token::trust::TrustRule;
use crate::token::{Authentication, Bearer, ExchangeError};

/// How often other calls may change the answer while this one is under way.
const MOST_LATE: usize = 256;

/// The host
impl Call {
    pub(super) fn answered_here<R>(
        &mut self,
        sent: Sent,
        received: &Received<R>,
    ) -> Result<Heard, HostFailure> {
        let host = Arc::clone(&self.host);
        let token = sent.token.as_ref().map(|held| &held.token.value);
        let reason = match received.status {
            400.. => host.reason(received, token),
            _ => None,
        };
        self.note_last(&sent.url, received, reason.clone(), false);
        let mut state = host.lock();
        let is_settled = state.scheme.settle(&sent.scheme);
        if let Some(trouble) = self.no_tls.take()
            && !is_settled
        {
            // Another call was answered over TLS meanwhile.
            return Err(HostFailure::Trouble(trouble));
        }
        Conversation::note_address(&mut state, received.peer);
        let status = received.status;
        let refuses = matches!(status, 401 | 403);
        if let Some(trial) = self.trial.take()
            && !self.may_be_about_the_method(received)
        {
            trial.end(match status {
                401 => LoginVerdict::Rejected,
                _ => LoginVerdict::Accepted,
            });
        }
        if refuses && !matches!(self.ask.conduct, Conduct::Try | Conduct::Knock) {
            return self.refused(&mut state, &sent, received, reason);
        }
        let at_door = matches!(self.ask.target, Target::Door);
        if at_door && self.moved.is_none() && status == 404 && state.path != "/v2" {
            let challenge = received.authentication();
            let challenge = challenge.map_err(HostFailure::Challenge)?;
            if challenge.is_none() && state.authentication.is_none() {
                "/v2".clone_into(&mut state.path);
                return Ok(Heard::Again);
            }
        }
        let follows = matches!(self.ask.conduct, Conduct::Follow | Conduct::Knock);
        if !follows || !received.is_redirect() {
            return Ok(Heard::Done);
        }
        let (url, origin) = self.follow(&state, &sent.url, received)?;
        if host.origin(&state).as_ref() == Some(&origin) {
            self.moved = Some(url);
            return Ok(Heard::Again);
        }
        if at_door {
            // What another party says proves nothing about this host.
            self.note_sent_to(origin);
            return Ok(Heard::Done);
        }
        self.stage = Stage::Away(Box::new(Away::new(url)));
        Ok(Heard::Again)
    }

    /// There was no answer. Where the host speaks no TLS and may be asked over http, it is, without
    /// a secret.
    ///
    /// What makes containerd try again over http (`HTTPFallback` in
    /// `core/remotes/docker/resolver.go`): an answer without TLS, or nobody at the default port.
    pub(super) fn failed_here(&mut self, sent: &Sent, trouble: Trouble) -> Result<(), HostFailure> {
        match self.no_tls.take() {
            // It is there, so that what keeps it from answering is the news.
            Some(Trouble::NoTls(_)) => return Err(HostFailure::over_http(&sent.url, trouble)),
            Some(first) => return Err(HostFailure::Trouble(first)),
            None => {}
        }
        let at_default_port = sent.url.port().is_none() && !self.host.authority.ends_with(":443");
        let lacks_tls = match &trouble {
            Trouble::NoTls(_) => true,
            Trouble::NobodyThere(_) => at_default_port,
            Trouble::Refused(refusal) => return Err(HostFailure::Refused(refusal.clone())),
            Trouble::Tls(_)
            | Trouble::Local(_)
            | Trouble::Late(_)
            | Trouble::Unreachable { .. } => false,
        };
        let is_path = !matches!(self.ask.target, Target::Onward(_)) && self.moved.is_none();
        let may_fall_back = sent.scheme == "https" && self.host.lock().scheme.may_fall_back();
        if !(lacks_tls && is_path && may_fall_back) {
            return Err(HostFailure::Trouble(trouble));
        }
        // The login has not reached anybody.
        self.trial = None;
        self.no_tls = Some(trouble);
        Ok(())
    }

    /// Works out what to do after a 401 or 403: an error ends it, else the request is repeated; or
    /// the caller has another one that settles it.
    fn refused<R>(
        &mut self,
        state: &mut State,
        sent: &Sent,
        received: &Received<R>,
        reason: Option<Reason>,
    ) -> Result<Heard, HostFailure> {
        let host = Arc::clone(&self.host);
        let is_late = state.generation != sent.generation;
        // Each candidate may be rejected, found too narrow twice, and have a stale token; a host
        // that goes on asking after that asks for ever. Another call that has changed the answer
        // meanwhile has done so for a reason, but not that often.
        let (refusals, most) = match is_late {
            true => (&mut self.late_refusals, MOST_LATE),
            false => (&mut self.refusals, 4 + 3 * host.candidates.len()),
        };
        *refusals += 1;
        if *refusals > most {
            return Err(HostFailure::Rejected { reason });
        }
        if is_late {
            return Ok(Heard::Again);
        }
        let status = received.status;
        state.said.clone_from(&reason);
        let found = received.authentication();
        if state.authentication.is_none() {
            if status == 403 {
                return Err(HostFailure::Status {
                    status,
                    away: None,
                    reason,
                });
            }
            let found = found.map_err(HostFailure::Challenge)?;
            let unknown = || State::unanswerable(received.scheme_names(), reason);
            state.authentication = Some(found.ok_or_else(unknown)?);
            state.offers_basic = received.offers_basic();
            state.generation += 1;
            return Ok(Heard::Again);
        }
        let challenged = match found {
            Ok(Some(Authentication::Bearer(bearer))) => Some(bearer),
            _ => None,
        };
        // The realm knows the account: it is not the login that is wrong.
        let refuses_token =
            sent.token.is_some() && challenged.as_ref().is_none_or(Bearer::refuses_token);
        let in_use = state.in_use.clone();
        if let (Some(Authentication::Bearer(first)), Some(in_use)) =
            (state.authentication.clone(), in_use)
        {
            let token = sent.token.as_ref();
            let narrow = challenged
                .as_ref()
                .is_some_and(Bearer::is_insufficient_scope);
            let is_narrow = narrow || (status == 403 && challenged.is_some());
            let challenged = challenged.as_ref().unwrap_or(&first);
            // It may have been withdrawn: a fresh one before the next account.
            let is_stale = !is_narrow && status == 401 && state.may_be_stale(token);
            let widens = match is_narrow {
                true => in_use.widened(&self.ask.scopes).is_none(),
                false => status == 401 && self.misses_more(&in_use, challenged),
            };
            if self.ask.preliminary && !is_stale && !widens {
                state.refused_token = token.map(|held| held.token.clone());
                return Ok(Heard::Done);
            }
            if let Some(Obtained { key, token, .. }) = token {
                host.shared.tokens.forget(key, token);
            }
            if is_stale {
                state.generation += 1;
                return Ok(Heard::Again);
            }
            if is_narrow || widens {
                self.widen(state, in_use, challenged)?;
                return Ok(Heard::Again);
            }
        }
        match status {
            403 if self.ask.preliminary => return Ok(Heard::Done),
            401 if self.may_be_about_the_method(received) => return Ok(Heard::Done),
            403 => host.lacks(state, None),
            _ if refuses_token => host.refuse_token(state),
            _ => host.reject(state),
        }?;
        Ok(Heard::Again)
    }

    /// Whether a refused login may be right, and the request be what is refused: who rejects a login
    /// says how to log in (RFC 9110, 15.5.2), and a wrong one is sent once.
    fn may_be_about_the_method<R>(&self, received: &Received<R>) -> bool {
        let is_bare = || matches!(received.authentication(), Ok(None));
        self.ask.preliminary && received.status == 401 && is_bare()
    }

    /// Whether the host names what was not asked for yet, and may be: a token of ours that it does
    /// not want may lack just that.
    fn misses_more(&self, in_use: &InUse, challenged: &Bearer) -> bool {
        let own = self.host.wanted_scopes(challenged, &self.ask.scopes);
        let missing = self.host.missing_scopes(challenged, &self.ask.scopes);
        in_use.widened(&self.ask.scopes).is_none() && !own.cover(&missing)
    }

    /// Asks once for exactly the scopes that the host misses, then goes to the next account.
    fn widen(
        &mut self,
        state: &mut State,
        mut in_use: InUse,
        challenged: &Bearer,
    ) -> Result<(), HostFailure> {
        let scopes = &self.ask.scopes;
        let missing = self.host.missing_scopes(challenged, scopes);
        let needed = match missing.is_empty() {
            true => scopes.clone(),
            false => missing,
        };
        if in_use.widened(scopes).is_some() {
            let says_so = challenged.is_insufficient_scope() || !challenged.scopes.is_empty();
            return self.host.lacks(state, says_so.then_some(needed));
        }
        state
            .left_out
            .merge(&Conversation::left_out(challenged, &needed));
        state.left_out = state.left_out.beyond(&needed);
        state.generation += 1;
        in_use.widened.push((scopes.clone(), needed));
        state.in_use = Some(in_use);
        Ok(())
    }
}

/// The realm
impl Call {
    pub(super) fn answered_by_realm<R>(
        &mut self,
        mut talk: Box<TokenTalk>,
        received: &Received<R>,
        now: Instant,
    ) -> Result<(), HostFailure> {
        let host = Arc::clone(&self.host);
        let mut state = host.lock();
        let asked = talk.origin();
        let named = talk.named().clone();
        let permit = talk.permit.clone();
        let may_follow = |target: &Url| {
            let origin = host.origin(&state).ok_or(HostFailure::NoUrl)?;
            let judged = match &permit {
                Some(permit) => {
                    let consent = host.consent(&permit.candidate);
                    host.realm_may_lead(&state, &origin, &named, target, consent)
                }
                None => {
                    let trust = &host.shared.rules.trust;
                    let judged = trust.realm_may_be_asked(&origin, target);
                    judged.map(|()| TrustRule::NothingSecret)
                }
            };
            judged.map_err(HostFailure::Refused)
        };
        let outcome = match talk.answered(received, may_follow) {
            Ok(Told::Again) => {
                self.stage = Stage::Realm(talk);
                return Ok(());
            }
            Ok(Told::Token(token)) => Ok(token),
            Err(TokenError::Answer(ExchangeError::Rejected { status, .. })) => {
                let reason = host.reason(received, talk.secret());
                Err(TokenFailure::Rejected { status, reason })
            }
            Err(TokenError::Answer(problem))
                if talk.is_no_realm(problem) && Conversation::turns_to_basic(&mut state) =>
            {
                // The turns of this call are given back with nothing said.
                self.trial = None;
                return Ok(());
            }
            Err(TokenError::Answer(problem)) => {
                // What is no JSON may be the bare token.
                let reason = match problem {
                    ExchangeError::NoJson | ExchangeError::TooLarge => None,
                    _ => host.reason(received, talk.secret()),
                };
                let failure = match (talk.instead_of(), asked) {
                    // With TLS there is no realm at that place.
                    (Some(refusal), _) => HostFailure::Refused(refusal),
                    (None, Some(origin)) => HostFailure::Realm {
                        origin,
                        problem,
                        reason,
                    },
                    (None, None) => HostFailure::NoUrl,
                };
                Err(TokenFailure::Failed(failure))
            }
            Err(TokenError::Failed(failure)) => {
                let failure = match (&failure, talk.instead_of()) {
                    (HostFailure::Redirect(_), Some(refusal)) => HostFailure::Refused(refusal),
                    _ => failure,
                };
                Err(TokenFailure::Failed(failure))
            }
        };
        let asker = talk.asker.take();
        let mut key = talk.asking.as_ref().map(|asking| asking.key.clone());
        match (talk.asking.take(), &outcome) {
            (Some(asking), Ok(token)) => asking.give(token, now),
            (Some(asking), Err(failure)) => asking.fail(failure.clone()),
            (None, _) => {}
        }
        if let Ok(token) = &outcome
            && let Some((old, new)) = self.note_identity_token(&mut state, &mut talk, token)
            && let Some(key) = &mut key
        {
            key.replace_identity(&old, &new);
        }
        // Whoever waits for the identity token finds the one that replaced it.
        talk.leave = None;
        match outcome {
            Ok(token) => {
                if let Some(trial) = self.trial.take() {
                    trial.end(LoginVerdict::Accepted);
                }
                self.obtained = key.map(|key| Obtained {
                    key,
                    token,
                    kept: false,
                });
                Ok(())
            }
            Err(TokenFailure::Failed(failure)) => Err(failure),
            Err(TokenFailure::Rejected { status, reason }) => {
                state.said = reason;
                match asker {
                    Some(asker) => self.rejected_by_realm(&mut state, &asker, status),
                    None => Err(state.not_logged_in()),
                }
            }
        }
    }

    /// The realm does not accept an account.
    pub(super) fn rejected_by_realm(
        &mut self,
        state: &mut State,
        (in_use, generation): &(InUse, u64),
        status: u16,
    ) -> Result<(), HostFailure> {
        // 403 may be about what was asked for.
        if let (Some(trial), 400 | 401) = (self.trial.take(), status) {
            trial.end(LoginVerdict::Rejected);
        }
        Conversation::note_shown(state, in_use);
        match self.ask.conduct {
            Conduct::Try => Err(state.rejected()),
            // Another call has gone on to the next account.
            _ if state.generation != *generation => Ok(()),
            // It knows the account, and does not let it in here or now.
            _ if status == 403 => {
                self.host.note_rejected(state, in_use);
                self.host.lacks(state, None)
            }
            _ => self.host.reject(state),
        }
    }
}
