use std::io;

use portunus::printable::system_words;

/// Why a profile has no builder of its own, or still has it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DockerBuilderError {
    /// A variable has every profile use the same builder, or the same list of builders.
    #[error("{variable} goes before the builder of a profile")]
    Above {
        /// The variable.
        variable: &'static str,
    },
    /// docker could not be started.
    #[error("docker cannot be run: {}", system_words(.0))]
    NotRun(io::Error),
    /// `docker buildx` did not do it.
    #[error("docker buildx: {words}")]
    Failed {
        /// What it said last.
        words: String,
    },
    /// The folder of the profile could not be read or written.
    #[error("cannot read or write the folder of the profile: {}", system_words(.0))]
    Folder(#[from] io::Error),
}
