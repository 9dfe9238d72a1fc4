use std::fmt;
use std::path::PathBuf;

use crate::finding::Finding;
use crate::host::Place;

/// Why the hosts of a registry namespace cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HostsError {
    /// A file or directory is of no use; containerd fails here, too.
    #[error("{}cannot {step} {}: {problem}", at(place.as_ref()), path.display())]
    #[non_exhaustive]
    Unreadable {
        /// What was being done.
        step: ReadStep,
        /// The file or directory.
        path: PathBuf,
        /// Where it is named; `None`: nowhere.
        place: Option<Place>,
        /// Why, in words of the operating system or about the kind of content.
        problem: String,
    },
    /// A file that containerd would drop, in whole or in part.
    #[error("{}{}", at(Some(&finding.place)), finding.message)]
    #[non_exhaustive]
    Broken {
        /// What is wrong and where.
        finding: Box<Finding>,
    },
}

/// What containerd does when it fails for a registry namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReadStep {
    /// Looking which directory, or key file, is there.
    FindDirectory,
    /// Reading `hosts.toml`.
    ReadHostsFile,
    /// Listing a directory for certificates.
    ReadDirectory,
    /// Reading a file of certificate authorities.
    ReadCa,
    /// Using one.
    ParseCa,
    /// Reading a client certificate or its key.
    ReadClient,
    /// Using them.
    ParseClient,
}

impl fmt::Display for ReadStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FindDirectory => "look up",
            Self::ReadHostsFile => "read",
            Self::ReadDirectory => "list",
            Self::ReadCa => "read the certificate authority",
            Self::ParseCa => "use the certificate authority",
            Self::ReadClient => "read the client certificate or key",
            Self::ParseClient => "use the client certificate or key",
        })
    }
}

fn at(place: Option<&Place>) -> String {
    place.map_or_else(String::new, |place| format!("{place}: "))
}
