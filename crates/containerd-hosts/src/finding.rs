use std::path::PathBuf;

use crate::code::Code;
use crate::host::Place;

/// A fault, or something worth a word, in a `hosts.toml` or its directory. Never quotes a value
/// from a `header` table.
///
/// `C` is [`Code`], and `S` what it may be about beside its file; or those of a caller who adds
/// findings of his own about the keys that he announced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding<C = Code, S = FindingSubject> {
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
    /// What it is about, where that is more than the file it stands in.
    pub subject: Option<S>,
}

/// What a [`Finding`] is about beside the file that it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingSubject {
    /// Another file: a key, say.
    File(PathBuf),
    /// A host, as containerd asks it.
    #[non_exhaustive]
    Host {
        /// `http` or `https`.
        scheme: String,
        /// The host with its port, as written.
        host: String,
    },
}

impl std::fmt::Display for FindingSubject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Host { scheme, host } => write!(f, "{scheme}://{host}"),
        }
    }
}

impl<C, S> Finding<C, S> {
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

    /// Names what it is about.
    #[must_use]
    pub fn with_subject(mut self, subject: S) -> Self {
        self.subject = Some(subject);
        self
    }

    /// The same finding with the code of a caller, and what may be a subject for him.
    pub fn map<D, T>(
        self,
        into_code: impl FnOnce(C) -> D,
        into_subject: impl FnOnce(S) -> T,
    ) -> Finding<D, T> {
        Finding {
            severity: self.severity,
            code: into_code(self.code),
            place: self.place,
            message: self.message,
            help: self.help,
            line_text: self.line_text,
            subject: self.subject.map(into_subject),
        }
    }
}

impl<C: std::fmt::Display, S> std::fmt::Display for Finding<C, S> {
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
