use std::fmt;
use std::path::{Path, PathBuf};

/// Where something is stored, or was read.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Location {
    /// A file.
    File(PathBuf),
    /// A credential helper.
    #[non_exhaustive]
    Helper {
        /// Its name, without `docker-credential-`.
        name: String,
        /// The file that names it.
        configured_by: Option<PathBuf>,
    },
    /// Something else, by what people call it: a keyring, a variable, a vault.
    Named(String),
    /// A place in the text of one of these.
    #[non_exhaustive]
    Line {
        /// What holds the text.
        of: Box<Self>,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
}

impl Location {
    /// The file, where it is one, or a place in one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Line { of, .. } => of.file(),
            Self::Helper { .. } | Self::Named(_) => None,
        }
    }

    pub(crate) fn at(self, line: usize, column: usize) -> Self {
        Self::Line {
            of: Box::new(self),
            line,
            column,
        }
    }
}

impl From<PathBuf> for Location {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<&Path> for Location {
    fn from(path: &Path) -> Self {
        Self::File(path.to_owned())
    }
}

impl From<&str> for Location {
    /// A name, not a path.
    fn from(name: &str) -> Self {
        Self::Named(name.to_owned())
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Helper {
                name,
                configured_by,
            } => {
                // A file may say anything.
                let shown: String = name.chars().take(100).collect();
                write!(f, "docker-credential-{shown}")?;
                match configured_by {
                    Some(file) => write!(f, " (configured by {})", file.display()),
                    None => Ok(()),
                }
            }
            Self::Named(name) => f.write_str(name),
            Self::Line { of, line, column } => write!(f, "{of}:{line}:{column}"),
        }
    }
}
