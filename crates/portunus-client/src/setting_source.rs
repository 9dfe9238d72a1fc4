use std::fmt;

/// What decided a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingSource {
    /// Whoever called, by what he said himself.
    Caller,
    /// This environment variable.
    Variable(&'static str),
    /// `config.toml`, for the directory that the program was started in.
    Directory,
    /// `config.toml`.
    File,
    /// Nobody.
    Default,
}

impl fmt::Display for SettingSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Caller => "the caller",
            Self::Variable(name) => name,
            Self::Directory => "config.toml, by directory",
            Self::File => "config.toml",
            Self::Default => "default",
        })
    }
}
