use std::fmt;
use std::path::PathBuf;

use portunus::authorizer::Warning;
use portunus::name::{CredentialKey, RegistryNamespace};

use crate::runtime_folder::UnusedRuntime;

/// What the person should know before a daemon is called.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PreparedWarning {
    /// Folders are made somewhere else than the environment says.
    UnusedRuntime(UnusedRuntime),
    /// The daemon reads the operator's own hosts, which may look otherwise from where it is.
    ReadsItself {
        /// The hosts directory.
        directory: PathBuf,
        /// Why.
        why: &'static str,
    },
    /// A host leads to another one, and containerd's client shows the credential there as well;
    /// ours does not.
    CarriedAlong {
        /// The host.
        host: String,
        /// Where it leads.
        to: String,
        /// What the credential is kept under.
        key: CredentialKey,
    },
    /// The daemon does not tell the host the registry namespace on a push: the host checks the
    /// credential against its default accounts.
    SendsNoNs {
        /// The daemon's version.
        daemon: String,
        /// The host.
        host: String,
        /// The registry namespace.
        registry_namespace: RegistryNamespace,
    },
    /// What was told when a host was asked.
    Host(Warning),
}

impl fmt::Display for PreparedWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnusedRuntime(unused) => unused.fmt(f),
            Self::ReadsItself { directory, why } => write!(
                f,
                "containerd reads {} itself, because {why}: what it finds there may differ",
                directory.display()
            ),
            Self::CarriedAlong { host, to, key } => write!(
                f,
                "{host} redirects to {to}, where containerd shows `{key}` as well"
            ),
            Self::SendsNoNs {
                daemon,
                host,
                registry_namespace,
            } => write!(
                f,
                "containerd {daemon} sends no ?ns= on a push: {host} sees a credential of registry \
                 namespace {registry_namespace} without being told so"
            ),
            Self::Host(warning) => warning.fmt(f),
        }
    }
}
