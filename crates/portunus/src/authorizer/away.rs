//! Where a host has sent us: nothing of it goes there, and nothing comes back to it. Who asks there
//! is answered anonymously.

use std::sync::Arc;

use url::Url;

use super::ask::Conduct;
use super::call::Call;
use super::failure::HostFailure;
use super::header;
use super::realm::{TokenError, TokenTalk, Told, Wanted};
use super::received::{Heard, Received};
use super::sending::{Next, Payload, Sending};
use super::stage::{Away, Stage};
use crate::token::trust::{Origin, TrustRule};
use crate::token::{Authentication, Bearer, Scopes};

/// More of what a stranger names is not asked for.
const MOST_SCOPES: usize = 16;

impl Call {
    pub(super) fn next_away(&mut self) -> Result<Next, HostFailure> {
        let Stage::Away(away) = &self.stage else {
            return Err(HostFailure::NoUrl);
        };
        let state = self.host.lock();
        let url = away.talk.as_ref().map_or(&away.url, TokenTalk::url);
        if let Some(origin) = Origin::of(url) {
            let judged = self.host.may_lead_to(&state, &origin);
            judged.map_err(HostFailure::Refused)?;
        }
        let route = self.host.route.beyond(self.host.address_class(&state));
        if let Some(talk) = &away.talk {
            return Ok(Next::Send(Box::new(talk.sending(route))));
        }
        Ok(Next::Send(Box::new(Sending {
            method: self.ask.method,
            url: away.url.clone(),
            headers: Vec::new(),
            authorization: away.token.as_ref().and_then(header::bearer),
            payload: Payload::Callers,
            route,
            permit: None,
        })))
    }

    pub(super) fn answered_away<R>(
        &mut self,
        mut away: Box<Away>,
        received: &Received<R>,
    ) -> Result<Heard, HostFailure> {
        if let Some(talk) = away.talk.take() {
            self.token_away(&mut away, talk, received)?;
            self.stage = Stage::Away(away);
            return Ok(Heard::Again);
        }
        let reason = match received.status {
            400.. => self.host.reason(received, away.token.as_ref()),
            _ => None,
        };
        self.note_last(&away.url, received, reason, true);
        let follows = self.ask.conduct == Conduct::Follow;
        match received.status {
            401 if follows && away.token.is_none() => {
                // What it asks for beyond a token of nobody's, nobody may show it.
                let Some(talk) = self.anonymously(&away.url, received)? else {
                    return Ok(Heard::Done);
                };
                away.talk = Some(talk);
            }
            _ if follows && received.is_redirect() => {
                let host = Arc::clone(&self.host);
                let (url, _) = self.follow(&host.lock(), &away.url, received)?;
                *away = Away::new(url);
            }
            _ => return Ok(Heard::Done),
        }
        self.stage = Stage::Away(away);
        Ok(Heard::Again)
    }

    /// What a challenge there is answered with; `None`: with nothing.
    fn anonymously<R>(
        &self,
        url: &Url,
        received: &Received<R>,
    ) -> Result<Option<TokenTalk>, HostFailure> {
        let Ok(Some(Authentication::Bearer(mut bearer))) = received.authentication() else {
            return Ok(None);
        };
        self.may_ask_away(url, &bearer.realm)?;
        bearer.scopes.truncate(MOST_SCOPES);
        let shared = &self.host.shared;
        let talk = TokenTalk::new(Wanted {
            scopes: Scopes::parse(&bearer.scopes.join(" ")),
            bearer: Bearer { ..bearer.clone() },
            credential: None,
            wants_identity_token: false,
            client_id: shared.rules.client_id.clone(),
        });
        talk.map_err(|problem| HostFailure::realm(&bearer.realm, problem, None))
    }

    fn token_away<R>(
        &self,
        away: &mut Away,
        mut talk: TokenTalk,
        received: &Received<R>,
    ) -> Result<(), HostFailure> {
        let realm = talk.url().clone();
        let follow = |target: &Url| {
            self.may_ask_away(&away.url, target)
                .map(|()| TrustRule::NothingSecret)
        };
        match talk.answered(received, follow) {
            Ok(Told::Again) => away.talk = Some(talk),
            Ok(Told::Token(token)) => away.token = Some(token.value),
            Err(TokenError::Failed(failure)) => return Err(failure),
            Err(TokenError::Answer(error)) => {
                let reason = self.host.reason(received, None);
                return Err(HostFailure::realm(&realm, error, reason));
            }
        }
        Ok(())
    }

    fn may_ask_away(&self, url: &Url, realm: &Url) -> Result<(), HostFailure> {
        let origin = Origin::of(url).ok_or(HostFailure::NoUrl)?;
        let trust = &self.host.shared.rules.trust;
        let judged = trust.realm_may_be_asked(&origin, realm);
        judged.map_err(HostFailure::Refused)
    }
}
