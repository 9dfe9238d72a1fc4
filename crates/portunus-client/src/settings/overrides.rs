use std::path::PathBuf;

/// What the caller says himself: it goes before the environment and `config.toml`.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Overrides {
    /// Where `config.toml` and `credentials.json` are.
    pub config_directory: Option<PathBuf>,
    /// The hosts directories, in order; where there are none, nothing is said of them.
    pub hosts_directories: Vec<PathBuf>,
    /// Whose credentials.
    pub profile: Option<String>,
}
