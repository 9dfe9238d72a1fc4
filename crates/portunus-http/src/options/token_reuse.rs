use std::sync::Arc;

use crate::options::tokens::Tokens;

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
