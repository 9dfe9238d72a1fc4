//! What does a registry ask for, and what does a realm make of it?
//!
//! The token conversation as data: challenges, scopes, and the rules that decide who may see a
//! secret. Token requests and the cache are the [`authorizer`](crate::authorizer)'s alone.

mod authentication;
mod cache;
mod challenge;
mod exchange;
mod realm_query;
mod response;
mod scope;
pub mod trust;

pub use authentication::{Authentication, Bearer, ChallengeError};
pub use challenge::{Challenge, Scheme};
pub use exchange::CLIENT_ID;
pub use response::{ExchangeError, MAX_RESPONSE};
pub use scope::Scopes;

pub(crate) use cache::{TokenCache, TokenKey};
pub(crate) use exchange::{Exchange, Step, TokenMethod, TokenRequest};
pub(crate) use realm_query::redirected;
pub(crate) use response::Token;
