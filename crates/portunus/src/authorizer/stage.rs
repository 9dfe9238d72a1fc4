use url::Url;

use super::failure::HostFailure;
use super::obtained::Obtained;
use super::realm::TokenTalk;
use super::received::Trouble;
use crate::secret::Secret;

/// What of a call is under way.
#[derive(Debug)]
pub(super) enum Stage {
    /// Nothing is under way.
    Ready,
    /// A request to the host is.
    Sent(Box<Sent>),
    /// A request to its realm is to be sent, or under way.
    Realm(Box<TokenTalk>),
    /// The host has sent us away.
    Away(Box<Away>),
}

/// What was sent to the host.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) url: Url,
    pub(super) scheme: String,
    pub(super) generation: u64,
    /// The token that went along.
    pub(super) token: Option<Obtained>,
}

/// A request to another origin.
#[derive(Debug)]
pub(super) struct Away {
    pub(super) url: Url,
    /// A token of nobody's that is being asked for.
    pub(super) talk: Option<TokenTalk>,
    pub(super) token: Option<Secret>,
}

impl Away {
    pub(super) fn new(url: Url) -> Self {
        Self {
            url,
            talk: None,
            token: None,
        }
    }

    pub(super) fn failure(&self, trouble: Trouble) -> HostFailure {
        let realm = self.talk.as_ref().map(TokenTalk::url);
        match (trouble, realm) {
            (Trouble::Refused(refusal), _) => HostFailure::Refused(refusal),
            (trouble, None) => HostFailure::away(&self.url, trouble),
            (trouble, Some(realm)) => HostFailure::away(realm, trouble),
        }
    }
}
