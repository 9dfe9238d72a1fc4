use std::ffi::OsString;

use clap::ValueEnum;

use crate::log_format::values_in;
use portunus_client::Environment;

/// When texts are coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
#[non_exhaustive]
pub enum Colours {
    /// On a terminal of somebody who does not forbid it.
    #[default]
    Auto,
    /// Also where nobody looks.
    Always,
    /// Nowhere.
    Never,
}

impl Colours {
    /// What `--color` says in a line that need not make sense otherwise.
    pub(crate) fn named_in(arguments: &[OsString]) -> Self {
        let named = values_in("--color", arguments).pop();
        let named = named.and_then(|value| Self::from_str(value, false).ok());
        named.unwrap_or_default()
    }

    /// Whether they are shown on a stream. The user may forbid them (no-color.org), and a dumb
    /// terminal has none.
    pub(crate) fn are_shown(self, is_terminal: bool, environment: &Environment) -> bool {
        let is_wanted = || {
            let term = environment.variable("TERM");
            environment.variable("NO_COLOR").is_none() && term.is_none_or(|term| term != "dumb")
        };
        match self {
            Self::Auto => is_terminal && is_wanted(),
            Self::Always => true,
            Self::Never => false,
        }
    }
}
