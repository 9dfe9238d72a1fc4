//! The token conversation as data: challenges, scopes, token requests, the cache, and the rules
//! that decide who may see a secret. Nothing here opens a socket, so that a tool with its own
//! HTTP client can use it.

mod authentication;
mod cache;
mod challenge;
mod exchange;
mod response;
mod scope;
pub mod trust;

pub use authentication::{Authentication, Bearer, ChallengeError};
pub use cache::{TokenCache, TokenKey};
pub use challenge::{Challenge, Scheme};
pub use exchange::{CLIENT_ID, Exchange, Step, TokenMethod, TokenRequest};
pub use response::{ExchangeError, MAX_RESPONSE, Token};
pub use scope::Scopes;
