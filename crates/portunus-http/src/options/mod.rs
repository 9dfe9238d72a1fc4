pub(crate) mod proxies;
pub(crate) mod roots;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use portunus::token::trust::TrustPolicy;

use crate::auth::tokens::Tokens;
use crate::options::proxies::Proxies;
use crate::options::roots::Roots;

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
            timeouts: Timeouts::default(),
            tokens: TokenReuse::PerSession,
            anonymous_fallback: false,
            clock: Clock::monotonic(),
        }
    }
}

/// How long is waited, besides the `dial_timeout` of a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Timeouts {
    /// For the headers of an answer. containerd has no such limit, and hangs.
    pub answer: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// For a whole token request.
    pub token: Duration,
    /// For finding out what a host asks for, all hosts of a plan together.
    pub probe: Duration,
    /// The longest `Retry-After` that is waited for.
    pub retry_after: Duration,
    /// Before a step of a push is tried again, and twice as long before the next time.
    pub push_pause: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            token: Duration::from_secs(30),
            probe: Duration::from_secs(15),
            retry_after: Duration::from_secs(10),
            push_pause: Duration::from_secs(1),
        }
    }
}

/// How long tokens are kept.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub enum TokenReuse {
    /// For one pull, push or choice.
    #[default]
    PerSession,
    /// Not at all: every request has a token of its own.
    Off,
    /// As long as whoever shares them keeps them.
    Shared(Arc<Tokens>),
}

impl TokenReuse {
    pub(crate) fn tokens(&self) -> Arc<Tokens> {
        match self {
            Self::PerSession => Arc::new(Tokens::new()),
            Self::Off => Arc::new(Tokens::off()),
            Self::Shared(tokens) => tokens.clone(),
        }
    }
}

/// Tells the time; a test tells its own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Instant + Send + Sync>);

impl Clock {
    /// The operating system's monotonic clock.
    pub fn monotonic() -> Self {
        Self::new(Instant::now)
    }

    /// A clock that is asked by a function.
    pub fn new(now: impl Fn() -> Instant + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    pub(crate) fn now(&self) -> Instant {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}
