//! What can be done about a failure?
//!
//! The answer is data: a program says it in its own words, with its own name before its own
//! commands.
//!
//! Every error that has something to advise implements [`Advise`]. A [`Remedy`] prints as a
//! sentence that knows no program; [`Remedy::arguments`] has the words for programs with this
//! project's commands, and [`Remedy::lowers_security`] says which of them nobody should run
//! without a thought.

mod advise;
mod arguments;
mod hosts_entry;
mod log_in;
#[cfg(feature = "serde")]
mod serial;
mod words;

use std::path::PathBuf;

use crate::name::{CredentialKey, ImageReference, Origin, RegistryNamespace};
use crate::writers::ForeignWriter;

pub use advise::Advise;
pub use hosts_entry::{HostsEntry, HostsKey};
pub use log_in::LogIn;

/// One thing to do about a failure. Its parts are names that were checked and paths of this
/// machine, never text of another party.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remedy {
    /// Log in, which stores a credential under a key and what is consented to with it.
    LogIn(Box<LogIn>),
    /// Take the secret out of the file where it was found, and log in instead; `None`: it is not
    /// known for what.
    LogInInstead(Option<Box<CredentialKey>>),
    /// Log out, which removes what is stored under a key.
    LogOut(Box<CredentialKey>),
    /// Look for faults in the hosts of a registry namespace.
    CheckHosts(RegistryNamespace),
    /// See which hosts a registry namespace has in effect; `None`: that of the file at fault.
    ShowHosts(Option<RegistryNamespace>),
    /// Write something about a host in its `hosts.toml`.
    WriteHosts(Box<HostsEntry>),
    /// Ask each host of the image what it wants to be shown.
    #[non_exhaustive]
    Probe {
        /// The image.
        reference: Box<ImageReference>,
        /// Whether as a push would ask.
        push: bool,
    },
    /// See whether the name of the image is right, and whether the account may read it: what is
    /// private looks the same to one that may not.
    CheckImage,
    /// See whether the name of the image is right, and whether the account may push there: some
    /// registries want the repository to be made first.
    CheckRepository,
    /// Have the certificate of a host renewed, unless the clock of this machine is wrong.
    RenewCertificate(String),
    /// Have a certificate made that names the host, where there is one without names.
    NameInCertificate(String),
    /// Ask for the host by a name of its certificate, or have this one added to it.
    OtherName(String),
    /// Pull from here, without containerd asking the hosts; `None`: what was to be pulled.
    PullLocally(Option<Box<ImageReference>>),
    /// Push from an image layout, without containerd asking the hosts.
    PushFromLayout,
    /// Pull the platforms of the image that are missing, by the name it was pulled by.
    PullOtherPlatforms,
    /// Leave out that the image is unpacked.
    LeavePacked,
    /// Store it somewhere else: in a file.
    OtherStore,
    /// Choose another store than the keyring, which does not work.
    OtherThanKeyring,
    /// Get the permission that is missing on one of these paths.
    GainPermission(Vec<PathBuf>),
    /// Let nobody but its owner read a file.
    RestrictFile(PathBuf),
    /// Let nobody else write a component of a path.
    KeepOthersOut(ForeignWriter),
    /// Let another program end that holds a file, and try again.
    AwaitOther,
    /// Try again.
    TryAgain,
    /// Install a credential helper, named without `docker-credential-`, or take it out of the
    /// configuration.
    InstallHelper(String),
    /// Run a credential helper by hand to see what it says.
    #[non_exhaustive]
    RunHelper {
        /// Its name, without `docker-credential-`.
        name: String,
        /// What it is asked for: `get`, `store`, `erase`, `list`.
        verb: &'static str,
    },
    /// Initialize `pass`, whose store does not exist yet, or store it somewhere else: in a file.
    InitializePass,
    /// Become somebody who may use containerd's socket, or name that of a rootless containerd.
    GainSocket,
    /// See whether containerd is running, or name another socket.
    StartDaemon,
    /// Name the socket of containerd.
    NameSocket,
    /// See whether containerd is running, and try again.
    AwaitDaemon,
    /// See whether containerd is well.
    CheckDaemon,
    /// Update containerd to 2.0 or newer.
    UpdateDaemon,
    /// See which images there are in a containerd namespace.
    ListImages(String),
    /// Trust each of several realms of a host in the settings, since a login trusts one.
    #[non_exhaustive]
    TrustRealms {
        /// The host.
        host: Box<Origin>,
        /// Where its secret goes: the realm that it names, and where that leads.
        realms: Vec<Origin>,
    },
    /// Have a variable of the environment name a path.
    SetVariable(&'static str, PathBuf),
    /// What is advised in words alone: by a library where there is nothing to be known as data, or by a
    /// source of an embedding program.
    Advice(&'static str),
}

impl Remedy {
    /// The name in JSON, which does not change: `log-in`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::LogIn(_) => "log-in",
            Self::LogInInstead(_) => "log-in-instead",
            Self::LogOut(_) => "log-out",
            Self::CheckHosts(_) => "check-hosts",
            Self::ShowHosts(_) => "show-hosts",
            Self::WriteHosts(_) => "write-hosts",
            Self::Probe { .. } => "probe",
            Self::CheckImage => "check-image",
            Self::CheckRepository => "check-repository",
            Self::RenewCertificate(_) => "renew-certificate",
            Self::NameInCertificate(_) => "name-in-certificate",
            Self::OtherName(_) => "other-name",
            Self::PullLocally(_) => "pull-locally",
            Self::PushFromLayout => "push-from-layout",
            Self::PullOtherPlatforms => "pull-other-platforms",
            Self::LeavePacked => "leave-packed",
            Self::OtherStore => "other-store",
            Self::OtherThanKeyring => "other-than-keyring",
            Self::GainPermission(_) => "gain-permission",
            Self::RestrictFile(_) => "restrict-file",
            Self::KeepOthersOut(_) => "keep-others-out",
            Self::AwaitOther => "await-other",
            Self::TryAgain => "try-again",
            Self::InstallHelper(_) => "install-helper",
            Self::RunHelper { .. } => "run-helper",
            Self::InitializePass => "initialize-pass",
            Self::GainSocket => "gain-socket",
            Self::StartDaemon => "start-daemon",
            Self::NameSocket => "name-socket",
            Self::AwaitDaemon => "await-daemon",
            Self::CheckDaemon => "check-daemon",
            Self::UpdateDaemon => "update-daemon",
            Self::ListImages(_) => "list-images",
            Self::TrustRealms { .. } => "trust-realms",
            Self::SetVariable(..) => "set-variable",
            Self::Advice(_) => "advice",
        }
    }

    /// Whether a secret is less protected afterwards: it may go to a realm that only the operator
    /// vouches for, travel unencrypted, to whoever answers, or lie in a file.
    pub fn lowers_security(&self) -> bool {
        match self {
            Self::LogIn(log_in) => {
                log_in.trusted_realm.is_some() || log_in.plain_http || log_in.insecure_registry
            }
            Self::WriteHosts(entry) => {
                matches!(entry.key, HostsKey::PlainHttp | HostsKey::CredentialDomain)
            }
            Self::OtherStore | Self::OtherThanKeyring | Self::TrustRealms { .. } => true,
            _ => false,
        }
    }

    /// Probing an image as a pull or a push would ask.
    pub fn probe(reference: &ImageReference, push: bool) -> Self {
        let reference = Box::new(reference.clone());
        Self::Probe { reference, push }
    }

    /// Trusting several realms of a host.
    pub fn trust_realms(host: &Origin, realms: Vec<Origin>) -> Self {
        let host = Box::new(host.clone());
        Self::TrustRealms { host, realms }
    }

    /// Running a credential helper by hand.
    pub fn run_helper(name: impl Into<String>, verb: &'static str) -> Self {
        let name = name.into();
        Self::RunHelper { name, verb }
    }
}

impl From<HostsEntry> for Remedy {
    fn from(entry: HostsEntry) -> Self {
        Self::WriteHosts(Box::new(entry))
    }
}

impl From<LogIn> for Remedy {
    fn from(log_in: LogIn) -> Self {
        Self::LogIn(Box::new(log_in))
    }
}
