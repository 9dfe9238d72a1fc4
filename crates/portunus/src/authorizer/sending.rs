use url::Url;

use super::ask::Method;

use super::permit::Permit;

use super::signal::Ticket;

use super::route::Route;

use super::work::Work;
use crate::secret::Secret;

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
    /// How much of the answer's body the machine wants to see, in bytes; 0: none of it. One byte
    /// more tells that there is more.
    pub reads: usize,
    /// By which leave a stored credential, or a token that was got for one, is in it.
    pub permit: Option<Permit>,
}

impl Sending {
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
