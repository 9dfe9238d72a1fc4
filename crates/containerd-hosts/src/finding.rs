use std::path::PathBuf;

use crate::code::Code;
use crate::host::Place;

/// A fault, or something worth a word, in a `hosts.toml` or its directory. Never quotes a value
/// from a `header` table.
///
/// `C` is [`Code`], or that of a caller who adds findings of his own about the keys that he
/// announced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding<C = Code> {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of fault it is.
    pub code: C,
    /// Where.
    pub place: Place,
    /// What is wrong, in lower case.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    /// The line, with whatever may be a secret left out.
    pub line_text: Option<String>,
    /// The file that it is about, where that is another than the one it stands in: a key, say.
    pub subject: Option<PathBuf>,
}

impl<C> Finding<C> {
    /// A finding without help and line.
    pub fn new(severity: Severity, code: C, place: Place, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            place,
            message: message.into(),
            help: None,
            line_text: None,
            subject: None,
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Shows the line.
    #[must_use]
    pub fn with_line_text(mut self, line_text: impl Into<String>) -> Self {
        self.line_text = Some(line_text.into());
        self
    }

    /// Names the file that it is about.
    #[must_use]
    pub fn with_subject(mut self, subject: impl Into<PathBuf>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The same finding with the code of a caller.
    pub fn map_code<D>(self, into: impl FnOnce(C) -> D) -> Finding<D> {
        Finding {
            severity: self.severity,
            code: into(self.code),
            place: self.place,
            message: self.message,
            help: self.help,
            line_text: self.line_text,
            subject: self.subject,
        }
    }
}

impl<C: std::fmt::Display> std::fmt::Display for Finding<C> {
    /// As a compiler prints it: place, severity and code, message.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (severity, code) = (self.severity.as_str(), &self.code);
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
