use url::Url;

use super::ask::Method;

use super::permit::Permit;

use super::signal::Ticket;

use super::route::Route;

use super::work::Work;
use crate::reason::LONGEST_BODY;
use crate::secret::Secret;
use crate::token::MAX_RESPONSE;

/// What the driver of a call does next. Exhaustive: a new step breaks drivers when they are built.
#[derive(Debug)]
#[must_use = "the call waits for it"]
pub enum Next {
    /// Send this, and tell [`Call::answered`](super::Call::answered) or
    /// [`Call::failed`](super::Call::failed).
    Send(Box<Sending>),
    /// Run this where blocking is allowed, then ask for the next step.
    Work(Work),
    /// Wait for another call, then ask for the next step.
    Wait(Ticket),
}

/// One request, complete but for the caller's own headers and body. Its redirects are the
/// machine's to follow.
#[derive(Debug)]
#[non_exhaustive]
pub struct Sending {
    /// The method.
    pub method: Method,
    /// Where to, query included.
    pub url: Url,
    /// Headers of `hosts.toml`, to be set below the caller's own: of one name, the caller's counts.
    pub headers: Vec<(String, Secret)>,
    /// The `Authorization` header, to be set over everything else. Without one, none may be sent.
    pub authorization: Option<Secret>,
    /// What else goes along.
    pub payload: Payload,
    /// How to get there.
    pub route: Route,
    /// By which leave a stored credential, or a token that was got for one, is in it.
    pub permit: Option<Permit>,
}

impl Sending {
    /// How much of the body of an answer with that status the machine wants to see, in bytes; 0:
    /// none of it. Of a token one byte more tells that there is more; of a refusal what is there is
    /// enough, and it remains an answer for the caller.
    pub fn reads(&self, status: u16) -> usize {
        match self.payload {
            Payload::Token(_) => MAX_RESPONSE,
            Payload::Callers if status >= 400 => LONGEST_BODY,
            Payload::Callers => 0,
        }
    }

    /// The body that goes along: the caller's own, or the form of a token request.
    pub fn body<'b>(&'b self, own: &'b [u8]) -> &'b [u8] {
        match &self.payload {
            Payload::Callers => own,
            Payload::Token(None) => &[],
            Payload::Token(Some(form)) => form.expose().as_bytes(),
        }
    }
}

/// Headers and body of a request.
#[derive(Debug)]
pub enum Payload {
    /// The caller's own; a body from its start, however often it was sent before.
    Callers,
    /// None of the caller's: a token request. `Some` is a body,
    /// `application/x-www-form-urlencoded`.
    Token(Option<Secret>),
}
