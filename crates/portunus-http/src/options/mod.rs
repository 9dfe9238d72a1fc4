//! What a client is told of the world around it.

pub(crate) mod clock;
pub(crate) mod proxies;
pub(crate) mod roots;
pub(crate) mod timeouts;
pub(crate) mod token_reuse;

use portunus::token::CLIENT_ID;
use portunus::token::trust::TrustPolicy;

use crate::options::clock::Clock;
use crate::options::proxies::Proxies;
use crate::options::roots::Roots;
use crate::options::timeouts::Timeouts;
use crate::options::token_reuse::TokenReuse;

/// Everything a [`Client`](crate::Client) knows of the world around it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Options {
    /// Certificate authorities. The default trusts none; a program passes [`Roots::system`].
    pub roots: Roots,
    /// Proxies. The default uses none.
    pub proxies: Proxies,
    /// What the operator trusts beyond the rules.
    pub trust: TrustPolicy,
    /// What the `User-Agent` header says.
    pub user_agent: String,
    /// What realms are told about the program that asks.
    pub client_id: String,
    /// How long is waited.
    pub timeouts: Timeouts,
    /// How long tokens are kept.
    pub tokens: TokenReuse,
    /// Whether a host that rejected every credential is then asked anonymously.
    pub anonymous_fallback: bool,
    /// What time it is.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            roots: Roots::none(),
            proxies: Proxies::none(),
            trust: TrustPolicy::default(),
            user_agent: concat!("portunus/", env!("CARGO_PKG_VERSION")).to_owned(),
            client_id: CLIENT_ID.to_owned(),
            timeouts: Timeouts::default(),
            tokens: TokenReuse::PerSession,
            anonymous_fallback: false,
            clock: Clock::monotonic(),
        }
    }
}
