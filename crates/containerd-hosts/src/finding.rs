use crate::hosts::host::Place;

/// A fault, or something worth a word, in a `hosts.toml` or its directory. Never quotes a value
/// from a `header` table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Stable name in kebab case: `unknown-key`.
    pub code: &'static str,
    /// Where.
    pub place: Place,
    /// What is wrong, in lower case.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The line, with whatever may be a secret left out.
    pub line_text: Option<String>,
}

impl std::fmt::Display for Finding {
    /// As a compiler prints it: place, severity and code, message.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (severity, code) = (self.severity.as_str(), self.code);
        write!(f, "{}: {severity}[{code}]: {}", self.place, self.message)
    }
}

/// How bad a [`Finding`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// containerd would drop the file or a part of it, or a secret is in danger.
    Error,
    /// Most likely not meant.
    Warning,
    /// Good to know.
    Note,
}

impl Severity {
    /// The name in JSON: `error`, `warning`, `note`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}
