//! A token for somebody who asks a host in our stead.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use super::ask::{Ask, Method, Target};
use super::call::Call;
use super::conversation::Conversation;
use super::failure::HostFailure;
use super::handle::Authorizer;
use super::received::{Received, Trouble};
use super::scheme::HTTP;
use super::sending::{Next, Payload};
use super::shown::Shown;
use super::stage::Stage;
use super::warnings::Warning;
use crate::credential::Credential;
use crate::secret::Secret;
use crate::token::trust::Origin;
use crate::token::{Authentication, Bearer, Scopes};

/// One token for a builder or a daemon that has been asked for one by a host, and passes the
/// question on. The host is never asked, only its realm; whether that may see a secret is judged as
/// if the host had named it to us.
///
/// It is driven as a [`Call`] is, but for the body of a request: there is none of the caller's own.
#[derive(Debug)]
pub struct Errand {
    call: Call,
}

/// What comes next in an [`Errand`]. Exhaustive, as [`Next`] is.
#[derive(Debug)]
#[must_use = "the errand waits for it"]
pub enum ErrandStep {
    /// Do this, and ask again.
    Go(Next),
    /// Done.
    Token(HandedToken),
}

/// A token that is handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HandedToken {
    /// What goes into `Authorization: Bearer`.
    pub value: Secret,
    /// How long it is good; `None`: it is a registry token, and nobody knows.
    pub lifetime: Option<Duration>,
    /// Whose token; `None`: nobody's in particular.
    pub account: Option<Shown>,
}

impl Errand {
    pub(super) fn new(conversation: Conversation, challenge: Bearer, scopes: Scopes) -> Self {
        {
            let mut state = conversation.lock();
            // A refusal is noted at the path of the host. That of some scopes says nothing about
            // others, and holds when these are asked for again.
            state.path = format!("/v2/ for {scopes}");
            // Who names a realm without TLS has most likely none itself. Where the host may be asked so,
            // it is judged so.
            if challenge.realm.scheme() == HTTP && state.scheme.may_fall_back() {
                state.scheme.settle(HTTP);
            }
            state.authentication = Some(Authentication::Bearer(challenge));
        }
        let ask = Ask::new(Method::Get, Target::Door).with_scopes(scopes);
        Self {
            call: Authorizer::of(conversation).call(ask),
        }
    }

    /// The host that the token is for.
    pub fn host(&self) -> Option<Origin> {
        self.call.host.origin(&self.call.host.lock())
    }

    /// Tells an address of the host, which decides where its realm may be. Without one it is taken
    /// for a host that anybody can reach.
    pub fn note_address(&self, address: IpAddr) {
        Conversation::note_address(&mut self.call.host.lock(), Some(address));
    }

    /// What to do next.
    ///
    /// # Errors
    /// Where there is no token.
    pub fn next(&mut self, now: Instant) -> Result<ErrandStep, HostFailure> {
        match self.call.next(now)? {
            // With the token in hand the host would be asked.
            Next::Send(sending) if matches!(sending.payload, Payload::Callers) => {
                self.in_hand(now).map(ErrandStep::Token)
            }
            next => Ok(ErrandStep::Go(next)),
        }
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// Where it ends the errand.
    pub fn answered<R>(&mut self, received: &Received<R>, now: Instant) -> Result<(), HostFailure> {
        self.call.answered(received, now).map(|_| ())
    }

    /// Tells that there is no answer.
    ///
    /// # Errors
    /// That ends the errand.
    pub fn failed(&mut self, trouble: Trouble) -> Result<(), HostFailure> {
        self.call.failed(trouble)
    }

    /// What the user should be told; each thing once.
    pub fn take_warnings(&self) -> Vec<Warning> {
        self.call.host.warnings.take()
    }

    fn in_hand(&self, now: Instant) -> Result<HandedToken, HostFailure> {
        let host = &self.call.host;
        let state = host.lock();
        let in_use = state.in_use.as_ref();
        let account = in_use.and_then(|in_use| in_use.shown.clone());
        let obtained = match &self.call.stage {
            Stage::Sent(sent) => sent.token.as_ref(),
            _ => None,
        };
        if let Some(obtained) = obtained {
            let token = &obtained.token;
            let left = match obtained.kept {
                true => host.shared.tokens.time_left(&obtained.key, now),
                false => None,
            };
            return Ok(HandedToken {
                value: token.value.clone(),
                lifetime: Some(left.unwrap_or(token.lifetime)),
                account,
            });
        }
        match in_use.and_then(|in_use| host.credential(in_use)) {
            Some(Credential::RegistryToken { token }) => Ok(HandedToken {
                value: token,
                lifetime: None,
                account,
            }),
            _ => Err(state.not_logged_in()),
        }
    }
}
