use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use super::response::Token;
use super::scope::Scopes;
use crate::credential::Credential;
use crate::name::Authority;

/// Tokens of one session, so that a realm is asked once for what several requests need.
///
/// The key holds the credential itself, so that a new login, a logout or a changed secret never
/// finds the old account's token. A token is renewed before it expires. Errors are not kept.
#[derive(Debug, Default)]
pub struct TokenCache {
    off: bool,
    tokens: Mutex<HashMap<Audience, Vec<CachedToken>>>,
}

/// What a token was handed out for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenKey {
    audience: Audience,
    identity: Option<Credential>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Audience {
    host: Authority,
    realm: Url,
    service: String,
    scopes: Scopes,
}

#[derive(Debug)]
struct CachedToken {
    identity: Option<Credential>,
    token: Token,
    renew_at: Instant,
}

impl TokenKey {
    /// The key of a token for `host`, which `realm` hands out to `identity`.
    pub fn new(
        identity: Option<Credential>,
        host: Authority,
        realm: Url,
        service: impl Into<String>,
        scopes: Scopes,
    ) -> Self {
        let service = service.into();
        let audience = Audience {
            host,
            realm,
            service,
            scopes,
        };
        Self { audience, identity }
    }
}

impl TokenCache {
    /// An empty cache.
    pub fn new() -> Self {
        Self::default()
    }

    /// A cache that keeps nothing.
    pub fn off() -> Self {
        Self {
            off: true,
            ..Self::default()
        }
    }

    /// Whether it keeps nothing.
    pub fn is_off(&self) -> bool {
        self.off
    }

    /// The token that was kept under `key`, unless it is time to renew it.
    pub fn get(&self, key: &TokenKey, now: Instant) -> Option<Token> {
        let tokens = self.lock();
        let held = tokens.get(&key.audience)?;
        let held = held.iter().find(|held| held.identity == key.identity)?;
        (now < held.renew_at).then(|| held.token.clone())
    }

    /// Keeps a token that was received at `now`.
    pub fn put(&self, key: TokenKey, token: Token, now: Instant) {
        if self.off {
            return;
        }
        let TokenKey { audience, identity } = key;
        let renew_at = now
            + token
                .lifetime
                .saturating_sub(renewal_margin(token.lifetime));
        let mut tokens = self.lock();
        let held = tokens.entry(audience).or_default();
        held.retain(|held| held.identity != identity && now < held.renew_at);
        held.push(CachedToken {
            identity,
            token,
            renew_at,
        });
    }

    /// Drops the token under `key`: the host did not want it.
    pub fn forget(&self, key: &TokenKey) {
        if let Some(held) = self.lock().get_mut(&key.audience) {
            held.retain(|held| held.identity != key.identity);
        }
    }

    /// Drops every token for a host: somebody logged in or out there.
    pub fn forget_host(&self, host: &Authority) {
        self.lock().retain(|audience, _| audience.host != *host);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Audience, Vec<CachedToken>>> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A sixth of the lifetime, at most half a minute: long enough for the request it is used in.
fn renewal_margin(lifetime: Duration) -> Duration {
    (lifetime / 6).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;
    use containerd_hosts::Secret;

    fn key(identity: Option<Credential>) -> TokenKey {
        TokenKey::new(
            identity,
            Authority::parse("reg.test").unwrap(),
            Url::parse("https://auth.test/token").unwrap(),
            "reg.test",
            Scopes::parse("repository:a:pull"),
        )
    }

    fn token(value: &str) -> Token {
        Token {
            value: Secret::new(value),
            lifetime: Duration::from_secs(60),
            identity_token: None,
        }
    }

    #[test]
    fn no_account_ever_finds_the_token_of_another() {
        let cache = TokenCache::new();
        let now = Instant::now();
        let alice = || Some(Credential::password("alice", "one"));
        cache.put(key(alice()), token("alice's"), now);
        assert_eq!(
            cache.get(&key(alice()), now).unwrap().value.expose(),
            "alice's"
        );
        for other in [
            None,
            Some(Credential::password("alice", "two")),
            Some(Credential::password("bob", "one")),
        ] {
            assert_eq!(cache.get(&key(other), now), None);
        }
    }

    #[test]
    fn a_token_is_renewed_before_it_expires() {
        let cache = TokenCache::new();
        let now = Instant::now();
        cache.put(key(None), token("t"), now);
        assert!(
            cache
                .get(&key(None), now + Duration::from_secs(49))
                .is_some()
        );
        assert!(
            cache
                .get(&key(None), now + Duration::from_secs(50))
                .is_none()
        );
    }

    #[test]
    fn tokens_are_dropped_on_request_and_never_kept_when_off() {
        let now = Instant::now();
        let cache = TokenCache::new();
        cache.put(key(None), token("t"), now);
        cache.forget(&key(None));
        assert!(cache.get(&key(None), now).is_none());
        cache.put(key(None), token("t"), now);
        cache.forget_host(&Authority::parse("reg.test:443").unwrap());
        assert!(cache.get(&key(None), now).is_none());
        let off = TokenCache::off();
        off.put(key(None), token("t"), now);
        assert!(off.get(&key(None), now).is_none());
    }
}
