use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::failure::HostFailure;
use super::signal::{Signal, Ticket};
use super::single_flight::SingleFlight;
use crate::credential::Credential;
use crate::name::Authority;
use crate::reason::Reason;
use crate::resolve::Replaced;
use crate::token::{Token, TokenCache, TokenKey};

/// Tokens by credential, host, realm, service and scopes, each asked for once however many calls
/// need it. May outlive a [`Ledger`](super::Ledger), or keep nothing. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    cache: TokenCache,
    requested: Mutex<Vec<(TokenKey, Arc<Request>)>>,
    /// Identity tokens go one at a time, since a realm may replace them with each use.
    identity_tokens: Arc<SingleFlight<Credential>>,
    replaced: Replaced,
}

/// A token that is being asked for, and what came of it.
#[derive(Debug, Default)]
pub(super) struct Request {
    outcome: OnceLock<Result<Token, TokenFailure>>,
    over: Signal,
}

/// Why there is no token.
#[derive(Debug, Clone)]
pub(super) enum TokenFailure {
    /// The realm does not accept the credential, or gives nothing to the anonymous.
    Rejected { status: u16, reason: Option<Reason> },
    /// Anything else.
    Failed(HostFailure),
}

/// Where a token comes from.
#[derive(Debug)]
pub(super) enum Found {
    /// It was asked for before.
    Kept(Token),
    /// This call asks for it.
    Ask(Box<Asking>),
    /// Another one does.
    Wait(Arc<Request>),
}

/// Leave to ask for a token. Dropped without an outcome, the next call asks.
#[derive(Debug)]
pub(super) struct Asking {
    tokens: Tokens,
    pub(super) key: TokenKey,
    request: Arc<Request>,
}

impl Tokens {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache that keeps nothing: every request has a token of its own.
    pub fn off() -> Self {
        Self(Arc::new(Shared {
            cache: TokenCache::off(),
            ..Shared::default()
        }))
    }

    /// Drops every token for a host: somebody logged in or out there.
    pub fn forget_host(&self, host: &Authority) {
        self.0.cache.forget_host(host);
    }

    /// The token, or who asks for it.
    pub(super) fn find(&self, key: &TokenKey, now: Instant) -> Found {
        let asking = |request| {
            Found::Ask(Box::new(Asking {
                tokens: self.clone(),
                key: key.clone(),
                request,
            }))
        };
        if self.0.cache.is_off() {
            return asking(Arc::default());
        }
        // Under the lock, so that no request ends between the two looks.
        let mut requested = self.requested();
        if let Some(token) = self.0.cache.get(key, now) {
            return Found::Kept(token);
        }
        if let Some((_, request)) = requested.iter().find(|(held, _)| held == key) {
            return Found::Wait(Arc::clone(request));
        }
        let request = Arc::<Request>::default();
        requested.push((key.clone(), Arc::clone(&request)));
        asking(request)
    }

    /// How long a kept token will be given out.
    pub(super) fn time_left(&self, key: &TokenKey, now: Instant) -> Option<Duration> {
        self.0.cache.time_left(key, now)
    }

    /// Drops a token that its host did not want.
    pub(super) fn forget(&self, key: &TokenKey, token: &Token) {
        self.0.cache.forget(key, token);
    }

    /// The tokens of an identity token are those of the one that replaced it.
    pub(super) fn replace_identity(&self, old: &Credential, new: &Credential) {
        self.0.replaced.add(old, new);
        self.0.cache.replace_identity(old, new);
    }

    /// What an identity token has become, in this session or another one.
    pub(super) fn newest_identity(&self, identity: &Credential) -> Credential {
        self.0.replaced.newest(identity.clone())
    }

    /// One after the other may use an identity token.
    pub(super) fn identity_tokens(&self) -> &Arc<SingleFlight<Credential>> {
        &self.0.identity_tokens
    }

    fn requested(&self) -> MutexGuard<'_, Vec<(TokenKey, Arc<Request>)>> {
        let requested = &self.0.requested;
        requested.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Request {
    pub(super) fn ticket(&self) -> Ticket {
        self.over.ticket()
    }

    /// What came of it; `None`: nothing yet, or it was given up.
    pub(super) fn outcome(&self) -> Option<Result<Token, TokenFailure>> {
        self.outcome.get().cloned()
    }
}

impl Asking {
    /// Keeps the token, and gives it to everybody who waits.
    pub(super) fn give(self, token: &Token, now: Instant) {
        let cache = &self.tokens.0.cache;
        cache.put(self.key.clone(), token.clone(), now);
        let _ = self.request.outcome.set(Ok(token.clone()));
    }

    /// Tells everybody who waits. A failure is not kept.
    pub(super) fn fail(self, failure: TokenFailure) {
        let _ = self.request.outcome.set(Err(failure));
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.tokens
            .requested()
            .retain(|(_, request)| !Arc::ptr_eq(request, &self.request));
        self.request.over.ring();
    }
}
