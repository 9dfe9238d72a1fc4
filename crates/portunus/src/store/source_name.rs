use std::fmt;

/// What a source is called: a word for people, and the name in JSON. Nothing is decided by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceName(&'static str);

impl SourceName {
    /// Named on the command line, or given by the embedding program.
    pub const COMMAND_LINE: Self = Self("command-line");
    /// `DOCKER_AUTH_CONFIG`.
    pub const ENVIRONMENT: Self = Self("environment");
    /// Portunus' own `credentials.json`.
    pub const FILE: Self = Self("file");
    /// The operating system's keyring.
    pub const KEYRING: Self = Self("keyring");
    /// Docker's `config.json`, or the helper it configures.
    pub const DOCKER: Self = Self("docker");
    /// A `docker-credential-*` helper named directly.
    pub const HELPER: Self = Self("helper");
    /// containers' `auth.json`.
    pub const CONTAINERS: Self = Self("containers");

    /// The name of a source of one's own.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for SourceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
