use std::sync::Arc;
use std::time::Instant;

use url::Url;

use super::ask::{Ask, Target};
use super::conversation::Conversation;
use super::failure::HostFailure;
use super::identity::LeaveSlot;
use super::obtained::Obtained;
use super::onward;
use super::onward::{Onward, RedirectProblem};
use super::received::{Heard, Received, Trouble};
use super::sending::{Next, Sending};
use super::stage::{Away, Stage};
use super::state::State;
use super::tokens::{Asking, Request};
use super::verdicts::Trial;
use crate::credential::Credential;
use crate::reason::Reason;
use crate::token::TokenKey;
use crate::token::trust::Origin;

/// One request under way. Whoever drives it asks for the next step, takes it, and tells what came
/// of it, until there is an answer for the caller or a failure. Dropped, it gives its turns back.
#[derive(Debug)]
pub struct Call {
    pub(super) host: Arc<Conversation>,
    pub(super) ask: Ask,
    pub(super) stage: Stage,
    /// Where a redirect inside the host's origin has led.
    pub(super) moved: Option<Url>,
    pub(super) redirects: u32,
    /// How often the host has refused.
    pub(super) refusals: usize,
    pub(super) late_refusals: usize,
    /// Why the host is asked over http, while that is not settled.
    pub(super) no_tls: Option<Trouble>,
    /// While the host or its realm judges the login of this call for all others.
    pub(super) trial: Option<Trial>,
    /// While this call may ask for a token, and others wait for it.
    pub(super) asking: Option<Asking>,
    /// While another call asks for the token.
    pub(super) waits_for: Option<(TokenKey, Arc<Request>)>,
    /// The identity token that was read again, to be used as it is.
    pub(super) reread: Option<Credential>,
    /// Leave to use it, once it was.
    pub(super) leave: LeaveSlot,
    /// A token that was just asked for.
    pub(super) obtained: Option<Obtained>,
    last: Option<Last>,
}

/// Where the last answer leads.
#[derive(Debug)]
struct Last {
    from: Url,
    status: u16,
    location: Option<String>,
    away: bool,
    reason: Option<Reason>,
    /// In which ways it wants to be answered, where none is known here.
    unanswerable: Option<Vec<String>>,
    /// Who it sends us to, where nobody follows.
    sent_to: Option<Origin>,
}

/// The steps
impl Call {
    pub(super) fn new(host: Arc<Conversation>, ask: Ask) -> Self {
        let own = host.origin(&host.lock());
        let away = match &ask.target {
            // Where another conversation led is no place of this host's either.
            Target::Onward(onward) if onward.away || Origin::of(&onward.url) != own => {
                Some(onward.url.clone())
            }
            _ => None,
        };
        Self {
            host,
            ask,
            stage: match away {
                Some(url) => Stage::Away(Box::new(Away::new(url))),
                None => Stage::Ready,
            },
            moved: None,
            redirects: 0,
            refusals: 0,
            late_refusals: 0,
            no_tls: None,
            trial: None,
            asking: None,
            waits_for: None,
            reread: None,
            leave: LeaveSlot::default(),
            obtained: None,
            last: None,
        }
    }

    /// What to do next.
    ///
    /// # Errors
    /// Where nothing can be done.
    pub fn next(&mut self, now: Instant) -> Result<Next, HostFailure> {
        let next = self.step(now);
        self.release_after(next)
    }

    pub(super) fn step(&mut self, now: Instant) -> Result<Next, HostFailure> {
        if let Some(work) = self.host.shared.write_back() {
            return Ok(Next::Work(work));
        }
        if let Stage::Sent(_) = self.stage {
            // It was not told what came of it: it is sent again.
            self.stage = Stage::Ready;
        }
        match &mut self.stage {
            Stage::Away(_) => self.next_away(),
            Stage::Realm(talk) => {
                let mut state = self.host.lock();
                let route = self.host.route_to(&state, talk.url())?;
                talk.note_sent(&mut state);
                Ok(Next::Send(Box::new(talk.sending(route))))
            }
            Stage::Ready | Stage::Sent(_) => self.next_here(now),
        }
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// Where it ends the call.
    pub fn answered<R>(
        &mut self,
        received: &Received<R>,
        now: Instant,
    ) -> Result<Heard, HostFailure> {
        let heard = match std::mem::replace(&mut self.stage, Stage::Ready) {
            Stage::Sent(sent) => self.answered_here(*sent, received),
            Stage::Realm(talk) => self
                .answered_by_realm(talk, received, now)
                .map(|()| Heard::Again),
            Stage::Away(away) => self.answered_away(away, received),
            Stage::Ready => Ok(Heard::Again),
        };
        self.release_after(heard)
    }

    /// Tells that there is no answer. `Ok`: there is another way, http for a host that speaks no
    /// TLS.
    ///
    /// # Errors
    /// Where there is none.
    pub fn failed(&mut self, trouble: Trouble) -> Result<(), HostFailure> {
        let other_way = match std::mem::replace(&mut self.stage, Stage::Ready) {
            Stage::Sent(sent) => self.failed_here(&sent, trouble),
            Stage::Realm(talk) => Err(talk.fail(&mut self.host.lock(), trouble)),
            Stage::Away(away) => Err(away.failure(trouble)),
            Stage::Ready => Ok(()),
        };
        self.release_after(other_way)
    }

    /// Who has failed keeps nobody waiting, also where it is not dropped.
    fn release_after<T>(&mut self, outcome: Result<T, HostFailure>) -> Result<T, HostFailure> {
        if outcome.is_err() {
            self.stage = Stage::Ready;
            self.trial = None;
            self.asking = None;
            self.leave.take();
        }
        outcome
    }

    /// Where the last answer leads. At the host itself the registry namespace goes along, as in
    /// containerd from 2.3 on.
    ///
    /// # Errors
    /// Where it has no usable `Location`, or one that is no place to send anything to.
    pub fn onward(&self) -> Result<Onward, HostFailure> {
        let no_location = HostFailure::Redirect(RedirectProblem::NoLocation);
        let last = self.last.as_ref().ok_or(no_location)?;
        let target = onward::target(&last.from, last.location.as_deref());
        let (mut url, origin) = target.map_err(HostFailure::Redirect)?;
        let state = self.host.lock();
        let away = last.away || self.host.origin(&state).as_ref() != Some(&origin);
        match away {
            true => {
                let judged = self.host.may_lead_to(&state, &origin);
                judged.map_err(HostFailure::Refused)?;
                onward::keep_tls(&last.from, &origin).map_err(HostFailure::Redirect)?;
            }
            false => self.host.add_registry_namespace(&mut url),
        }
        Ok(Onward { url, away })
    }

    /// What the last answer means where it helps the caller no further: who gave it, and why.
    pub fn refusal(&self) -> HostFailure {
        let Some(last) = &self.last else {
            return HostFailure::NoUrl;
        };
        if let Some(schemes) = &last.unanswerable {
            return State::unanswerable(schemes.clone(), last.reason.clone());
        }
        if let Some(origin) = last.sent_to.clone().or_else(|| self.leads_away(last)) {
            return HostFailure::SentAway {
                status: last.status,
                origin,
            };
        }
        HostFailure::Status {
            status: last.status,
            away: Origin::of(&last.from).filter(|_| last.away),
            reason: last.reason.clone(),
        }
    }

    /// To whom a redirect leads that nobody follows, where it is somebody else.
    fn leads_away(&self, last: &Last) -> Option<Origin> {
        if !matches!(last.status, 301 | 302 | 303 | 307 | 308) {
            return None;
        }
        let (_, origin) = onward::target(&last.from, last.location.as_deref()).ok()?;
        (Origin::of(&last.from).as_ref() != Some(&origin)).then_some(origin)
    }

    /// The loop, for clients that block.
    ///
    /// # Errors
    /// Where there is no answer for the caller.
    pub fn drive<R>(
        &mut self,
        now: impl Fn() -> Instant,
        mut send: impl FnMut(&Sending) -> Result<Received<R>, Trouble>,
    ) -> Result<R, HostFailure> {
        loop {
            match self.next(now())? {
                Next::Work(work) => work.run(),
                Next::Wait(ticket) => ticket.wait(),
                Next::Send(sending) => match send(&sending) {
                    Err(trouble) => self.failed(trouble)?,
                    Ok(received) => match self.answered(&received, now())? {
                        Heard::Done => return Ok(received.response),
                        Heard::Again => {}
                    },
                },
            }
        }
    }

    pub(super) fn note_last<R>(
        &mut self,
        from: &Url,
        received: &Received<R>,
        reason: Option<Reason>,
        away: bool,
    ) {
        let asks = received.status == 401 && !away;
        let unknown = asks && matches!(received.authentication(), Ok(None));
        self.last = Some(Last {
            from: from.clone(),
            status: received.status,
            location: received.location().map(str::to_owned),
            away,
            reason,
            unanswerable: unknown.then(|| received.scheme_names()),
            sent_to: None,
        });
    }

    /// The host sends us to another origin, where it is not followed.
    pub(super) fn note_sent_to(&mut self, origin: Origin) {
        if let Some(last) = &mut self.last {
            last.sent_to = Some(origin);
        }
    }

    /// Follows a redirect of the host, or of where it has sent us.
    pub(super) fn follow<R>(
        &mut self,
        state: &State,
        from: &Url,
        received: &Received<R>,
    ) -> Result<(Url, Origin), HostFailure> {
        self.redirects += 1;
        if self.redirects > onward::MOST_REDIRECTS {
            return Err(HostFailure::Redirect(RedirectProblem::TooMany));
        }
        let target = onward::target(from, received.location());
        let (url, origin) = target.map_err(HostFailure::Redirect)?;
        // Before what the host may be blamed for: whoever it leads us to.
        let judged = self.host.may_lead_to(state, &origin);
        judged.map_err(HostFailure::Refused)?;
        onward::keep_tls(from, &origin).map_err(HostFailure::Redirect)?;
        Ok((url, origin))
    }
}
