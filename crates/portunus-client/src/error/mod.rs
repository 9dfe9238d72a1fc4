//! Why was something not done?

pub(crate) mod absent_hosts_directory;
mod advice;
pub(crate) mod check;
pub(crate) mod config;
#[cfg(feature = "containerd")]
pub(crate) mod daemon;
pub(crate) mod docker_builder;
pub(crate) mod helper_protocol;
pub(crate) mod store_choice;
pub(crate) mod target;
pub(crate) mod unusable_credential;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use portunus::hosts::{Host, HostsError, RegistryNamespaceHosts};
use portunus::name::{CredentialKey, ImageReference, NameError, Profile, RegistryNamespace};
use portunus::printable::system_words;
use portunus::resolve::{Operation, ResolveError};
use portunus::store::{Location, SourceError};
use portunus::writers::ForeignWriter;
use portunus_kubernetes::export::ExportError;
use portunus_kubernetes::provider::ProviderError;

use crate::environment::NotText;

pub use absent_hosts_directory::AbsentHostsDirectory;
pub use check::CheckError;
pub use config::{ConfigError, ConfigPlace, ConfigProblem, ConfigWarning};
#[cfg(feature = "containerd")]
pub use daemon::DaemonFailure;
pub use docker_builder::DockerBuilderError;
pub use helper_protocol::HelperProtocolError;
pub use store_choice::StoreChoiceError;
pub use target::TargetError;
pub use unusable_credential::UnusableCredential;

/// Why something was not done. `Display` says it in a line, and
/// [`Advise`](portunus::remedy::Advise) what to do about it, as data: what a program calls its flags and
/// commands is not known here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// A variable that has to be text is not.
    #[error(transparent)]
    NotText(#[from] NotText),
    /// Nobody says where `config.toml` and `credentials.json` are: `HOME` is not set either.
    #[error("cannot tell where the configuration is: HOME is not set")]
    NoConfigDirectory,
    /// What is about a named profile alone was asked of the default one.
    #[error("that is for a profile with a name: the default one is docker's own")]
    DefaultProfile,
    /// A builder of a profile's own could not be made or removed.
    #[error(transparent)]
    DockerBuilder(#[from] DockerBuilderError),
    /// `config.toml` has two profiles for the directory that the program was started in.
    #[error(
        "config.toml gives {} to profile {} and to profile {}",
        directory.display(), profiles[0], profiles[1]
    )]
    TwoProfiles {
        /// The directory, as one of them has it.
        directory: PathBuf,
        /// The profiles.
        profiles: [Profile; 2],
    },
    /// `config.toml` cannot be obeyed.
    #[error(transparent)]
    Config(#[from] Box<ConfigError>),
    /// A name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A variable does not name what it should.
    #[error("`{variable}`: {problem}")]
    Variable {
        /// The variable.
        variable: &'static str,
        /// What is wrong with the name.
        problem: NameError,
    },
    /// The store that a login is to go to cannot take it.
    #[error(transparent)]
    StoreChoice(#[from] StoreChoiceError),
    /// What a login or logout names is no such thing.
    #[error(transparent)]
    Target(#[from] TargetError),
    /// A source or store of credentials failed.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The hosts of a registry namespace cannot be read.
    #[error(transparent)]
    Hosts(#[from] HostsError),
    /// There is no plan.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// Nothing is configured for a registry namespace, and its name is no host either.
    #[error("{0} has no host")]
    NoHost(RegistryNamespace),
    /// The host of a login is none of those of the registry namespace, which are these.
    #[error("{host} is no host of registry namespace {}", listed.registry_namespace)]
    Unlisted {
        /// As it was named.
        host: String,
        /// Those that there are.
        listed: Box<RegistryNamespaceHosts>,
        /// Whose login it was to be.
        profile: Profile,
    },
    /// The host of a login asks for no credential, so that none can be verified.
    #[error("{0} asks for no credential: nothing was stored")]
    OpenHost(String),
    /// No host can take the credential.
    #[error(transparent)]
    Unusable(#[from] UnusableCredential),
    /// A credential is needed for this, and there is nobody to ask for it.
    #[error("there is nobody to ask for the credential of {0}")]
    NobodyToAsk(Box<CredentialKey>),
    /// The host does not take the credential that is stored. It is left as it is.
    #[error("the stored login {key} in {location} was rejected: it is left as it is")]
    StoredRejected {
        /// What it is for.
        key: Box<CredentialKey>,
        /// Where it is stored.
        location: Location,
        /// What the host said.
        error: Box<portunus_http::Error>,
    },
    /// A push would go to a mirror that may be pushed to only because it has no `capabilities` line.
    #[error(
        "the push would go to the mirror {}, which has no `capabilities` line",
        .0.host
    )]
    UnsaidMirror(Arc<Host>),
    /// Something that is to be checked is not there.
    #[error(transparent)]
    Check(#[from] CheckError),
    /// There is no layout to push from.
    #[error("cannot read a layout in {}: {}", directory.display(), system_words(source))]
    NoLayout {
        /// Where.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Files or threads of this machine could not be used.
    #[error("cannot read or write: {}", system_words(.0))]
    Machine(#[from] io::Error),
    /// Others may write where something of ours was to be kept from them.
    #[error("no folder can be kept from others: {0}")]
    Untrusted(ForeignWriter),
    /// No layout can be made there.
    #[error("cannot make a layout in {}: {}", directory.display(), system_words(source))]
    Layout {
        /// Where.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It was stopped from outside.
    #[error("{operation} of {reference}: cancelled")]
    Cancelled {
        /// What was being done.
        operation: Operation,
        /// With which image.
        reference: Box<ImageReference>,
    },
    /// No host served as it was asked to.
    #[error(transparent)]
    Registry(#[from] Box<portunus_http::Error>),
    /// docker is not answered.
    #[error(transparent)]
    HelperProtocol(#[from] HelperProtocolError),
    /// A kubelet is not answered.
    #[error(transparent)]
    Kubelet(#[from] Box<ProviderError>),
    /// Nothing is exported.
    #[error(transparent)]
    Export(#[from] Box<ExportError>),
    /// What stands where a file of logins was to be written is not replaced.
    #[error("{} is not replaced: {problem}", path.display())]
    NotReplaced {
        /// What stands there.
        path: PathBuf,
        /// Why it stays.
        problem: &'static str,
    },
    /// A file could not be written.
    #[error("cannot write {}: {}", path.display(), system_words(source))]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The daemon, or what it was to be handed.
    #[cfg(feature = "containerd")]
    #[error(transparent)]
    Daemon(#[from] DaemonFailure),
}
