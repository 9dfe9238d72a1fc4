use crate::token::{Token, TokenKey};

/// A token, and what it was asked for with.
#[derive(Debug, Clone)]
pub(super) struct Obtained {
    pub(super) key: TokenKey,
    pub(super) token: Token,
    /// A kept token may be stale; a fresh one is not.
    pub(super) kept: bool,
}
