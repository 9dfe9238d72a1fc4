use std::sync::Arc;

use super::ask::Ask;
use super::call::Call;
use super::conversation::Conversation;
use super::report::{Report, Settled};
use super::warnings::Warning;
use crate::token::Scopes;
use crate::token::trust::Origin;

/// The conversation with one host: its challenge, the account in use, https or http. The answer
/// that the host accepted is kept for every later request. Clones are the same.
#[derive(Debug, Clone)]
pub struct Authorizer(Arc<Conversation>);

/// A request to the host
impl Authorizer {
    pub(super) fn of(conversation: Conversation) -> Self {
        Self(Arc::new(conversation))
    }

    /// A request to the host. Any number may be under way, on threads or as futures.
    pub fn call(&self, ask: Ask) -> Call {
        Call::new(Arc::clone(&self.0), ask)
    }
}

/// What is known of it
impl Authorizer {
    /// Scheme and host in words, after a fall back to http.
    pub fn name(&self) -> String {
        self.0.name(&self.0.lock())
    }

    /// Its origin; `None`: its text makes no URL.
    pub fn origin(&self) -> Option<Origin> {
        self.0.origin(&self.0.lock())
    }

    /// The path before all others, mostly `/v2`.
    pub fn path(&self) -> String {
        self.0.lock().path.clone()
    }

    /// What it asks for, and whom it serves.
    pub fn settled(&self) -> Settled {
        let state = self.0.lock();
        let in_use = state.in_use.as_ref();
        let realm = in_use.and_then(|in_use| in_use.allowed.realm.as_ref());
        Settled {
            realm: realm.map(|realm| realm.bearer.realm.clone()),
            named_realm: realm.and_then(|realm| realm.instead_of.clone()),
            authentication: state.authentication.clone(),
            account: self.0.account(&state),
            identity_token: state.identity_token.clone(),
        }
    }

    /// The credentials that were shown and rejected so far.
    pub fn report(&self) -> Report {
        self.0.lock().report.clone()
    }

    /// What its challenges name and it is not asked for: other repositories, other actions.
    pub fn left_out(&self) -> Scopes {
        self.0.lock().left_out.clone()
    }

    /// What the user should be told; each thing once.
    pub fn take_warnings(&self) -> Vec<Warning> {
        self.0.warnings.take()
    }

    pub(super) fn conversation(&self) -> &Conversation {
        &self.0
    }
}
