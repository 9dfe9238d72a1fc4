use std::path::PathBuf;

use portunus::name::RegistryNamespace;

use crate::error::absent_hosts_directory::AbsentHostsDirectory;

/// Why something cannot be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// It is not there, or cannot be read.
    #[error("cannot read {}: {problem}", path.display())]
    Unreadable {
        /// What was named.
        path: PathBuf,
        /// Why.
        problem: String,
    },
    /// containerd reads `hosts.toml` only.
    #[error("{} is not named hosts.toml", .0.display())]
    NoHostsFile(PathBuf),
    /// A hosts directory that was named is not there.
    #[error(transparent)]
    AbsentHostsDirectory(AbsentHostsDirectory),
    /// Nothing would be looked at.
    #[error("no directory speaks for {registry_namespace} in {}", list(roots))]
    UnspokenFor {
        /// What was named.
        registry_namespace: RegistryNamespace,
        /// Where it was looked for.
        roots: Vec<PathBuf>,
    },
}

fn list(paths: &[PathBuf]) -> String {
    let paths: Vec<String> = paths.iter().map(|it| it.display().to_string()).collect();
    paths.join(", ")
}
