use std::sync::Arc;

use portunus::authorizer::Tokens;

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
    pub(crate) fn tokens(&self) -> Tokens {
        match self {
            Self::PerSession => Tokens::new(),
            Self::Off => Tokens::off(),
            Self::Shared(tokens) => Tokens::clone(tokens),
        }
    }
}
