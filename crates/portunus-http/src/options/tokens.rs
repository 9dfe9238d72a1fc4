use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use portunus::name::Authority;
use portunus::token::{Token, TokenCache, TokenKey};
use tokio::sync::OnceCell;

use crate::options::clock::Clock;
use crate::outcome::token_failure::TokenFailure;

/// Tokens, each asked for once however many requests wait for it.
#[derive(Debug, Default)]
pub struct Tokens {
    cache: TokenCache,
    in_flight: Mutex<Vec<(TokenKey, Arc<Flight>)>>,
}

type Flight = OnceCell<Result<Token, TokenFailure>>;

/// A token, and whether it was asked for just now.
#[derive(Debug, Clone)]
pub(crate) struct Obtained {
    pub(crate) token: Token,
    pub(crate) fresh: bool,
}

impl Tokens {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache that keeps nothing.
    pub fn off() -> Self {
        Self {
            cache: TokenCache::off(),
            in_flight: Mutex::default(),
        }
    }

    /// Drops every token for a host: somebody logged in or out there.
    pub fn forget_host(&self, host: &Authority) {
        self.cache.forget_host(host);
    }

    /// Whether nothing is kept.
    pub(crate) fn is_off(&self) -> bool {
        self.cache.is_off()
    }

    /// The token under a key, kept or fetched. Requests that wait for the same token share one
    /// answer, and a refusal as well, so that a bad password is tried once.
    pub(crate) async fn get_or_fetch(
        &self,
        key: &TokenKey,
        clock: &Clock,
        fetch: impl Future<Output = Result<Token, TokenFailure>>,
    ) -> Result<Obtained, TokenFailure> {
        if let Some(token) = self.cache.get(key, clock.now()) {
            return Ok(Obtained {
                token,
                fresh: false,
            });
        }
        let flight = self.join(key);
        let fly = async || {
            // An earlier flight may have landed since the first look.
            if let Some(token) = self.cache.get(key, clock.now()) {
                return Ok(token);
            }
            let token = fetch.await?;
            self.cache.put(key.clone(), token.clone(), clock.now());
            Ok(token)
        };
        let answer = flight.get_or_init(fly).await;
        self.leave(key, &flight);
        let token = answer.clone()?;
        Ok(Obtained { token, fresh: true })
    }

    /// Drops a token that its host did not want.
    pub(crate) fn drop_token(&self, key: &TokenKey, now: std::time::Instant) {
        if let Some(token) = self.cache.get(key, now) {
            self.cache.forget(key, &token);
        }
    }

    fn join(&self, key: &TokenKey) -> Arc<Flight> {
        let mut flights = self.flights();
        if let Some((_, flight)) = flights.iter().find(|(held, _)| held == key) {
            return flight.clone();
        }
        let flight = Arc::new(Flight::new());
        flights.push((key.clone(), flight.clone()));
        flight
    }

    fn leave(&self, key: &TokenKey, flight: &Arc<Flight>) {
        self.flights()
            .retain(|(held, other)| held != key || !Arc::ptr_eq(flight, other));
    }

    fn flights(&self) -> MutexGuard<'_, Vec<(TokenKey, Arc<Flight>)>> {
        self.in_flight
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
