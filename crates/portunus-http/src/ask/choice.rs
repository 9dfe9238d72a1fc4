use portunus::authorizer::{Shown, Warning};
use portunus::resolve::Candidate;
use portunus::token::Scopes;
use url::Url;

use crate::outcome::Outcome;

/// What a host of a plan wants to be shown, found by asking it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Choice {
    /// What to show it.
    pub answer: ChosenAnswer,
    /// What it asked for: `Basic` or `Bearer`.
    pub challenge: Option<&'static str>,
    /// Its realm, as a URL.
    pub realm: Option<String>,
    /// The credentials that were sent to it or to its realm.
    pub shown: Vec<Shown>,
    /// The credentials it did not accept, in the order of the plan. Those that hold the same login as
    /// a rejected one were not sent.
    pub rejected: Vec<Shown>,
    /// What the user should be told: keys that were rejected or refused.
    pub warnings: Vec<Warning>,
    /// The digest of the manifest that it has, or why it has none to give; `None` where that was
    /// not found out: for a push, and where the host sends on to another place of its own.
    pub manifest: Option<Result<String, Outcome>>,
    /// Where it sent us when it was asked for the manifest.
    pub redirected_to: Option<Url>,
    /// What its challenges name beside what is needed: nobody was asked for that.
    pub left_out: Scopes,
}

/// What to show a host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChosenAnswer {
    /// This credential: the host accepted it.
    Credential(Box<Candidate>),
    /// Nothing: it hands out tokens to the anonymous, and wants one.
    Anonymous,
    /// Nothing: it asks for nothing.
    #[non_exhaustive]
    NoChallenge {
        /// The status it answered with.
        status: u16,
    },
    /// Nothing, and it will not serve this image.
    Failed(Outcome),
    /// It was not asked: it has no part in the operation, or nobody wanted to know.
    NotAsked,
}

impl Choice {
    pub(super) fn without_asking() -> Self {
        Self {
            answer: ChosenAnswer::NotAsked,
            challenge: None,
            realm: None,
            shown: Vec::new(),
            rejected: Vec::new(),
            warnings: Vec::new(),
            manifest: None,
            redirected_to: None,
            left_out: Scopes::none(),
        }
    }

    /// The same for a host that is asked no more: what it warned of was told.
    pub(super) fn again(&self) -> Self {
        Self {
            warnings: Vec::new(),
            ..self.clone()
        }
    }
}
