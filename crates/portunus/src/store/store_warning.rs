use std::fmt;

use super::location::Location;

/// What the user should be told about where a credential was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreWarning {
    /// It is stored unencrypted, by the custom of another program.
    #[non_exhaustive]
    Unencrypted {
        /// Where.
        location: Location,
        /// That program.
        custom_of: &'static str,
    },
    /// Others could read the file so far.
    #[non_exhaustive]
    WasReadable {
        /// The file.
        location: Location,
        /// Its mode until now.
        mode: u32,
    },
    /// What a store of an embedding program says, in its own words.
    Other(String),
}

impl fmt::Display for StoreWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unencrypted {
                location,
                custom_of,
            } => write!(
                f,
                "{location}: the secret is stored there unencrypted, as {custom_of} does"
            ),
            Self::WasReadable { location, mode } => write!(
                f,
                "{location}: others could read it (mode {mode:04o}); it is 0600 now"
            ),
            Self::Other(words) => f.write_str(words),
        }
    }
}
