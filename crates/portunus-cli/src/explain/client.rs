//! What the client's errors are in this program: with which code it ends, and what to do next.

use portunus::hosts::HostsError;
use portunus::remedy::Advise;
use portunus::resolve::ResolveError;
use portunus::store::SourceErrorKind;
#[cfg(feature = "containerd")]
use portunus_client::error::DaemonFailure;
use portunus_client::error::{
    CheckError, ConfigError, ConfigProblem, DockerBuilderError, HelperProtocolError,
    StoreChoiceError, TargetError, UnusableCredential,
};
use portunus_client::{ClientError, UnknownStore};
use portunus_kubernetes::export::ExportError;
use portunus_kubernetes::provider::ProviderError;

use super::explain_hosts;
use super::warnings::{KNOWN_KEYS, describe_absent};
use crate::bare_host::explain_name;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::finding_help::finding_help;
use crate::help::Help;

const STORES: &str = "the stores are auto, keyring, keyutils, file, docker, helper:NAME";

impl<E: Into<ClientError>> From<E> for Failure {
    fn from(error: E) -> Self {
        let error = innermost(error.into());
        let message = match &error {
            ClientError::Registry(error) => return explain_hosts(error, None),
            ClientError::Check(CheckError::AbsentHostsDirectory(absent)) => describe_absent(absent),
            error => error.to_string(),
        };
        let failure = Self::new(exit(&error), message);
        let failure = match is_whole(&error) {
            true => failure.whole(),
            false => failure,
        };
        let remedies = error.remedies();
        match remedies.is_empty() {
            true => help(&error).into_iter().fold(failure, Self::help),
            false => remedies.into_iter().fold(failure, Self::help),
        }
    }
}

/// The error itself where another only hands it on.
fn innermost(error: ClientError) -> ClientError {
    match error {
        ClientError::Resolve(ResolveError::Hosts(error)) => error.into(),
        ClientError::Resolve(ResolveError::Source(error)) => error.into(),
        ClientError::Kubelet(error) => match *error {
            ProviderError::Resolve(error) => innermost(error.into()),
            ProviderError::Source(error) => error.into(),
            other => Box::new(other).into(),
        },
        ClientError::Export(error) => match *error {
            ExportError::Name(error) => error.into(),
            ExportError::Resolve(error) => innermost(error.into()),
            ExportError::Source(error) => error.into(),
            other => Box::new(other).into(),
        },
        #[cfg(feature = "containerd")]
        ClientError::Daemon(DaemonFailure::Render(portunus::hosts::RenderError::Hosts(error))) => {
            error.into()
        }
        other => other,
    }
}

fn exit(error: &ClientError) -> Exit {
    match error {
        ClientError::NotText(_)
        | ClientError::NoConfigDirectory
        | ClientError::Variable { .. }
        | ClientError::Name(_)
        | ClientError::StoreChoice(_)
        | ClientError::Target(_)
        | ClientError::Unlisted { .. }
        | ClientError::DefaultProfile
        | ClientError::Unusable(_)
        | ClientError::NobodyToAsk(_)
        | ClientError::DockerBuilder(DockerBuilderError::Above { .. })
        | ClientError::Check(CheckError::NoHostsFile(_)) => Exit::Usage,
        #[cfg(feature = "containerd")]
        ClientError::Daemon(DaemonFailure::ContainerdNamespace(_)) => Exit::Usage,
        ClientError::Source(error) if error.kind == SourceErrorKind::CannotKeep => Exit::Usage,
        ClientError::Config(error) if matches!(**error, ConfigError::Untrusted { .. }) => {
            Exit::Untrusted
        }
        ClientError::UnsaidMirror(_) | ClientError::Untrusted(_) => Exit::Untrusted,
        ClientError::Config(_)
        | ClientError::TwoProfiles { .. }
        | ClientError::Source(_)
        | ClientError::Hosts(_)
        | ClientError::Check(_) => Exit::Configuration,
        ClientError::OpenHost(_) | ClientError::StoredRejected { .. } => Exit::NotLoggedIn,
        ClientError::Export(error) if matches!(**error, ExportError::Nothing(_)) => {
            Exit::NotLoggedIn
        }
        ClientError::NoLayout { .. } => Exit::NotFound,
        _ => Exit::Failed,
    }
}

/// Whether no other run would tell more. A kubelet asks the same again.
fn is_whole(error: &ClientError) -> bool {
    match error {
        ClientError::Config(error) => matches!(**error, ConfigError::Unreadable { .. }),
        ClientError::Source(error) => error.kind == SourceErrorKind::Inaccessible,
        ClientError::Machine(_) | ClientError::Kubelet(_) => true,
        _ => false,
    }
}

/// What to do where the error itself advises nothing.
fn help(error: &ClientError) -> Option<Help> {
    let words = match error {
        ClientError::NotText(error) => {
            return Some(format!("unset {}, or set it to text", error.variable).into());
        }
        ClientError::NoConfigDirectory => "name it with --config-dir DIR",
        ClientError::Variable { variable, .. } => {
            return Some(format!("unset {variable}, or set it to another name").into());
        }
        ClientError::Config(error) => match &**error {
            ConfigError::Broken { problem, .. } => match problem {
                ConfigProblem::Store(_) => STORES,
                _ => KNOWN_KEYS,
            },
            _ => return None,
        },
        ClientError::TwoProfiles { .. } => {
            "leave the directory to one of them, or name one with --profile"
        }
        ClientError::DockerBuilder(DockerBuilderError::Above { variable })
        | ClientError::HelperProtocol(HelperProtocolError::OtherProfile { variable, .. }) => {
            return Some(format!("unset {variable}").into());
        }
        ClientError::NotReplaced { .. } => "name another file with -o",
        ClientError::NotWritten { .. } => "name a file that can be written with -o",
        ClientError::Unusable(UnusableCredential::NoPassword) => {
            "give it with --password-stdin, or leave it out to be asked for it"
        }
        ClientError::Unusable(_) => "name the account alone: -u USER",
        ClientError::Check(CheckError::UnspokenFor { .. }) => {
            "name one that has a directory there, or another place with --hosts-dir"
        }
        ClientError::StoreChoice(error) => match error {
            StoreChoiceError::Variable(..) => STORES,
            StoreChoiceError::NoConsent(_) | StoreChoiceError::PlainOnly { .. } => {
                "leave --store out, or use --store keyring or --store file"
            }
            StoreChoiceError::NoDockerConfig => "set DOCKER_CONFIG, or use --store file",
            _ => "use --store file",
        },
        ClientError::Target(error) => match error {
            TargetError::Glob(_) => {
                "name one of them, or add --no-verify to store the login unchecked"
            }
            TargetError::OtherProfile { spelled, .. } => {
                let help = format!("add --profile {spelled}, or leave the profile out");
                return Some(help.into());
            }
            _ => return None,
        },
        ClientError::Hosts(error) => {
            let found = match error {
                HostsError::Broken { finding, .. } => finding_help(finding),
                _ => None,
            };
            return found.or_else(|| Some("`{program} check` shows the place and more".into()));
        }
        #[cfg(feature = "containerd")]
        ClientError::Daemon(DaemonFailure::Render(_)) => {
            "{program} pull --oci-layout DIR does without the daemon"
        }
        _ => return None,
    };
    Some(words.into())
}

/// What that command was to be for is none, or more than one thing; `typed`: as it was written.
pub(crate) fn explain_target(error: TargetError, command: &str, typed: Option<&str>) -> Failure {
    let failure = Failure::new(Exit::Usage, error.to_string());
    match (error, typed) {
        (TargetError::HostWithPath { host, path, .. }, _) => failure
            .help(Help::command([command, &*host]))
            .help(Help::command([command, &*host, "--repository", &*path])),
        (TargetError::Name(error), Some(typed)) => explain_name(error, command, typed),
        (error, _) => error.into(),
    }
}

/// That `--store` names none.
pub(crate) fn explain_unknown_store(error: &UnknownStore) -> Failure {
    Failure::new(Exit::Usage, format!("--store: {error}")).help(STORES)
}
