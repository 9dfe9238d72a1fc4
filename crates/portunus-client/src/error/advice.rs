use portunus::hosts::{Host, RegistryNamespaceHosts};
use portunus::name::{Authority, Profile};
use portunus::remedy::{Advise, LogIn, Remedy};
use portunus::resolve::{ResolveError, missing_login};
use portunus::store::{SourceError, SourceErrorKind, SourceName};
use portunus_kubernetes::provider::ProviderError;

use crate::error::ClientError;
use crate::error::check::CheckError;
use crate::error::docker_builder::DockerBuilderError;
use crate::error::target::TargetError;

impl Advise for ClientError {
    fn remedies(&self) -> Vec<Remedy> {
        let said = |words| vec![Remedy::Advice(words)];
        match self {
            Self::Config(error) => error.remedies(),
            Self::Source(error) | Self::Resolve(ResolveError::Source(error)) => of_source(error),
            Self::Unlisted {
                listed, profile, ..
            } => of_listed(listed, profile),
            Self::Untrusted(writer) => vec![Remedy::KeepOthersOut(writer.clone())],
            Self::Cancelled { .. } => vec![Remedy::TryAgain],
            Self::NobodyToAsk(key) => vec![LogIn::new((**key).clone()).into()],
            Self::Registry(error) | Self::StoredRejected { error, .. } => error.remedies(),
            Self::Kubelet(error) => match &**error {
                ProviderError::Profile { .. } => {
                    said("config.toml gives it under [kubernetes] profiles")
                }
                error => error.remedies(),
            },
            Self::Layout { .. } => {
                said("name a directory that you can write, one that is there or a new one")
            }
            Self::DockerBuilder(DockerBuilderError::NotRun(_)) => {
                said("install docker with its plugin buildx, and run this again")
            }
            Self::DockerBuilder(DockerBuilderError::Failed { .. }) => {
                said("run this again where the daemon that DOCKER_HOST names can be reached")
            }
            Self::Check(error) => match error {
                CheckError::NoHostsFile(_) => {
                    said("containerd reads DIR/NAMESPACE/hosts.toml only")
                }
                CheckError::AbsentHostsDirectory(_) => {
                    said("name one that exists, or leave it out")
                }
                CheckError::UnspokenFor { .. } => Vec::new(),
                CheckError::Unreadable { .. } => said("name a file or directory that exists"),
            },
            Self::Target(TargetError::NoHost(_)) => said("write endpoint://NAMESPACE/HOST[:PORT]"),
            Self::Target(TargetError::TwoInText(_) | TargetError::Disagreeing { .. }) => {
                said("name one of them")
            }
            #[cfg(feature = "containerd")]
            Self::Daemon(error) => error.remedies(),
            _ => Vec::new(),
        }
    }
}

fn of_source(error: &SourceError) -> Vec<Remedy> {
    let remedies = error.remedies();
    if !remedies.is_empty() {
        return remedies;
    }
    match error.kind {
        SourceErrorKind::CannotKeep => vec![Remedy::OtherStore],
        SourceErrorKind::Inaccessible => Vec::new(),
        // It was given for this run, and no login takes its place.
        _ if error.source_name == SourceName::COMMAND_LINE => {
            vec![Remedy::Advice(
                "repair what is named there, or give another one",
            )]
        }
        _ => vec![Remedy::Advice(
            "repair what is named there, or move it away and log in again",
        )],
    }
}

/// The logins for the hosts that there are, but for the registry itself: whoever means a mirror is not
/// to show it that password.
fn of_listed(listed: &RegistryNamespaceHosts, profile: &Profile) -> Vec<Remedy> {
    let name = &listed.registry_namespace;
    let own = Authority::of_registry_namespace(name);
    let is_own = |host: &Host| Authority::of_host(&host.scheme, &host.host).ok() == own;
    let others = listed.hosts.iter().filter(|host| !is_own(host));
    others
        .map(|host| missing_login(name, host, profile))
        .collect()
}
