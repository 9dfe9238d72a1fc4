use std::path::PathBuf;

use super::Finding;

/// Why the hosts of a registry namespace cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostsError {
    /// A file or directory could not be read.
    #[error("cannot read {}: {problem}", path.display())]
    #[non_exhaustive]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// Why, in words of the operating system.
        problem: String,
    },
    /// A file that containerd would drop, in whole or in part.
    #[error("{}:{}:{}: {}", finding.place.file.display(), finding.place.line, finding.place.column, finding.message)]
    #[non_exhaustive]
    Broken {
        /// What is wrong and where.
        finding: Box<Finding>,
    },
}
