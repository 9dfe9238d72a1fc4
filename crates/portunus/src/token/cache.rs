use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use url::Url;

use super::response::Token;
use super::scope::Scopes;
use crate::credential::Credential;
use crate::name::Authority;
use crate::spread::part;

/// Tokens of one session, so that a realm is asked once for what several requests need.
///
/// The key holds the credential itself, so that a new login, a logout or a changed secret never
/// finds the old account's token. A token is renewed before it expires, those of many sessions at
/// many moments. Errors are not kept. What is
/// over is swept out, and of more than 4096 tokens those go that are over first.
#[derive(Debug, Default)]
pub(crate) struct TokenCache {
    off: bool,
    tokens: Mutex<AudienceTokens>,
}

#[derive(Debug, Default)]
struct AudienceTokens {
    by_audience: HashMap<Audience, Vec<CachedToken>>,
    /// How many tokens were put in since the last sweep.
    since_sweep: usize,
    /// How many were left then.
    left: usize,
}

/// How many tokens are kept at most.
const MOST: usize = 4096;

/// Few tokens are not worth a sweep.
const FEW: usize = 64;

/// What a token was handed out for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenKey {
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
    pub(crate) fn new(
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

    /// The same token belongs to the identity token that a realm put in place of the old one.
    pub(crate) fn replace_identity(&mut self, old: &Credential, new: &Credential) {
        if self.identity.as_ref() == Some(old) {
            self.identity = Some(new.clone());
        }
    }
}

impl TokenCache {
    /// A cache that keeps nothing.
    pub(crate) fn off() -> Self {
        Self {
            off: true,
            ..Self::default()
        }
    }

    /// Whether it keeps nothing.
    pub(crate) fn is_off(&self) -> bool {
        self.off
    }

    /// The token that was kept under `key`, unless it is time to renew it.
    pub(crate) fn get(&self, key: &TokenKey, now: Instant) -> Option<Token> {
        let tokens = self.lock();
        let held = tokens.by_audience.get(&key.audience)?;
        let held = held.iter().find(|held| held.identity == key.identity)?;
        (now < held.renew_at).then(|| held.token.clone())
    }

    /// How long the token that was kept under `key` will be given out.
    pub(crate) fn time_left(&self, key: &TokenKey, now: Instant) -> Option<Duration> {
        let tokens = self.lock();
        let held = tokens.by_audience.get(&key.audience)?;
        let held = held.iter().find(|held| held.identity == key.identity)?;
        held.renew_at.checked_duration_since(now)
    }

    /// Keeps a token that was received at `now`.
    pub(crate) fn put(&self, key: TokenKey, token: Token, now: Instant) {
        if self.off {
            return;
        }
        let TokenKey { audience, identity } = key;
        let renew_at = now + token.lifetime.saturating_sub(renewal_margin(&token));
        let mut tokens = self.lock();
        tokens.make_room(now);
        let held = tokens.by_audience.entry(audience).or_default();
        held.retain(|held| held.identity != identity);
        held.push(CachedToken {
            identity,
            token,
            renew_at,
        });
    }

    /// Drops a token under `key` that the host did not want; one that took its place stays.
    pub(crate) fn forget(&self, key: &TokenKey, token: &Token) {
        if let Some(held) = self.lock().by_audience.get_mut(&key.audience) {
            held.retain(|held| held.identity != key.identity || held.token != *token);
        }
    }

    /// Keeps the tokens of an identity token under the one that a realm put in its place.
    pub(crate) fn replace_identity(&self, old: &Credential, new: &Credential) {
        let mut tokens = self.lock();
        let held = tokens.by_audience.values_mut().flatten();
        let of_old = held.filter(|held| held.identity.as_ref() == Some(old));
        of_old.for_each(|held| held.identity = Some(new.clone()));
    }

    /// Drops every token for a host: somebody logged in or out there.
    pub(crate) fn forget_host(&self, host: &Authority) {
        let mut tokens = self.lock();
        tokens
            .by_audience
            .retain(|audience, _| audience.host != *host);
    }

    fn lock(&self) -> MutexGuard<'_, AudienceTokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AudienceTokens {
    /// Sweeps when as many have come as were left the last time, so that it costs little each time.
    fn make_room(&mut self, now: Instant) {
        self.since_sweep += 1;
        if self.since_sweep < self.left.clamp(FEW, MOST) && self.left + self.since_sweep < MOST {
            return;
        }
        self.keep(|held| now < held.renew_at);
        if self.count() >= MOST {
            let times = self
                .by_audience
                .values()
                .flatten()
                .map(|held| held.renew_at);
            let mut times: Vec<Instant> = times.collect();
            times.sort_unstable();
            let earliest = times[MOST / 2];
            self.keep(|held| earliest < held.renew_at);
        }
        self.left = self.count();
        self.since_sweep = 0;
    }

    fn keep(&mut self, wanted: impl Fn(&CachedToken) -> bool) {
        self.by_audience.retain(|_, held| {
            held.retain(&wanted);
            !held.is_empty()
        });
    }

    fn count(&self) -> usize {
        self.by_audience.values().map(Vec::len).sum()
    }
}

/// A sixth of the lifetime, at most half a minute: long enough for the request it is used in. And up
/// to a fifth of the lifetime more, another part of it for each token.
fn renewal_margin(token: &Token) -> Duration {
    let needed = (token.lifetime / 6).min(Duration::from_secs(30));
    needed + part(token.lifetime / 5, &token.value)
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
        let cache = TokenCache::default();
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
    fn a_token_is_renewed_before_it_expires_and_each_at_a_moment_of_its_own() {
        let now = Instant::now();
        let renewed_after = |at: u32| {
            let cache = TokenCache::default();
            cache.put(key(None), token(&format!("t{at}")), now);
            let left = cache.time_left(&key(None), now).unwrap();
            let before = now + left - Duration::from_millis(1);
            assert!(cache.get(&key(None), before).is_some());
            assert!(cache.get(&key(None), now + left).is_none());
            left
        };
        let mut all: Vec<Duration> = (0..1000).map(renewed_after).collect();
        assert_eq!(all[7], renewed_after(7));
        all.sort_unstable();
        // A sixth of a minute before its end, and up to a fifth of a minute earlier.
        let (first, last) = (all[0], all[999]);
        assert!(first >= Duration::from_secs(38) && first < Duration::from_secs(39));
        assert!(last > Duration::from_secs(49) && last <= Duration::from_secs(50));
        all.dedup();
        assert_eq!(all.len(), 1000);
    }

    #[test]
    fn tokens_are_dropped_on_request_and_never_kept_when_off() {
        let now = Instant::now();
        let cache = TokenCache::default();
        cache.put(key(None), token("t"), now);
        cache.forget(&key(None), &token("older"));
        assert!(cache.get(&key(None), now).is_some());
        cache.forget(&key(None), &token("t"));
        assert!(cache.get(&key(None), now).is_none());
        cache.put(key(None), token("t"), now);
        cache.forget_host(&Authority::parse("reg.test:443").unwrap());
        assert!(cache.get(&key(None), now).is_none());
        let off = TokenCache::off();
        off.put(key(None), token("t"), now);
        assert!(off.get(&key(None), now).is_none());
    }

    #[test]
    fn what_is_over_is_swept_out_and_too_many_are_not_kept() {
        let cache = TokenCache::default();
        let start = Instant::now();
        let of_scope = |at: u64| {
            let mut key = key(None);
            key.audience.scopes = Scopes::parse(&format!("repository:r{at}:pull"));
            key
        };
        for at in 0..20_000 {
            // Each is good for 38 seconds at least, and a thousand come in one.
            let now = start + Duration::from_millis(at);
            cache.put(of_scope(at), token("t"), now);
            assert!(cache.get(&of_scope(at), now).is_some());
            assert!(cache.lock().count() <= MOST, "{at}");
        }
        let later = start + Duration::from_secs(1000);
        for at in 0..20_000 {
            cache.put(
                of_scope(at),
                token("t"),
                later + Duration::from_secs(at * 10),
            );
        }
        assert!(cache.lock().count() <= 2 * FEW, "{}", cache.lock().count());
    }

    #[test]
    fn the_tokens_of_a_replaced_identity_token_are_those_of_the_new_one() {
        let identity = |text: &str| Credential::IdentityToken {
            username: None,
            token: Secret::new(text),
        };
        let (cache, now) = (TokenCache::default(), Instant::now());
        cache.put(key(Some(identity("old"))), token("t"), now);
        cache.replace_identity(&identity("old"), &identity("new"));
        assert!(cache.get(&key(Some(identity("old"))), now).is_none());
        assert!(cache.get(&key(Some(identity("new"))), now).is_some());
    }
}
